import './telemetry.ts';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import { auditPlugin } from './audit/audit-plugin.ts';
import type { GatewayCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import { audienceKey, type GatewayContext } from './context.ts';
import { federate } from './execution/gateway.ts';
import type { SubgraphClients } from './execution/subgraphs/clients.ts';
import { formatError } from './format-error.ts';
import type { createLog } from './log.ts';
import type { KnownOperations } from './operations/known.ts';
import { admission } from './plugins/admission.ts';
import { knownOperation } from './plugins/known-operation.ts';
import { lenientStatus } from './plugins/lenient-status.ts';
import type { Metrics } from './observe/metrics.ts';
import { observe } from './plugins/observe.ts';
import type { Supergraph } from './supergraph/supergraph.ts';

/** So many mistakes of a document are told; graphql-js then adds that there are more. */
const MAX_VALIDATION_ERRORS = 4;

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
  /** The gateway's own operations. */
  readonly known: KnownOperations;
  readonly plugins: readonly ApolloServerPlugin<GatewayContext>[];
}

/** Builds the GraphQL server over the supergraph; it is started, but listens nowhere. */
export async function createApollo(parts: ApolloParts): Promise<ApolloServer<GatewayContext>> {
  const { config, log, cache, supergraph, local, clients } = parts;
  const quiet = { debug: () => undefined, info: () => undefined, warn: log.warn.bind(log), error: log.error.bind(log) };
  const isDevelopment = config.development.chooseViewer;
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
    logger: quiet,
    persistedQueries: { ttl: config.cache.persistedSeconds },
    includeStacktraceInErrorResponses: false,
    formatError: formatError(log, isDevelopment),
    // Whether the schema may be asked for is decided at admission, and documents that passed it are kept there.
    introspection: true,
    documentStore: null,
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // Fastify closes first and waits for what is under way; see app.ts.
    stopOnTerminationSignals: false,
    plugins: [
      ...parts.plugins,
      lenientStatus(),
      observe(log, parts.metrics, config.limits.slowMs),
      auditPlugin(),
      admission({
        limits: config.limits,
        introspection: config.introspection ?? isDevelopment,
        only: config.operations === 'known' ? parts.known : undefined,
      }),
      knownOperation(),
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
