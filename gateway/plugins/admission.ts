import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import { getVariableValues, GraphQLError, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/schema.ts';
import type { GatewayContext } from '../context.ts';
import { costOf } from '../limits/cost.ts';
import { readPriceList, type PriceList } from '../limits/price-list.ts';
import { asksForSchema, checkShape } from '../limits/shape.ts';
import { checkTokens } from '../limits/tokens.ts';
import type { KnownOperations } from '../operations/known.ts';
import { refusal } from '../refusal.ts';

/** What admission goes by. */
export interface AdmissionParts {
  readonly limits: Config['limits'];
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** The operations that alone are answered over HTTP; undefined for any. */
  readonly only: KnownOperations | undefined;
}

/** So many characters of documents are kept parsed and checked. */
const MAX_TEXT = 4_000_000;

/** Goes through the server in the place of a document that is refused: harmless to whatever looks at it on the way. */
const NOTHING_ASKED = parse('{ __typename }');

type Context = GraphQLRequestContext<GatewayContext>;

/**
 * Lets operations in, or refuses them before anything is spent on them: by their text before they are parsed, by their
 * shape before they are validated, by their cost before they are planned.
 */
export function admission({ limits, introspection, only }: AdmissionParts): ApolloServerPlugin<GatewayContext> {
  /** Documents that passed everything but the cost, which depends on variables. */
  const passed = new LRUCache<string, DocumentNode>({ maxSize: MAX_TEXT });
  let prices: PriceList = { weights: new Map(), sizes: new Map() };

  /** @throws whatever is wrong with the document; what is no GraphQL is left to the server. */
  function check(text: string): void {
    checkTokens(text, limits);
    const document = parsed(text);
    if (!document) return;
    checkShape(document, limits);
    if (!introspection && asksForSchema(document)) throw refusal('INTROSPECTION_DISABLED');
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
          const known = passed.get(context.queryHash);
          if (known) slot.document = known;
          else check(context.source);
        } catch (error) {
          if (!(error instanceof GraphQLError)) throw error;
          refused = error;
          slot.document = NOTHING_ASKED;
        }
      },
      async validationDidStart({ queryHash, document, source }) {
        return async (errors) => {
          if (!errors || errors.length === 0) passed.set(queryHash, document, { size: source.length });
        };
      },
      async didResolveOperation(context) {
        if (refused) throw refused;
        const { operation } = context;
        if (!operation) return;
        cost = measure(context, operation);
        if (cost > limits.cost && !isDryRun(context)) throw refusal('QUERY_TOO_LARGE', { limit: limits.cost });
      },
      async responseForOperation(context) {
        return isDryRun(context)
          ? { http: context.response.http, body: { kind: 'single', singleResult: { data: null } } }
          : null;
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

  function measure(
    { schema, document, request }: Context & { document: DocumentNode },
    operation: OperationDefinitionNode,
  ) {
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
    // Variables that do not fit are told of where the operation would be executed.
    if (errors) return 0;
    return costOf({ schema, prices, document, operation, variables: coerced, pageSize: limits.pageSize });
  }

  return {
    async serverWillStart() {
      return {
        schemaDidLoadOrUpdate({ coreSupergraphSdl }) {
          passed.clear();
          prices = readPriceList(coreSupergraphSdl ?? '');
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
