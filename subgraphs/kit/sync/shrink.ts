import type { Batch } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { RunOf } from './sync-state.ts';
import type { SyncStore } from './sync-store.ts';

/** Of so few items, any number may go at once. */
const FEW = 10;

/**
 * Stops a batch that would leave its source with less than half of what it had when a run last went through: a tool
 * that answers with nothing, or an account that lost a right, looks just like a tool that was emptied. To be called
 * within the batch's transaction, when its upserts and deletes are stored and before the sweep.
 * @throws ConnectorError SHRUNK
 */
export function stopIfShrunk(store: SyncStore<never>, { source, run }: RunOf, batch: Batch<unknown>): void {
  if (!batch.sweep && batch.deletes.length === 0) return;
  const had = store.db.get<{ had: number }>('SELECT had FROM source WHERE name = ?', source)?.had ?? 0;
  if (had < FEW) return;
  const left = store.countItems(source, batch.sweep ? run : undefined);
  if (left >= had / 2) return;
  throw new ConnectorError(
    'SHRUNK',
    `${source}: of ${had} items only ${left} would be left, so the sync stopped before deleting them. Look whether the ` +
      `tool lost them or hides them from Atrium. If they are to go: atrium doctor --accept-shrink --source ${source}`,
  );
}

/**
 * Lets the next run that goes through delete whatever it does not find. A process that fills the store may be running.
 * @returns whether the source had stopped for that.
 */
export function acceptShrink(db: Database, source: string): boolean {
  return db.transaction(() => {
    const row = db.get(`SELECT 1 FROM source WHERE name = ? AND error_code = 'SHRUNK'`, source);
    if (row) db.run('UPDATE source SET had = 0 WHERE name = ?', source);
    return row !== undefined;
  });
}
