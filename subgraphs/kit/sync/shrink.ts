import type { Batch, Call } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { RunOf } from './sync-state.ts';
import type { SyncStore } from './sync-store.ts';

/** Of so few items, any number may go at once. */
const FEW = 10;

/** In `source.had`: an operator accepted that the source lost any number. */
const ACCEPTED = -1;

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
  throw shrunk(source, `of ${had} items only ${left} would be left`);
}

/**
 * Stops a sync to which the tool shows nothing at all of what it had, however little that was: a lost right or a disk
 * that is not mounted looks just like that. For connectors, which alone know what there was.
 * @param what the beginning of the sentence: "none of the 3 groups is found by (cn=*)"
 * @throws ConnectorError SHRUNK unless an operator accepted it
 */
export function stopIfEmptied(source: string, call: Call, what: string): void {
  if (call.mayShrink !== true) throw shrunk(source, what);
}

function shrunk(source: string, what: string): ConnectorError {
  return new ConnectorError(
    'SHRUNK',
    `${source}: ${what}, so the sync stopped before deleting them. Look whether the tool lost them or hides them ` +
      `from Atrium. If they are to go: atrium doctor --accept-shrink --source ${source}`,
  );
}

/** What connectors are told as `Call.mayShrink`. */
export function mayShrink(db: Database, source: string): boolean | undefined {
  const had = db.get<{ had: number }>('SELECT had FROM source WHERE name = ?', source)?.had ?? 0;
  return had === 0 ? undefined : isAccepted(had);
}

/** Whether `source.had` says that an operator accepted that the source lost any number. */
export function isAccepted(had: number): boolean {
  return had === ACCEPTED;
}

/**
 * Lets the next run that goes through delete whatever it does not find. A process that fills the store may be running.
 * @returns whether the source had stopped for that.
 */
export function acceptShrink(db: Database, source: string): boolean {
  return db.transaction(() => {
    const row = db.get(`SELECT 1 FROM source WHERE name = ? AND error_code = 'SHRUNK'`, source);
    if (row) db.run('UPDATE source SET had = ? WHERE name = ?', ACCEPTED, source);
    return row !== undefined;
  });
}
