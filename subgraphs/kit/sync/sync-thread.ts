import { Worker } from 'node:worker_threads';
import type { SyncEvent } from './scheduler.ts';
import type { SyncCommand, SyncWorkerData } from './worker.ts';

/** A running sync worker. */
export interface SyncThread {
  /** Tells it that the directory's identity map changed. */
  identitiesChanged(): void;
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
  worker.on('message', onEvent);
  worker.on('error', (error) => onCrash(error instanceof Error ? error : new Error(String(error))));
  const send = (command: SyncCommand) => worker.postMessage(command);
  return {
    identitiesChanged: () => send('identities'),
    stop: async () => {
      send('stop');
      await ended;
    },
  };
}
