import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { isNestedWithin } from '../limits/json-depth.ts';
import type { KnownOperations } from '../operations/known.ts';
import type { Question } from '../answering/short-way.ts';
import { refusal } from '../refusal.ts';
import { acceptQuality } from './accept.ts';
import { searchOf } from './path.ts';

/** What answers may be, as an `Accept` header can put it. */
const JSON_TYPES = ['application/json', 'application/graphql-response+json', 'application/*', '*/*'] as const;

/** How requests are read. */
export interface EnvelopeParts {
  /** The operations that may be asked for without their text. */
  readonly known: KnownOperations;
  /** Whether they alone are answered. */
  readonly isKnownOnly: boolean;
  /** Deepest nesting of JSON in an address. */
  readonly nesting: number;
}

/** What of a request says which operation is meant. */
interface Asked {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

/**
 * Reads a request as the GraphQL server takes it, with the text of a known operation filled in where only its hash or
 * name is given.
 * @throws NOT_ACCEPTABLE, BAD_REQUEST, NESTED_TOO_DEEP, OPERATION_NOT_KNOWN
 */
export function readEnvelope(request: FastifyRequest, parts: EnvelopeParts): HTTPGraphQLRequest {
  if (!acceptsJson(request.headers.accept)) throw refusal('NOT_ACCEPTABLE');
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // HEAD is GET without the answer's body.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const { body } = request;
  if (method !== 'GET') {
    const text = isObject(body) ? textOf(body, parts) : undefined;
    return {
      method,
      headers,
      search: searchOf(request),
      body: text === undefined ? body : { ...(body as object), query: text },
    };
  }
  const search = new URLSearchParams(searchOf(request));
  const text = textOf(
    {
      query: search.get('query') ?? undefined,
      operationName: search.get('operationName') ?? undefined,
      extensions: jsonIn(search, 'extensions', parts.nesting),
    },
    parts,
  );
  jsonIn(search, 'variables', parts.nesting);
  if (text !== undefined) search.set('query', text);
  return { method, headers, search: `?${search.toString()}`, body: undefined };
}

/**
 * Reads a request that asks for one operation in the plainest way, over POST; undefined for any other, whatever it is.
 * What is acceptable to the client is not looked at.
 * @throws BAD_REQUEST, OPERATION_NOT_KNOWN
 */
export function readQuestion({ method, body }: FastifyRequest, parts: EnvelopeParts): Question | undefined {
  if (method !== 'POST' || !isObject(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  const known = textOf(body, parts);
  const text = known ?? query;
  if (typeof text !== 'string' || text === '') return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== null && !isObject(variables)) return undefined;
  const question = { text, operationName, variables: variables ?? {} };
  if (extensions === null || (isObject(extensions) && Object.keys(extensions).length === 0)) return question;
  // With its own text, a persisted query is to be remembered: that is for the server.
  const isByHash = known !== undefined && isObject(extensions) && Object.keys(extensions).length === 1;
  const hash = isByHash ? hashIn(extensions) : undefined;
  return hash === undefined ? undefined : { ...question, hash };
}

/** The text of the known operation that is meant; undefined where the request brings its own, or means no known one. */
function textOf(
  { query, operationName, extensions }: Asked,
  { known, isKnownOnly }: EnvelopeParts,
): string | undefined {
  const hash = hashIn(extensions);
  if (query !== undefined && query !== null && query !== '') return undefined;
  const text =
    hash !== undefined
      ? known.byHash(hash)
      : typeof operationName === 'string'
        ? known.byName(operationName)
        : undefined;
  if (text === undefined && isKnownOnly) throw refusal('OPERATION_NOT_KNOWN');
  return text;
}

/** The hash of a persisted query, if the request is one. */
function hashIn(extensions: unknown): string | undefined {
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  if (persisted === undefined || persisted === null) return undefined;
  const { version, sha256Hash }: Record<string, unknown> = isObject(persisted) ? persisted : {};
  if (version === 1 && typeof sha256Hash === 'string' && /^[\da-f]{64}$/i.test(sha256Hash)) return sha256Hash;
  throw refusal('BAD_REQUEST', {
    message: 'A persisted query is `version: 1` with the SHA-256 of its text in hexadecimal.',
  });
}

/** A parameter's JSON; what is none is left for the server to refuse. @throws NESTED_TOO_DEEP */
function jsonIn(search: URLSearchParams, name: string, nesting: number): unknown {
  const text = search.get(name) ?? '';
  if (!isNestedWithin(text, nesting)) throw refusal('NESTED_TOO_DEEP', { limit: nesting });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function acceptsJson(accept: string | undefined): boolean {
  return !accept || JSON_TYPES.some((type) => acceptQuality(accept, type) > 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
