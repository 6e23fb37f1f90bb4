import './telemetry.ts';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import { NOBODY, type Viewer } from '../subgraphs/kit/viewer.ts';
import { registerWebhooks, type WebhookReceiver } from '../subgraphs/kit/webhooks.ts';
import { createApollo } from './apollo.ts';
import { openCache } from './cache/key-value-cache.ts';
import type { Config } from './config/schema.ts';
import type { GatewayContext } from './context.ts';
import { registerExplorer, sendExplorer, wantsExplorer } from './explorer/explorer.ts';
import { SubgraphClients } from './execution/subgraphs/clients.ts';
import { openFrontDoor, registerGraphQL } from './http/front-door.ts';
import { registerHealth } from './http/health.ts';
import { directoryAsker, explorerViewers } from './identity/ask-directory.ts';
import { Viewers } from './identity/viewers.ts';
import { openSubgraph } from './local-subgraphs.ts';
import { createLog } from './log.ts';
import { KnownOperations, OPERATIONS_FOLDER } from './operations/known.ts';
import { Supergraph } from './supergraph/supergraph.ts';

/** The header by which, in development, whoever asks says in whose name. */
export const CHOSEN_VIEWER_HEADER = 'x-atrium-viewer';

/** The names under which this machine knows itself. */
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** An operation asked from within the process. */
export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** A person's id, mail address or user name; nobody without it. */
  readonly viewer?: string | undefined;
}

/** The gateway, built but not listening. */
export interface App {
  readonly http: FastifyInstance;
  /** Asks as over HTTP, without HTTP. */
  ask(question: Question): Promise<{ readonly data?: unknown; readonly errors?: readonly unknown[] }>;
  close(): Promise<void>;
}

/** What the gateway works with besides its configuration. */
export interface AppDeps {
  /** In place of the one the configuration says. */
  readonly log?: ReturnType<typeof createLog>;
  /** Takes what tools send to webhooks; without it nobody does. */
  readonly receive?: WebhookReceiver;
}

/**
 * Builds the gateway. Subgraphs without an address are opened in this process; filling their stores is another
 * matter, see sync.ts.
 */
export async function createApp(config: Config, deps: AppDeps = {}): Promise<App> {
  const log = deps.log ?? createLog(config.log);
  const cache = openCache(config.cache.redis, log);
  const supergraph = new Supergraph(config);
  const local = new Map<string, SubgraphExecutor>();
  for (const subgraph of supergraph.ours) {
    if (config[subgraph.name].url === undefined) local.set(subgraph.name, openSubgraph(config, subgraph, log));
  }
  const clients = new SubgraphClients({
    local,
    remote: new Map(supergraph.ours.flatMap(({ name }) => (local.has(name) ? [] : [[name, config[name].url ?? '']]))),
    addresses: config.supergraph.addresses,
    secret: config.subgraphSecret ?? '',
    limits: config.limits.subgraph,
  });
  const hasDirectory = supergraph.ours.some(({ name }) => name === 'directory');
  const directory = hasDirectory ? clients.get('directory') : undefined;
  const viewers = new Viewers(directory ? directoryAsker(directory) : async () => null, config.operators);

  const http = openFrontDoor(config, cache, log);
  const known = KnownOperations.in(OPERATIONS_FOLDER);
  const apollo = await createApollo({
    config,
    log,
    cache,
    supergraph,
    local,
    clients,
    known,
    plugins: [fastifyApolloDrainPlugin(http)],
  });
  registerWebhooks(http, deps.receive);
  registerHealth(http, { config, local, cache });
  registerExplorer(http, {
    endpoint: '/graphql',
    operationsDir: fileURLToPath(OPERATIONS_FOLDER),
    title: config.title === 'Atrium' ? 'Atrium' : `Atrium for ${config.title}`,
    ...(directory && config.development.chooseViewer && { viewers: explorerViewers(directory) }),
  });
  registerGraphQL(http, {
    config,
    cache,
    known,
    apollo,
    contextFor: async (request, reply) => {
      const viewer = await viewers.viewerFor(chosenViewer(config, request));
      return contextFor(viewer, request.id, signalOf(reply));
    },
    pageFor: (request, reply) => (wantsExplorer(request) ? sendExplorer(reply) : undefined),
    identityHeaders: ['Authorization', CHOSEN_VIEWER_HEADER],
  });
  // What the first question would else wait for is read while nobody asks.
  const warming = setImmediate(() => {
    for (const executor of local.values()) executor.service.warm();
  });

  return {
    http,
    async ask({ query, variables = {}, viewer }) {
      const who = viewer === undefined ? NOBODY : await viewers.viewerFor(viewer);
      const contextValue = contextFor(who, randomUUID(), new AbortController().signal);
      const { body } = await apollo.executeOperation({ query, variables: { ...variables } }, { contextValue });
      return body.kind === 'single' ? body.singleResult : {};
    },
    async close() {
      clearImmediate(warming);
      await http.close();
      await apollo.stop();
      await clients.close();
      await cache.close();
      for (const executor of local.values()) executor.service.close();
    },
  };
}

function contextFor(viewer: Viewer, id: string, signal: AbortSignal): GatewayContext {
  return { viewer, requestId: id, signal, subgraphContexts: new Map() };
}

/** In whose name a request is made: in development whoever asks may say, else nobody's until there is a sign-in. */
function chosenViewer({ development }: Config, request: FastifyRequest): string | undefined {
  if (!development.chooseViewer) return development.viewer;
  // Another site's page may have its name point here, and then be taken for ours: only our own names may choose.
  if (!LOCAL_HOST.test(request.headers.host ?? '')) return undefined;
  const header = request.headers[CHOSEN_VIEWER_HEADER];
  return typeof header === 'string' ? header : development.viewer;
}

/** Ends upstream calls when the client leaves before its answer. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const abort = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
