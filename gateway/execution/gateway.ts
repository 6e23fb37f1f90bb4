import { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { withoutEnforcedLinks } from './access-rules.ts';
import { FederatedExecutor } from './executor.ts';
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

/**
 * `@apollo/gateway`, which loads the supergraph and makes the plans, with our execution of them in the place of its
 * own.
 */
export function federate(parts: FederationParts): GatewayInterface {
  const { supergraph, clients, log, logger, operationMs, answerSeconds } = parts;
  const isOurs = parts.execution === 'atrium';
  const planner = new Planner();
  const gateway = new ApolloGateway({
    supergraphSdl: async ({ update }) => {
      const stop = supergraph.watch((sdl) => update(withoutEnforcedLinks(sdl)), log);
      return { supergraphSdl: withoutEnforcedLinks(supergraph.sdl), cleanup: async () => stop() };
    },
    logger,
    buildService: ({ name, url }) =>
      dataSourceOf(clients.get(name, url), operationMs, (options) => {
        if (!('incomingRequestContext' in options)) return;
        options.incomingRequestContext.overallCachePolicy.restrict({ maxAge: answerSeconds, scope: 'PRIVATE' });
      }),
    ...(isOurs && {
      experimental_didResolveQueryPlan: planner.hook,
      queryPlannerConfig: { cache: Planner.noCache },
    }),
  });
  if (!isOurs) return refusing(gateway);
  const executor = new FederatedExecutor({
    planner,
    planning: () => gateway.executor as GatewayExecutor,
    clientOf: (name, address) => clients.get(name, address),
    log,
    operationMs,
    answerSeconds,
  });
  return {
    onSchemaLoadOrUpdate: (listener) =>
      gateway.onSchemaLoadOrUpdate((schema) => {
        executor.load(schema);
        listener(schema);
      }),
    load: async (options) => {
      await gateway.load(options);
      return { executor: executor.execute };
    },
    stop: () => gateway.stop(),
  };
}
