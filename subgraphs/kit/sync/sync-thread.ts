import { Worker } from 'node:worker_threads';
import type { WebhookMessage } from '../connector.ts';
import { Asker, type AnswerMessage } from './questions.ts';
import type { SyncEvent, WebhookOutcome } from './scheduler.ts';
import { ConnectorError } from '../errors.ts';
import type { StoreMessage, SyncCommand, SyncWorkerData } from './worker.ts';

/** Nobody waits for a tool that is read live for as long, but what it says is remembered. */
const READABLE_MS = 20_000;

/** The thread is busy for as long as storing a batch takes, at most. */
const RECEIVE_MS = 10_000;

/** A running sync worker. */
export interface SyncThread {
  /** Tells it that the directory's identity map changed. */
  identitiesChanged(): void;
  /** Hands it what a tool sent to a source's webhook; `away` when it is not there to take it. */
  receive(source: string, message: WebhookMessage): Promise<WebhookOutcome>;
  /**
   * Has it ask a source's tool which of these items `account` may read now (null: a guest); not behind what is being
   * synced.
   * @returns undefined when the source has no live reads.
   * @throws ConnectorError when the tool cannot be asked, or does not answer in time.
   */
  readable(
    source: string,
    account: string | null,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string> | undefined>;
  /** Ends it after its present batch. */
  stop(): Promise<void>;
}

/**
 * Starts the thread that fills a store.
 * @param onCrash is called if it ends by itself: nothing is synced from then on.
 * @param onStore is called when another process fills the store, and when that is over.
 */
export function startSyncThread(
  data: SyncWorkerData,
  onEvent: (event: SyncEvent) => void,
  onCrash: (error: Error) => void,
  onStore: (state: StoreMessage['state']) => void = () => undefined,
): SyncThread {
  let isInUse = false;
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: data });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const send = (command: SyncCommand) => worker.postMessage(command);
  const asker = new Asker(send);
  worker.on('message', (message: SyncEvent | AnswerMessage | StoreMessage) => {
    if (message.type === 'store') {
      isInUse = message.state === 'in use';
      onStore(message.state);
    } else if (message.type === 'answer' || message.type === 'failure') asker.take(message);
    else onEvent(message);
  });
  worker.on('error', (error) => onCrash(error instanceof Error ? error : new Error(String(error))));
  worker.once('exit', () => asker.end());
  return {
    identitiesChanged: () => send({ type: 'identities' }),
    receive: async (source, message) =>
      isInUse ? 'away' : asker.ask({ kind: 'receive', source, message }, RECEIVE_MS).catch(() => 'away'),
    async readable(source, account, keys, signal) {
      if (isInUse) throw new ConnectorError('UNAVAILABLE', `${source}: another process talks to the tool.`);
      return asker.ask({ kind: 'readable', source, account, keys }, READABLE_MS, signal);
    },
    stop: async () => {
      send({ type: 'stop' });
      await ended;
    },
  };
}
