import { availableParallelism } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { identityChanges } from '../subgraphs/directory/identity-feed.ts';
import type { Log } from '../subgraphs/kit/connector.ts';
import { dropStore } from '../subgraphs/kit/store/database.ts';
import { ConnectorError } from '../subgraphs/kit/errors.ts';
import { createSubgraphServer } from '../subgraphs/kit/server.ts';
import type { Subgraph } from '../subgraphs/kit/subgraph.ts';
import { subgraphNamed, subgraphs } from '../subgraphs/registry.ts';
import type { Config } from './config/schema.ts';
import { Departure, registerDeparture } from './http/departure.ts';
import { registerReadiness } from './http/health.ts';
import { end, endOnFault, endOnSignals, type Life } from './life.ts';
import { openSubgraph, storePath } from './local-subgraphs.ts';
import { createLog } from './log.ts';
import { SyncProgressView, printWelcome } from './start-screen.ts';
import { Supergraph } from './supergraph/supergraph.ts';
import { startSync, type RunningSync } from './sync.ts';

/** What the command line says beside the configuration. */
export interface StartOptions {
  /** Drop the stores first. */
  readonly fresh: boolean;
  /** In whose name questions without a viewer are asked; development only. */
  readonly as?: string | undefined;
  /** Run this subgraph alone, as a server of its own. */
  readonly only?: string | undefined;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
}

/** The program: listens, keeps the stores in step, and ends cleanly on SIGINT and SIGTERM. */
export async function start(configured: Config, options: StartOptions): Promise<void> {
  const config: Config = {
    ...configured,
    listen: {
      ...configured.listen,
      host: options.host ?? configured.listen.host,
      port: options.port ?? configured.listen.port,
    },
    development: { ...configured.development, ...(options.as !== undefined && { viewer: options.as }) },
  };
  if (options.fresh) dropStores(config);
  const log = createLog(config.log);
  const { ours } = new Supergraph(config);
  const here = ours.filter(({ name }) =>
    options.only === undefined ? config[name].url === undefined : name === options.only,
  );
  let sync: RunningSync | undefined;
  const tools: Tools = {
    receive: async (source, message) => sync?.receive(source, message) ?? 'away',
    async readable(source, ...question) {
      if (!sync) throw new ConnectorError('UNAVAILABLE', `${source}: the tool is not open.`);
      return sync.readable(source, ...question);
    },
  };
  const departure = new Departure();
  const onHopeless = (): void => {
    log.fatal({}, 'workers die as fast as they are replaced: the program ends');
    if (!departure.isUnderWay) void end(life, 0, 1);
  };
  const parts = { log, tools, departure, onHopeless };
  const server = await open(config, here, options.only, parts);
  const life: Life = {
    departure,
    log,
    shutdown: config.shutdown,
    async close() {
      await server.close();
      await sync?.stop();
    },
    cut: () => server.cut(),
  };
  endOnSignals(life);
  endOnFault(life);
  const address = await server.listen();
  if (departure.isUnderWay) return;
  printWelcome(config, address, options.only);

  const view = new SyncProgressView();
  sync = startSync(config, here, log, (_subgraph, event) => view.show(event));
  const isFilled = await sync.settled;
  if (here.length > 0 && isFilled) view.done();
}

/** How tools are asked. */
type Tools = Pick<RunningSync, 'receive' | 'readable'>;

/** What serves: this process alone, as gateway or subgraph, or others behind it. */
interface Server {
  /** @returns the address */
  listen(): Promise<string>;
  close(): Promise<void>;
  cut(): void;
}

interface ServerParts {
  readonly log: ReturnType<typeof createLog>;
  readonly departure: Departure;
  readonly tools: Tools;
  readonly onHopeless: () => void;
}

async function open(
  config: Config,
  here: readonly Subgraph[],
  only: string | undefined,
  parts: ServerParts,
): Promise<Server> {
  if (only !== undefined) return overHttp(config, await openAlone(config, only, parts));
  const workers = config.workers === 'auto' ? availableParallelism() : config.workers;
  // A subgraph alone needs nothing of the gateway, nor of its licence; nor does who hands connections to others.
  if (workers === 1) {
    const { createApp } = await import('./app.ts');
    const { log, departure, tools } = parts;
    return overHttp(config, await createApp(config, { log, departure, ...tools }));
  }
  // By one process, not by all at the same time.
  for (const subgraph of here) subgraph.prepareStore(storePath(config, subgraph.name));
  const { openPrimary } = await import('./workers/primary.ts');
  return openPrimary(config, workers, parts);
}

function overHttp(config: Config, server: { readonly http: FastifyInstance; close(): Promise<void> }): Server {
  return {
    async listen() {
      await server.http.listen(config.listen);
      return addressOf(server.http);
    },
    close: () => server.close(),
    cut: () => server.http.server.closeAllConnections(),
  };
}

async function openAlone(config: Config, only: string, { log, tools, departure }: ServerParts) {
  const secret = config.subgraphSecret;
  if (secret === undefined) {
    throw new Error('A subgraph on its own needs "subgraphSecret" in the configuration, the same as the gateway has.');
  }
  const executor = openSubgraph(config, subgraphNamed(only), log, tools.readable);
  const { db } = executor.service;
  const sharedNonces = await openSharedNonces(config, log);
  const identities = only === 'directory' ? (cursor: number) => identityChanges(db, cursor) : undefined;
  const http = createSubgraphServer({
    name: only,
    executor,
    secret,
    previousSecret: config.previousSubgraphSecret,
    sharedNonces,
    log,
    identities,
    receive: tools.receive,
  });
  registerDeparture(http, departure);
  registerReadiness(http, { config, local: new Map([[only, executor]]), departure });
  executor.service.warm();
  return {
    http,
    close: async () => {
      await http.close();
      executor.service.close();
      await sharedNonces?.close();
    },
  };
}

/** Where there is a shared cache, instances of one subgraph tell each other by it which requests were made. */
async function openSharedNonces({ cache }: Config, log: Log) {
  if (cache.redis === undefined) return undefined;
  const { openCache } = await import('./cache/key-value-cache.ts');
  return openCache(cache.redis, log);
}

function dropStores(config: Config): void {
  for (const { name } of subgraphs) dropStore(storePath(config, name));
}

function addressOf(http: FastifyInstance): string {
  const address = http.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port.');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
