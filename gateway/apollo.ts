import './telemetry.ts';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import { auditPlugin } from './audit/audit-plugin.ts';
import type { GatewayCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import { audienceKey, type GatewayContext } from './context.ts';
import { federate } from './execution/gateway.ts';
import type { SubgraphClients } from './execution/subgraphs/clients.ts';
import { formatError } from './format-error.ts';
import type { createLog } from './log.ts';
import { knownOperation } from './plugins/known-operation.ts';
import type { Metrics } from './observe/metrics.ts';
import { observe } from './plugins/observe.ts';
import { sizeLimit } from './plugins/size-limit.ts';
import type { Supergraph } from './supergraph/supergraph.ts';

/** Parsed and validated documents that are kept, in bytes of JSON; in memory they are several times as large. */
const MAX_DOCUMENT_BYTES = 8 * 1024 ** 2;

/** What the server is built of. */
export interface ApolloParts {
  readonly config: Config;
  readonly log: ReturnType<typeof createLog>;
  readonly cache: GatewayCache;
  readonly supergraph: Supergraph;
  readonly clients: SubgraphClients;
  /** The subgraphs in this process, by name. */
  readonly local: ReadonlyMap<string, SubgraphExecutor>;
  readonly metrics: Metrics;
  readonly plugins: readonly ApolloServerPlugin<GatewayContext>[];
}

/** Builds the GraphQL server over the supergraph; it is started, but listens nowhere. */
export async function createApollo(parts: ApolloParts): Promise<ApolloServer<GatewayContext>> {
  const { config, log, cache, supergraph, local, clients } = parts;
  const quiet = { debug: () => undefined, info: () => undefined, warn: log.warn.bind(log), error: log.error.bind(log) };
  const apollo = new ApolloServer<GatewayContext>({
    gateway: federate({
      supergraph,
      clients,
      log,
      logger: quiet,
      execution: config.execution,
      operationMs: config.limits.operationMs,
      answerSeconds: config.cache.answerSeconds,
    }),
    cache,
    // Each schema has documents of its own there.
    documentStore: new InMemoryLRUCache({ maxSize: MAX_DOCUMENT_BYTES }),
    logger: quiet,
    persistedQueries: { ttl: config.cache.persistedSeconds },
    includeStacktraceInErrorResponses: false,
    formatError: formatError(log),
    // Fastify closes first and waits for what is under way; see app.ts.
    stopOnTerminationSignals: false,
    plugins: [
      ...parts.plugins,
      observe(log, parts.metrics, config.limits.slowMs),
      auditPlugin(),
      knownOperation(),
      sizeLimit(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControl({ calculateHttpHeaders: true }),
      responseCachePlugin<GatewayContext>({
        sessionId: async ({ contextValue }) => audienceKey(contextValue),
        // Whoever wants to see where the time goes wants it to go.
        shouldReadFromCache: async ({ contextValue }) => !contextValue.observation.wantsPlan,
        // A changed store is another world: what was remembered of the old one is not looked at again.
        extraCacheKeyData: async () => [...local.values()].map(storeVersion),
      }),
    ],
  });
  await apollo.start();
  return apollo;
}

function storeVersion({ service }: SubgraphExecutor): number {
  return service.db.get<{ value: number }>(`SELECT value FROM counter WHERE name = 'seq'`)?.value ?? 0;
}
