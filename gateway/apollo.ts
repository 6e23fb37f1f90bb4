import './telemetry.ts';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import { ShortWay } from './answering/short-way.ts';
import { AnswerCache } from './cache/answer-cache.ts';
import type { GatewayCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import type { GatewayContext } from './context.ts';
import { federate } from './execution/gateway.ts';
import type { SubgraphClients } from './execution/subgraphs/clients.ts';
import { formatError } from './format-error.ts';
import type { createLog } from './log.ts';
import { Pricing } from './limits/pricing.ts';
import { AdmittedOperations } from './operations/admitted.ts';
import type { KnownOperations } from './operations/known.ts';
import { admission } from './plugins/admission.ts';
import { knownOperation } from './plugins/known-operation.ts';
import { lenientStatus } from './plugins/lenient-status.ts';
import { Account } from './observe/account.ts';
import type { Metrics } from './observe/metrics.ts';
import { rememberedAnswers } from './plugins/remembered-answers.ts';
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

/** What answers operations. */
export interface Answering {
  /** It is started, but listens nowhere. */
  readonly apollo: ApolloServer<GatewayContext>;
  /** For what it answered before; undefined where it executes in a way of its own. */
  readonly shortWay: ShortWay | undefined;
}

/** Builds the GraphQL server over the supergraph, and the short way beside it. */
export async function createApollo(parts: ApolloParts): Promise<Answering> {
  const { config, log, cache, supergraph, local, clients } = parts;
  const { limits } = config;
  const { answerSeconds } = config.cache;
  const quiet = { debug: () => undefined, info: () => undefined, warn: log.warn.bind(log), error: log.error.bind(log) };
  const isDevelopment = config.development.chooseViewer;
  const { gateway, executor } = federate({
    supergraph,
    clients,
    log,
    logger: quiet,
    execution: config.execution,
    operationMs: limits.operationMs,
    answerSeconds,
  });
  const admitted = new AdmittedOperations();
  const pricing = new Pricing(limits.pageSize);
  const account = new Account(log, parts.metrics, limits.slowMs);
  const formatted = formatError(log, isDevelopment);
  const answers = new AnswerCache({
    cache,
    isOn: answerSeconds > 0,
    // A changed store is another world: what was remembered of the old one is not looked at again.
    versions: () => [...local.values()].map(storeVersion),
  });
  const apollo = new ApolloServer<GatewayContext>({
    gateway,
    cache,
    logger: quiet,
    persistedQueries: { ttl: config.cache.persistedSeconds },
    includeStacktraceInErrorResponses: false,
    formatError: formatted,
    // Whether the schema may be asked for is decided at admission, and documents that passed it are kept there.
    introspection: true,
    documentStore: null,
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // Fastify closes first and waits for what is under way; see app.ts.
    stopOnTerminationSignals: false,
    plugins: [
      ...parts.plugins,
      lenientStatus(),
      observe(account),
      admission({
        limits,
        introspection: config.introspection ?? isDevelopment,
        only: config.operations === 'known' ? parts.known : undefined,
        admitted,
        pricing,
      }),
      knownOperation(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControl({ calculateHttpHeaders: true }),
      rememberedAnswers(answers),
    ],
  });
  await apollo.start();
  const shortWay =
    executor &&
    new ShortWay({
      admitted,
      pricing,
      maxCost: limits.cost,
      executor,
      answers,
      formatError: formatted,
      account,
      log,
    });
  return { apollo, shortWay };
}

function storeVersion({ service }: SubgraphExecutor): number {
  return service.db.get<{ value: number }>(`SELECT value FROM counter WHERE name = 'seq'`)?.value ?? 0;
}
