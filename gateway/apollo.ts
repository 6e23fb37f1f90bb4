import './telemetry.ts';
import { readFileSync } from 'node:fs';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import type { SubgraphName } from '../subgraphs/kit/subgraph.ts';
import { viewerKey } from '../subgraphs/kit/viewer.ts';
import type { GatewayCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import type { GatewayContext } from './context.ts';
import { inProcessDataSource } from './data-sources/in-process.ts';
import { overHttpDataSource } from './data-sources/over-http.ts';
import { formatError } from './format-error.ts';
import type { createLog } from './log.ts';
import { knownOperation } from './plugins/known-operation.ts';
import { requestLog } from './plugins/request-log.ts';
import { sizeLimit } from './plugins/size-limit.ts';
import { withoutValueCompletion } from './plugins/value-completion.ts';

/** The composed schema, as `atrium compose` writes it. */
const SUPERGRAPH = new URL('../schema/supergraph.graphql', import.meta.url);

/** What the server is built of. */
export interface ApolloParts {
  readonly config: Config;
  readonly log: ReturnType<typeof createLog>;
  readonly cache: GatewayCache;
  /** The subgraphs in this process, by name; all others are asked over HTTP. */
  readonly local: ReadonlyMap<string, SubgraphExecutor>;
  readonly plugins: readonly ApolloServerPlugin<GatewayContext>[];
}

/** How the gateway reaches a subgraph. */
export function dataSourceFor(name: string, parts: Omit<ApolloParts, 'plugins'>): GraphQLDataSource<GatewayContext> {
  const { config, log, local } = parts;
  const executor = local.get(name);
  const { answerSeconds } = config.cache;
  if (executor) return inProcessDataSource(name, executor, answerSeconds);
  const url = config[name as SubgraphName].url ?? '';
  const remote = { name, url, secret: config.subgraphSecret ?? '', timeoutMs: config.limits.subgraphMs };
  return overHttpDataSource(remote, log, answerSeconds);
}

/** Builds the GraphQL server over the supergraph; it is started, but listens nowhere. */
export async function createApollo(parts: ApolloParts): Promise<ApolloServer<GatewayContext>> {
  const { config, log, cache, local } = parts;
  const quiet = { debug: () => undefined, info: () => undefined, warn: log.warn.bind(log), error: log.error.bind(log) };
  const gateway = new ApolloGateway({
    supergraphSdl: readFileSync(SUPERGRAPH, 'utf8'),
    buildService: ({ name }) => dataSourceFor(name ?? '', parts),
    logger: quiet,
  });
  const apollo = new ApolloServer<GatewayContext>({
    gateway,
    cache,
    logger: quiet,
    persistedQueries: { ttl: config.cache.persistedSeconds },
    includeStacktraceInErrorResponses: false,
    formatError: formatError(log),
    // Fastify closes first and waits for what is under way; see app.ts.
    stopOnTerminationSignals: false,
    plugins: [
      ...parts.plugins,
      requestLog(log),
      knownOperation(),
      sizeLimit(),
      withoutValueCompletion(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControl({ calculateHttpHeaders: true }),
      responseCachePlugin<GatewayContext>({
        sessionId: async ({ contextValue }) => viewerKey(contextValue.viewer),
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
