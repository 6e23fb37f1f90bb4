import { Worker } from 'node:worker_threads';
import type { WebhookMessage } from '../connector.ts';
import { Asker, type AnswerMessage } from './questions.ts';
import type { SyncEvent, WebhookOutcome } from './scheduler.ts';
import type { SyncCommand, SyncWorkerData } from './worker.ts';

/** A tool is read live while somebody waits: not longer than this. */
const READABLE_MS = 10_000;

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
  ): Promise<ReadonlySet<string> | undefined>;
  /** Ends it after its present batch. */
  stop(): Promise<void>;
}

/** Starts the thread that fills a store. `onCrash` is called if it ends by itself: nothing is synced from then on. */
export function startSyncThread(
  data: SyncWorkerData,
  onEvent: (event: SyncEvent) => void,
  onCrash: (error: Error) => void,
): SyncThread {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: data });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const send = (command: SyncCommand) => worker.postMessage(command);
  const asker = new Asker(send);
  worker.on('message', (message: SyncEvent | AnswerMessage) => {
    if (message.type === 'answer' || message.type === 'failure') asker.take(message);
    else onEvent(message);
  });
  worker.on('error', (error) => onCrash(error instanceof Error ? error : new Error(String(error))));
  worker.once('exit', () => asker.end());
  return {
    identitiesChanged: () => send({ type: 'identities' }),
    receive: (source, message) => asker.ask({ kind: 'receive', source, message }, RECEIVE_MS).catch(() => 'away'),
    readable: (source, account, keys, signal) =>
      asker.ask({ kind: 'readable', source, account, keys }, READABLE_MS, signal),
    stop: async () => {
      send({ type: 'stop' });
      await ended;
    },
  };
}
