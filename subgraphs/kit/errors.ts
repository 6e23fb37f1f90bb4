/**
 * The error catalogue: every failure Atrium names, with its stable code.
 *
 * Clients branch on `extensions.code`; the message may be reworded at any time. The table in README.md is
 * checked against this one.
 */
export const ERROR_CATALOGUE = {
  BAD_USER_INPUT: { status: 400, meaning: 'An argument is not usable; the message says which and why.' },
  BAD_CURSOR: {
    status: 400,
    meaning: 'The cursor is not one of this list, filter and order. Start again without `after`.',
  },
  PAGE_SIZE: { status: 400, meaning: '`first` must be from 1 to 100.' },
  QUERY_TOO_LARGE: {
    status: 400,
    meaning: 'The answer could grow beyond measure. Ask for smaller pages, or in several operations.',
  },
  QUERY_TOO_DEEP: { status: 400, meaning: 'The operation nests fields deeper than `limits.depth`.' },
  NESTED_TOO_DEEP: { status: 400, meaning: 'The body or the document nests brackets deeper than `limits.nesting`.' },
  TOO_MANY_TOKENS: { status: 400, meaning: 'The document has more words and signs than `limits.tokens`.' },
  TOO_MANY_SELECTIONS: {
    status: 400,
    meaning: 'The operation has more selections than `limits.selections`, with its fragments spread out.',
  },
  TOO_MANY_MERGES: {
    status: 400,
    meaning: 'The operation repeats fields so often that more than `limits.merges` pairs have to be compared.',
  },
  TOO_MANY_ALIASES: { status: 400, meaning: 'The operation has more aliases than `limits.aliases`.' },
  TOO_MANY_ROOT_FIELDS: {
    status: 400,
    meaning: 'The operation asks for more than `limits.rootFields` fields at its top.',
  },
  TOO_MANY_DIRECTIVES: { status: 400, meaning: 'The document has more directives than `limits.directives`.' },
  TOO_MANY_OPERATIONS: { status: 400, meaning: 'The document has more operations than `limits.operations`.' },
  TOO_MANY_FRAGMENTS: { status: 400, meaning: 'The document has more fragments than `limits.fragments`.' },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, meaning: 'The document does not fit the schema.' },
  OPERATION_NOT_PLANNABLE: {
    status: 400,
    meaning: 'The schema gives no way to answer this rightly; the message names the fields.',
  },
  INTROSPECTION_DISABLED: { status: 400, meaning: 'The schema is not told here; see `introspection`.' },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: 'The operation named is not in the document, or of a kind that is not answered here.',
  },
  OPERATION_NOT_KNOWN: { status: 403, meaning: 'Only the operations of this gateway are answered; see `operations`.' },
  PERSISTED_QUERY_NOT_FOUND: { status: 200, meaning: 'The hash is not known yet; send it again with the query.' },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 200, meaning: 'Persisted queries are switched off.' },
  UNAUTHENTICATED: { status: 401, meaning: 'Who is asking could not be established.' },
  SIGN_IN_UNAVAILABLE: {
    status: 503,
    meaning: 'Who is asking cannot be established at the moment: the sign-in does not answer. Ask again soon.',
  },
  FORBIDDEN: {
    status: 403,
    meaning: 'The one who asks may not have this; a field that needs a scope is null, the rest of the answer stands.',
  },
  NOT_FOUND: { status: 404, meaning: 'Nothing is served at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'GraphQL is asked by GET or POST.' },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The request body is larger than the configured limit.' },
  BAD_REQUEST: { status: 400, meaning: 'The HTTP request is not a GraphQL request.' },
  CSRF_REFUSED: {
    status: 403,
    meaning: 'A form of another site could have sent this: send JSON, or the header `apollo-require-preflight: true`.',
  },
  ORIGIN_REFUSED: { status: 403, meaning: 'Pages of this origin may not ask; see `cors`.' },
  NOT_ACCEPTABLE: { status: 406, meaning: 'Answers are JSON, which the request does not accept.' },
  REQUEST_TIMEOUT: { status: 408, meaning: 'The request did not arrive in time.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'The body must be `application/json`.' },
  HEADERS_TOO_LARGE: { status: 431, meaning: 'The address or the headers are larger than this server takes.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests; `Retry-After` says when to go on.' },
  OVERLOADED: { status: 503, meaning: 'The gateway has too much to do; ask again after `Retry-After`.' },
  SUBGRAPH_UNAVAILABLE: {
    status: 200,
    meaning: 'A subgraph did not answer; the fields it owns are null, the rest of the answer stands.',
  },
  SUBGRAPH_TIMEOUT: {
    status: 200,
    meaning: 'A subgraph, or the whole operation, took too long; what had come by then is the answer.',
  },
  SUBGRAPH_BUSY: { status: 200, meaning: 'A subgraph has too much to do; ask again soon.' },
  SUBGRAPH_BAD_RESPONSE: {
    status: 200,
    meaning: 'A subgraph answered with something that does not fit the schema; that part is null.',
  },
  SUBGRAPH_ERROR: { status: 200, meaning: 'A subgraph could not answer this part; it is null.' },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    meaning: 'A fault of ours. The request id in the answer finds the cause in the log.',
  },
} as const;

/** A code a client may see in `extensions.code`. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** What can go wrong between a connector and its tool; never shown to clients, always to operators. */
export const CONNECTOR_ERRORS = {
  MISCONFIGURED: 'The options do not fit the tool: a path, address or name is wrong.',
  UNAUTHORIZED: 'The tool refused the credentials.',
  FORBIDDEN: 'The credentials are good, but lack a right the connector needs.',
  RATE_LIMITED: 'The tool asked to slow down.',
  UNAVAILABLE: 'The tool did not answer, or with a fault of its own.',
  BAD_RESPONSE: 'The tool answered with something that is not what its interface promises.',
  SHRUNK:
    'The tool suddenly has less than half of what it had, or nothing of a kind; the sync stopped before deleting the rest.',
  CANCELLED: 'The call was ended from our side.',
} as const;

/** A code of `CONNECTOR_ERRORS`. */
export type ConnectorErrorCode = keyof typeof CONNECTOR_ERRORS;

/** A failure between a connector and its tool. The message names the source and what to do, never a secret. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: ConnectorErrorCode;
  /** How long the tool asked us to wait, where it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ConnectorErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
