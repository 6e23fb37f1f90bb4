import './telemetry.ts';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Log } from '../subgraphs/kit/connector.ts';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import type { AskReadable } from '../subgraphs/kit/live/decisions.ts';
import type { Viewer } from '../subgraphs/kit/viewer.ts';
import { registerWebhooks, type WebhookReceiver } from '../subgraphs/kit/webhooks.ts';
import { createApollo } from './apollo.ts';
import { registerAudit } from './audit/audit-http.ts';
import { openAuditTrail, type AuditNote } from './audit/audit-trail.ts';
import { openCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import type { GatewayContext } from './context.ts';
import { registerExplorer, sendExplorer, wantsExplorer } from './explorer/explorer.ts';
import { SubgraphClients } from './execution/subgraphs/clients.ts';
import { scopesIn } from './execution/access-rules.ts';
import { Departure, registerDeparture } from './http/departure.ts';
import { listenForMetrics, registerMetrics, type Figures } from './http/metrics.ts';
import { openFrontDoor, registerGraphQL, type RateOf } from './http/front-door.ts';
import { RateLimit } from './http/rate-limit.ts';
import { registerHealth } from './http/health.ts';
import { forwardedHeaders, stripOwnHeaders } from './http/client-headers.ts';
import { directoryAsker, explorerViewers } from './identity/ask-directory.ts';
import { ApiTokens } from './identity/api-tokens.ts';
import { CHOSEN_VIEWER_HEADER } from './identity/development.ts';
import { SignIn } from './identity/sign-in.ts';
import type { TokenVerifier } from './identity/token-verifier.ts';
import { Viewers } from './identity/viewers.ts';
import { openSubgraph } from './local-subgraphs.ts';
import { createLog } from './log.ts';
import { Metrics } from './observe/metrics.ts';
import { Observation } from './observe/observation.ts';
import { startTracing } from './observe/tracing.ts';
import { KnownOperations, OPERATIONS_FOLDER } from './operations/known.ts';
import { Supergraph } from './supergraph/supergraph.ts';
import type { Together } from './workers/link.ts';

/** The header by which, in development, an answer is asked to come with its plan and where the time went. */
export const TRACE_HEADER = 'x-atrium-trace';

/** Where GraphQL is served. */
const ENDPOINT = '/graphql';

/** An operation asked from within the process. */
export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** A person's id, mail address or user name, or a viewer as it is; nobody without it. */
  readonly viewer?: string | Viewer | undefined;
}

/** The gateway, built but not listening. */
export interface App {
  readonly http: FastifyInstance;
  /** Asks as over HTTP, without HTTP, and with every scope: whoever runs this has the stores anyway. */
  ask(question: Question): Promise<{ readonly data?: unknown; readonly errors?: readonly unknown[] }>;
  close(): Promise<void>;
}

/** What the gateway works with besides its configuration. */
export interface AppDeps {
  /** In place of the one the configuration says. */
  readonly log?: ReturnType<typeof createLog>;
  /** Takes what tools send to webhooks; without it nobody does. */
  readonly receive?: WebhookReceiver;
  /** Asks tools live what somebody may read; without it they cannot be asked. */
  readonly readable?: AskReadable;
  /** Knows when the process is on its way out; without it, it never is. */
  readonly departure?: Departure;
  /** False, in tests that compare the two, for: the server answers each time. */
  readonly hasShortWay?: boolean;
  /** Where this is one of several processes that serve one port: what it does together with them. */
  readonly together?: Together;
}

/**
 * Builds the gateway. Subgraphs without an address are opened in this process; filling their stores is another
 * matter, see sync.ts.
 */
export async function createApp(config: Config, deps: AppDeps = {}): Promise<App> {
  const log = deps.log ?? createLog(config.log);
  const departure = deps.departure ?? new Departure();
  const trail = openAuditTrail(config.audit, log);
  const cache = await openCache(config.cache.redis, log);
  const supergraph = new Supergraph(config);
  const local = new Map<string, SubgraphExecutor>();
  for (const subgraph of supergraph.ours) {
    if (config[subgraph.name].url === undefined) {
      local.set(subgraph.name, openSubgraph(config, subgraph, log, deps.readable));
    }
  }
  const clients = new SubgraphClients({
    local,
    remote: new Map(supergraph.ours.flatMap(({ name }) => (local.has(name) ? [] : [[name, config[name].url ?? '']]))),
    addresses: config.supergraph.addresses,
    secret: config.subgraphSecret ?? '',
    limits: config.limits.subgraph,
    limitsOf: config.limits.subgraphs,
  });
  const hasDirectory = supergraph.ours.some(({ name }) => name === 'directory');
  const directory = hasDirectory ? clients.get('directory') : undefined;
  const viewers = new Viewers(directory ? directoryAsker(directory) : async () => null, config.operators);
  const tokens = new ApiTokens(config.data);
  const signIn = new SignIn({
    config,
    viewers,
    tokens,
    verifier: await verifierFor(config, log),
    allScopes: scopesIn(supergraph.sdl),
  });

  const metrics = new Metrics({ clients, local });
  const tracing = config.traces.url === undefined ? undefined : await startTracing(config.traces.url, log);
  const { together } = deps;
  // A shared cache counts for gateways on other machines as well.
  const rateOf: RateOf = (name, limit) =>
    together && !cache.isShared ? together.rateOf(name, limit) : new RateLimit(name, limit, cache);
  const { http, first: noteOf } = openFrontDoor(config, rateOf, log, (server) => {
    // First, so that it sees what the others refuse.
    const note = registerAudit(server, trail, ENDPOINT);
    const allowed = config.development.chooseViewer ? [CHOSEN_VIEWER_HEADER, TRACE_HEADER] : [];
    server.addHook('onRequest', (request, _reply, done) => {
      stripOwnHeaders(request.headers, allowed);
      done();
    });
    registerDeparture(server, departure);
    return note;
  });
  const known = KnownOperations.in(OPERATIONS_FOLDER);
  const { apollo, shortWay } = await createApollo({
    config,
    log,
    cache,
    supergraph,
    local,
    clients,
    metrics,
    known,
    plugins: [fastifyApolloDrainPlugin(http)],
  });
  registerWebhooks(http, deps.receive);
  const { registry } = metrics;
  const own: Figures = { contentType: registry.contentType, text: () => registry.metrics() };
  registerMetrics(http, config, together?.figures(registry) ?? own);
  const metricsServer = together ? undefined : await listenForMetrics(config, own);
  registerHealth(http, { config, local, cache, clients, departure });
  registerExplorer(http, {
    endpoint: ENDPOINT,
    operationsDir: fileURLToPath(OPERATIONS_FOLDER),
    title: config.title === 'Atrium' ? 'Atrium' : `Atrium for ${config.title}`,
    ...(directory && config.development.chooseViewer && { viewers: explorerViewers(directory) }),
  });
  const { trustedHeader } = config.auth;
  registerGraphQL(http, {
    config,
    rateOf,
    known,
    apollo,
    shortWay: deps.hasShortWay === false ? undefined : shortWay,
    contextFor: async (request, reply) => {
      const { rawHeaders, url, socket } = request.raw;
      const viewer = await signIn.viewerOf({ rawHeaders, url: url ?? '/', socket, headers: request.headers });
      const observation = new Observation({
        spans: tracing?.begin(request.headers),
        wantsPlan: config.development.chooseViewer && request.headers[TRACE_HEADER] !== undefined,
      });
      const forwarded = forwardedHeaders(request.headers, config.supergraph.forwardHeaders);
      return {
        ...contextFor(viewer, request.id, signalOf(reply), observation),
        forwarded,
        audit: noteOf(request),
      };
    },
    pageFor: (request, reply) => (wantsExplorer(request) ? sendExplorer(reply) : undefined),
    identityHeaders: ['Authorization', CHOSEN_VIEWER_HEADER, ...(trustedHeader ? [trustedHeader.header] : [])],
  });
  // What the first question would else wait for is read while nobody asks.
  const warming = setImmediate(() => {
    for (const executor of local.values()) executor.service.warm();
  });

  return {
    http,
    async ask({ query, variables = {}, viewer }) {
      const who = typeof viewer === 'object' ? viewer : await signIn.inNameOf(viewer);
      const audit: AuditNote = { codes: [] };
      const base = contextFor(who, randomUUID(), new AbortController().signal, new Observation());
      const contextValue = { ...base, audit };
      const started = performance.now();
      const { body } = await apollo.executeOperation({ query, variables: { ...variables } }, { contextValue });
      trail.write(audit, { requestId: contextValue.requestId, ms: performance.now() - started });
      return body.kind === 'single' ? body.singleResult : {};
    },
    async close() {
      clearImmediate(warming);
      await http.close();
      await metricsServer?.close();
      await apollo.stop();
      await tracing?.stop();
      await clients.close();
      await cache.close();
      tokens.close();
      trail.close();
      for (const executor of local.values()) executor.service.close();
    },
  };
}

/** What checks tokens is loaded where there are any. */
async function verifierFor({ auth }: Config, log: Log): Promise<TokenVerifier | undefined> {
  if (!auth.oidc && !auth.jwt) return undefined;
  const { openVerifier } = await import('./identity/token-verifier.ts');
  return openVerifier(auth, log);
}

function contextFor(viewer: Viewer, requestId: string, signal: AbortSignal, observation: Observation): GatewayContext {
  return { viewer, requestId, signal, subgraphContexts: new Map(), observation };
}

/** Ends upstream calls when the client leaves before its answer. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const abort = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
