import type {
  ApolloServerPlugin,
  GraphQLRequestContext,
  GraphQLRequestContextResponseForOperation,
  GraphQLRequestListener,
} from '@apollo/server';
import { GraphQLError, parse, type DocumentNode } from 'graphql';
import type { Config } from '../config/schema.ts';
import type { GatewayContext } from '../context.ts';
import type { Pricing } from '../limits/pricing.ts';
import { asksForSchema, checkShape } from '../limits/shape.ts';
import { checkTokens } from '../limits/tokens.ts';
import type { AdmittedOperations } from '../operations/admitted.ts';
import type { KnownOperations } from '../operations/known.ts';
import { refusal } from '../refusal.ts';

/** What admission goes by. */
export interface AdmissionParts {
  readonly limits: Config['limits'];
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** The operations that alone are answered over HTTP; undefined for any. */
  readonly only: KnownOperations | undefined;
  /** Where what passed is kept. */
  readonly admitted: AdmittedOperations;
  readonly pricing: Pricing;
}

/** Goes through the server in the place of a document that is refused: harmless to whatever looks at it on the way. */
const NOTHING_ASKED = parse('{ __typename }');

type Context = GraphQLRequestContext<GatewayContext>;

/**
 * Lets operations in, or refuses them before anything is spent on them: by their text before they are parsed, by their
 * shape before they are validated, by their cost before they are planned.
 */
export function admission(parts: AdmissionParts): ApolloServerPlugin<GatewayContext> {
  const { limits, introspection, only, admitted, pricing } = parts;

  /** @throws whatever is wrong with the document; what is no GraphQL is left to the server. */
  function check(text: string): void {
    checkTokens(text, limits);
    const document = parsed(text);
    if (!document) return;
    checkShape(document, limits);
    if (!introspection && asksForSchema(document)) throw refusal('INTROSPECTION_DISABLED');
  }

  /** Keeps an operation that was let in over HTTP; what was asked within the process goes by other rules. */
  function keep(context: GraphQLRequestContextResponseForOperation<GatewayContext>): void {
    const { schema, document, operation, operationName: name, queryHash: hash, source, request, metrics } = context;
    // The hash of what was asked for by its hash alone is not known to be that of its text.
    if (!request.http || hash === undefined || metrics.persistedQueryHit === true) return;
    admitted.admit(source, request.operationName ?? null, { schema, document, operation, name, hash });
  }

  function listen(): GraphQLRequestListener<GatewayContext> {
    let refused: GraphQLError | undefined;
    let cost: number | undefined;
    return {
      async didResolveSource(context) {
        // The server has no hook that may refuse here, but takes a document that is there already.
        const slot = context as { document?: DocumentNode };
        try {
          if (only && context.request.http && !only.byHash(context.queryHash)) throw refusal('OPERATION_NOT_KNOWN');
          const known = admitted.documentOf(context.schema, context.source);
          if (known) slot.document = known;
          else check(context.source);
        } catch (error) {
          if (!(error instanceof GraphQLError)) throw error;
          refused = error;
          slot.document = NOTHING_ASKED;
        }
      },
      async validationDidStart({ schema, document, source }) {
        return async (errors) => {
          if (!errors || errors.length === 0) admitted.pass(schema, source, document);
        };
      },
      async didResolveOperation(context) {
        if (refused) throw refused;
        const { schema, document, operation, request } = context;
        if (!operation) return;
        cost = pricing.costOf({ schema, document, operation }, request.variables ?? {});
        if (cost > limits.cost && !isDryRun(context)) throw refusal('QUERY_TOO_LARGE', { limit: limits.cost });
      },
      async responseForOperation(context) {
        if (isDryRun(context)) {
          return { http: context.response.http, body: { kind: 'single', singleResult: { data: null } } };
        }
        // Nothing refused it.
        keep(context);
        return null;
      },
      async willSendResponse(context) {
        const { body } = context.response;
        if (cost === undefined || body.kind !== 'single') return;
        if (!isDryRun(context) && context.request.extensions?.['cost'] !== true) return;
        body.singleResult.extensions = {
          ...body.singleResult.extensions,
          cost: { estimated: cost, limit: limits.cost },
        };
      },
    };
  }

  return {
    async serverWillStart() {
      return {
        schemaDidLoadOrUpdate({ apiSchema, coreSupergraphSdl }) {
          pricing.begin(coreSupergraphSdl ?? '');
          admitted.begin(apiSchema);
        },
        async serverWillStop() {
          admitted.begin(undefined);
        },
      };
    },
    async requestDidStart() {
      return listen();
    },
  };
}

/** Whether the client only wants to know what the operation would cost. */
function isDryRun({ request }: Context): boolean {
  return request.extensions?.['dryRun'] === true;
}

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
