import type { Batch, Call, Connector } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { mayShrink } from './shrink.ts';
import { beginRun, completeRun, failRun, startOver, type RunOf } from './sync-state.ts';
import type { Applied, SyncStore } from './sync-store.ts';

/** How far a run has come. */
export interface SyncProgress {
  /** Items stored, new or changed. */
  readonly changed: number;
  /** Items deleted: those the tool said are gone, and those a whole run did not meet. */
  readonly deleted: number;
  /** Items looked at. */
  readonly seen: number;
  /** Items that could not be used. */
  readonly refused: number;
}

/**
 * Runs one sync of a source to its end, batch by batch. Killed at any moment it loses nothing: the next run goes on
 * after the last batch stored.
 * @throws what the connector threw, after it was noted in the store.
 */
export async function syncSource<Item>(
  store: SyncStore<Item>,
  source: string,
  connector: Connector<Item>,
  call: Call,
  onProgress: (progress: SyncProgress) => void,
): Promise<SyncProgress> {
  const begun = beginRun(store.db, source);
  let { run } = begun;
  let progress: SyncProgress = { changed: 0, deleted: 0, seen: 0, refused: 0 };
  const accepted = mayShrink(store.db, source);
  const told: Call = accepted === undefined ? call : { signal: call.signal, mayShrink: accepted };
  try {
    for await (const batch of connector.changes(begun.cursor, (key) => store.known(source, key), told)) {
      call.signal.throwIfAborted();
      const applied = stored(store, run, batch);
      run = applied;
      progress = {
        changed: progress.changed + batch.upserts.length,
        deleted: progress.deleted + batch.deletes.length + applied.swept,
        seen: progress.seen + batch.upserts.length + batch.unchanged.length,
        refused: progress.refused + batch.problems.length,
      };
      onProgress(progress);
    }
  } catch (error) {
    // Ending the process is no fault of the tool: the run stays open and is taken up again.
    if (!call.signal.aborted) failRun(store.db, run, error);
    throw error;
  }
  store.complete?.();
  completeRun(store.db, run, store.countItems(source));
  return progress;
}

function stored<Item>(store: SyncStore<Item>, run: RunOf, batch: Batch<Item>): Applied {
  try {
    return store.apply(run, batch);
  } catch (error) {
    // What this run did not see may be back: only one that looks at everything anew finds it. A connector that stops
    // for that itself, before anything is lost, still needs its cursor to know what there was.
    if (error instanceof ConnectorError && error.code === 'SHRUNK') startOver(store.db, run);
    throw error;
  }
}
