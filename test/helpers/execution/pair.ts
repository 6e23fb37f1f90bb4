import { Observation } from '../../../gateway/observe/observation.ts';
import { composeServices } from '@apollo/composition';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { getOperationAST, parse, validate, type DocumentNode, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../../../gateway/context.ts';
import { federate } from '../../../gateway/execution/gateway.ts';
import type { SubgraphClient } from '../../../gateway/execution/subgraphs/client.ts';
import type { SubgraphClients } from '../../../gateway/execution/subgraphs/clients.ts';
import { createLog } from '../../../gateway/log.ts';
import type { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import { LINK, type Schemas } from './schemas.ts';

const log = createLog({ level: 'silent', format: 'json' });
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** An answer as a client would get it. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An operation with its variables. */
export interface Ask {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** One supergraph, executed by us and by `@apollo/gateway` over the same subgraphs. */
export interface Federation {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly ours: (ask: Ask) => Promise<Answer>;
  readonly theirs: (ask: Ask) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** Composes subgraphs, or says why they do not fit together. */
export function compose(schemas: Schemas): { sdl?: string; misfits: readonly string[] } {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(schemas).map(([name, text]) => ({
      name,
      url: `http://${name}.invalid`,
      typeDefs: parse(LINK + text),
    })),
  );
  return supergraphSdl === undefined
    ? { misfits: (errors ?? []).map(({ message }) => message) }
    : { sdl: supergraphSdl, misfits: [] };
}

/** Opens a composed supergraph over the given subgraphs. */
export async function openFederation(sdl: string, clientOf: (name: string) => SubgraphClient): Promise<Federation> {
  const [ours, theirs] = await Promise.all([
    openGateway(sdl, clientOf, 'atrium'),
    openGateway(sdl, clientOf, 'apollo'),
  ]);
  return {
    schema: ours.schema,
    ours: ours.ask,
    theirs: theirs.ask,
    close: async () => {
      await Promise.all([ours.stop(), theirs.stop()]);
    },
  };
}

async function openGateway(
  sdl: string,
  clientOf: (name: string) => SubgraphClient,
  execution: 'atrium' | 'apollo',
): Promise<{ schema: GraphQLSchema; ask: (ask: Ask) => Promise<Answer>; stop: () => Promise<void> }> {
  const { gateway } = federate({
    supergraph: { sdl, watch: () => () => undefined } as unknown as Supergraph,
    clients: { get: clientOf } as unknown as SubgraphClients,
    log,
    logger: quiet,
    execution,
    operationMs: 10_000,
    answerSeconds: 0,
  });
  const schemas: GraphQLSchema[] = [];
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => schemas.push(apiSchema));
  const { executor } = await gateway.load({ apollo: {} });
  const schema = schemas.at(-1);
  if (!executor || !schema) throw new Error('There is no schema.');
  return { schema, ask: askOf(executor, schema), stop: async () => gateway.stop?.() };
}

function askOf(executor: GatewayExecutor, schema: GraphQLSchema): (ask: Ask) => Promise<Answer> {
  const known = new Map<string, DocumentNode>();
  return async ({ query, variables = {} }) => {
    let document = known.get(query);
    if (!document) {
      document = parse(query);
      const [misfit] = validate(schema, document);
      if (misfit) throw misfit;
      known.set(query, document);
    }
    const context: GatewayContext = {
      viewer: NOBODY,
      requestId: 'test',
      signal: new AbortController().signal,
      subgraphContexts: new Map(),
      observation: new Observation(),
    };
    const request = {
      request: { query, variables },
      source: query,
      queryHash: query,
      document,
      operation: getOperationAST(document),
      operationName: null,
      schema,
      context,
      logger: quiet,
      metrics: {},
      overallCachePolicy: { restrict: () => undefined },
    };
    return (await executor(request as unknown as GatewayGraphQLRequestContext)) as Answer;
  };
}
