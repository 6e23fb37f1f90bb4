import { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { withoutEnforcedLinks } from './access-rules.ts';
import { withoutDeadKeys } from './dead-keys.ts';
import { FederatedExecutor, type LoadedSchema } from './executor.ts';
import { Planner } from './planner.ts';
import { refusing } from './refusing.ts';
import type { SubgraphClients } from './subgraphs/clients.ts';
import { dataSourceOf } from './subgraphs/data-source.ts';

/** What federation is built of. */
export interface FederationParts {
  readonly supergraph: Supergraph;
  readonly clients: SubgraphClients;
  readonly log: Log;
  /** Where `@apollo/gateway` says what it does. */
  readonly logger: ConstructorParameters<typeof ApolloGateway>[0] extends { logger?: infer L } | undefined ? L : never;
  /** Who executes plans: Atrium, or `@apollo/gateway` itself. */
  readonly execution: 'atrium' | 'apollo';
  readonly operationMs: number;
  readonly answerSeconds: number;
}

/** What federation gives the server. */
export interface Federation {
  readonly gateway: GatewayInterface;
  /** Executes what the gateway is asked for; undefined where that is `@apollo/gateway` itself. */
  readonly executor: FederatedExecutor | undefined;
}

/** One supergraph as `@apollo/gateway` has loaded it. */
interface Loaded {
  readonly gateway: ApolloGateway;
  readonly schema: LoadedSchema;
  readonly planner: Planner;
}

type Options = Parameters<GatewayInterface['load']>[0];
type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/**
 * `@apollo/gateway`, which loads the supergraph and makes the plans, with our execution of them in the place of its
 * own. A supergraph that takes the place of another gets one of its own, so that what is under way ends with the one
 * it began with.
 */
export function federate(parts: FederationParts): Federation {
  const { supergraph, clients, log, operationMs, answerSeconds } = parts;
  const executor = new FederatedExecutor({
    clientOf: (name, address) => clients.get(name, address),
    log,
    operationMs,
    answerSeconds,
  });
  const listeners = new Set<Listener>();
  let current: Loaded | undefined;
  let stopWatching = () => {};

  /** Builds, checks and warms; only then is it served. @throws when it cannot be used: nothing has changed then. */
  async function serve(sdl: string, options: Options): Promise<void> {
    const next = await loadSupergraph(sdl, options, parts);
    if (parts.execution === 'atrium') await executor.load(next.schema, next.planner, executorOf(next));
    const before = current;
    current = next;
    for (const listener of listeners) listener(next.schema);
    await before?.gateway.stop();
  }

  const federated: GatewayInterface = {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load(options) {
      await serve(supergraph.sdl, options);
      stopWatching = supergraph.watch((sdl) => serve(sdl, options), log);
      const theirs: GatewayExecutor = (requestContext) => executorOf(current as Loaded)(requestContext);
      return { executor: parts.execution === 'atrium' ? executor.execute : theirs };
    },
    async stop() {
      stopWatching();
      await current?.gateway.stop();
    },
  };
  return parts.execution === 'atrium'
    ? { gateway: federated, executor }
    : { gateway: refusing(federated), executor: undefined };
}

async function loadSupergraph(sdl: string, options: Options, parts: FederationParts): Promise<Loaded> {
  const { clients, logger, operationMs, answerSeconds } = parts;
  const planner = new Planner();
  const gateway = new ApolloGateway({
    supergraphSdl: withoutEnforcedLinks(parts.execution === 'atrium' ? withoutDeadKeys(sdl) : sdl),
    logger,
    buildService: ({ name, url }) =>
      dataSourceOf(clients.get(name, url), operationMs, (request, { confirmation }) => {
        if (!('incomingRequestContext' in request)) return;
        const maxAge = Math.min(answerSeconds, confirmation?.seconds ?? answerSeconds);
        request.incomingRequestContext.overallCachePolicy.restrict({ maxAge, scope: 'PRIVATE' });
      }),
    ...(parts.execution === 'atrium' && {
      experimental_didResolveQueryPlan: planner.hook,
      queryPlannerConfig: { cache: Planner.noCache },
    }),
  });
  let schema: LoadedSchema | undefined;
  gateway.onSchemaLoadOrUpdate((loaded) => {
    schema = loaded;
  });
  await gateway.load(options);
  if (!schema) throw new Error('The supergraph has no schema.');
  return { gateway, schema, planner };
}

function executorOf({ gateway }: Loaded): GatewayExecutor {
  return gateway.executor as GatewayExecutor;
}
