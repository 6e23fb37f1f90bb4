import type { FastifyInstance } from 'fastify';
import { identityChanges } from '../subgraphs/directory/identity-feed.ts';
import { ConnectorError } from '../subgraphs/kit/errors.ts';
import type { AskReadable } from '../subgraphs/kit/live/decisions.ts';
import { dropStore } from '../subgraphs/kit/store/database.ts';
import { createSubgraphServer } from '../subgraphs/kit/server.ts';
import type { WebhookReceiver } from '../subgraphs/kit/webhooks.ts';
import { subgraphNamed, subgraphs } from '../subgraphs/registry.ts';
import type { AppDeps } from './app.ts';
import type { Config } from './config/schema.ts';
import { Departure, registerDeparture } from './http/departure.ts';
import { registerReadiness } from './http/health.ts';
import { endCleanly } from './life.ts';
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
  const receive: WebhookReceiver = async (source, message) => sync?.receive(source, message) ?? 'away';
  const readable: AskReadable = async (source, ...question) => {
    if (!sync) throw new ConnectorError('UNAVAILABLE', `${source}: not ready yet.`);
    return sync.readable(source, ...question);
  };
  const departure = new Departure();
  const server =
    options.only === undefined
      ? await openGateway(config, { log, receive, readable, departure })
      : openAlone(config, options.only, { log, receive, readable, departure });
  endCleanly({
    http: server.http,
    departure,
    log,
    shutdown: config.shutdown,
    async close() {
      await server.close();
      await sync?.stop();
    },
  });
  await server.http.listen(config.listen);
  const address = addressOf(server.http);
  printWelcome(config, address, options.only);

  const view = new SyncProgressView();
  sync = startSync(config, here, log, (_subgraph, event) => view.show(event));
  const isFilled = await sync.settled;
  if (here.length > 0 && isFilled) view.done();
}

async function openGateway(config: Config, deps: Required<AppDeps>) {
  // A subgraph alone needs nothing of the gateway, nor of its licence.
  const { createApp } = await import('./app.ts');
  return createApp(config, deps);
}

function openAlone(config: Config, only: string, { log, receive, readable, departure }: Required<AppDeps>) {
  const secret = config.subgraphSecret;
  if (secret === undefined) {
    throw new Error('A subgraph on its own needs "subgraphSecret" in the configuration, the same as the gateway has.');
  }
  const executor = openSubgraph(config, subgraphNamed(only), log, readable);
  const { db } = executor.service;
  const identities = only === 'directory' ? (cursor: number) => identityChanges(db, cursor) : undefined;
  const http = createSubgraphServer({
    name: only,
    executor,
    secret,
    previousSecret: config.previousSubgraphSecret,
    log,
    identities,
    receive,
  });
  registerDeparture(http, departure);
  registerReadiness(http, { config, local: new Map([[only, executor]]), departure });
  executor.service.warm();
  return {
    http,
    close: async () => {
      await http.close();
      executor.service.close();
    },
  };
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
