import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { pino } from 'pino';
import { openIdentityFeed } from '../../directory/identity-feed.ts';
import { subgraphNamed } from '../../registry.ts';
import { httpIdentityFeed } from '../identity/http-feed.ts';
import { StoreInUse } from '../store/database.ts';
import type { SourceConfig } from './open-source.ts';
import { Answerer, type QuestionMessage } from './questions.ts';
import { Scheduler, type SyncEvent } from './scheduler.ts';

/** The store is free when the other process ended; nobody waits for it in the second. */
const RETRY_MS = 30_000;

/** What a sync worker is started with. */
export interface SyncWorkerData {
  readonly subgraph: string;
  readonly storePath: string;
  readonly sources: readonly SourceConfig[];
  readonly baseDir: string;
  readonly logLevel: string;
  /** How often a store that another process fills is tried again, in ms. Default: 30 s. */
  readonly retryMs?: number | undefined;
  /** Where the identity map comes from: the directory's store on this machine, or the directory's subgraph. */
  readonly identities?:
    | { readonly kind: 'store'; readonly path: string }
    | { readonly kind: 'http'; readonly url: string; readonly secret: string }
    | undefined;
}

/** What a sync worker is told. */
export type SyncCommand = { readonly type: 'identities' } | { readonly type: 'stop' } | QuestionMessage;

/** Whether another process fills the store, for as long as it does. */
export interface StoreMessage {
  readonly type: 'store';
  readonly state: 'in use' | 'ours';
}

/** The thread that fills one store: it alone writes, and never blocks an answer. */
async function run(data: SyncWorkerData): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('This file is the main module of a worker thread.');
  const subgraph = subgraphNamed(data.subgraph);
  const { identities } = data;
  const log = pino(
    { level: data.logLevel, base: { subgraph: data.subgraph }, redact: ['*.password', '*.secret', '*.token'] },
    pino.destination({ dest: 2, sync: true }),
  );
  const store = await whenFree(
    () => subgraph.openWriter(data.storePath),
    data.retryMs ?? RETRY_MS,
    (message: StoreMessage) => port.postMessage(message),
    port,
  );
  if (!store) return port.close();
  const scheduler = new Scheduler({
    store,
    kinds: subgraph.connectors,
    sources: data.sources,
    baseDir: data.baseDir,
    log,
    onEvent: (event: SyncEvent) => port.postMessage(event),
    openFeed:
      identities &&
      (() =>
        identities.kind === 'store'
          ? openIdentityFeed(identities.path)
          : httpIdentityFeed(identities.url, identities.secret)),
  });
  const answerer = new Answerer(
    scheduler,
    (message) => port.postMessage(message),
    (error) => log.error({ err: error }, 'a question to a tool failed'),
  );
  port.on('message', (command: SyncCommand) => {
    if (command.type === 'identities') void scheduler.refreshIdentities();
    else if (command.type === 'stop') void scheduler.stop().then(() => port.close());
    else void answerer.take(command);
  });
  await scheduler.start();
}

/** Opens a store as soon as no other process fills it; undefined when the thread is told to stop before. */
async function whenFree<Store>(
  open: () => Store,
  retryMs: number,
  tell: (message: StoreMessage) => void,
  port: MessagePort,
): Promise<Store | undefined> {
  const abort = new AbortController();
  const { signal } = abort;
  const onMessage = (command: SyncCommand): void => {
    if (command.type === 'stop') abort.abort();
  };
  port.on('message', onMessage);
  try {
    for (let tries = 0; ; tries++) {
      try {
        const store = open();
        if (tries > 0) tell({ type: 'store', state: 'ours' });
        return store;
      } catch (error) {
        if (!(error instanceof StoreInUse)) throw error;
      }
      if (tries === 0) tell({ type: 'store', state: 'in use' });
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  } finally {
    port.off('message', onMessage);
  }
}

await run(workerData as SyncWorkerData);
