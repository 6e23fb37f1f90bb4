import { createHash } from 'node:crypto';
import type { Batch } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import type { Database } from '../store/database.ts';

/** The run of a source that a batch belongs to. A run goes on over a restart until it is whole. */
export interface RunOf {
  readonly source: string;
  readonly run: number;
}

/** Where a source stands. */
export interface SourceRow {
  readonly name: string;
  readonly connector: string;
  readonly cursor: string | null;
  readonly run: number;
  readonly running: number;
  readonly had: number;
  readonly last_sync_at: string | null;
  readonly last_success_at: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly error_at: string | null;
}

/**
 * Makes a configured source known to the store. When its options changed, its cursor is dropped: the next run looks
 * at everything again, and sweeps away what the new options no longer reach, however much that is.
 */
export function registerSource(db: Database, source: { name: string; connector: string; options: unknown }): void {
  // A fingerprint, for options hold secrets.
  const options = createHash('sha256').update(JSON.stringify(source.options)).digest('hex');
  db.run(
    `INSERT INTO source (name, connector, options) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET connector = excluded.connector, options = excluded.options,
       cursor = CASE WHEN connector = excluded.connector AND options = excluded.options THEN cursor END,
       running = CASE WHEN connector = excluded.connector AND options = excluded.options THEN running ELSE 0 END,
       had = CASE WHEN connector = excluded.connector AND options = excluded.options THEN had ELSE 0 END`,
    source.name,
    source.connector,
    options,
  );
}

/** All sources of the store by name. */
export function sourceRows(db: Database): SourceRow[] {
  return db.all<SourceRow>('SELECT * FROM source ORDER BY name');
}

/**
 * Begins a run, or goes on with one that was cut short.
 * @returns the run and the cursor to go on from.
 */
export function beginRun(db: Database, source: string): { run: RunOf; cursor: string | undefined } {
  const before = db.get<SourceRow>('SELECT * FROM source WHERE name = ?', source);
  const run = before?.running === 1 ? before.run : (before?.run ?? 0) + 1;
  db.run(
    'UPDATE source SET run = ?, running = 1, last_sync_at = ? WHERE name = ?',
    run,
    new Date().toISOString(),
    source,
  );
  return { run: { source, run }, cursor: before?.cursor ?? undefined };
}

/** The run a batch belongs to: a new one where the connector starts over. */
export function runOfBatch(db: Database, run: RunOf, batch: Batch<unknown>): RunOf {
  if (!batch.restart) return run;
  db.run('UPDATE source SET run = run + 1 WHERE name = ?', run.source);
  return { source: run.source, run: run.run + 1 };
}

/** Stores a batch's cursor and problems, within the transaction of the batch. */
export function finishBatch(db: Database, { source, run }: RunOf, batch: Batch<unknown>): void {
  const at = new Date().toISOString();
  for (const { place, item, reason } of batch.problems) {
    db.run(
      'INSERT OR REPLACE INTO problem (source, place, item, reason, at, run) VALUES (?, ?, ?, ?, ?, ?)',
      source,
      place,
      item ?? place,
      reason,
      at,
      run,
    );
  }
  keepProblems(db, { source, run }, batch.unchanged);
  // A sweep has looked at everything: problems it did not meet again are mended.
  if (batch.sweep) db.run('DELETE FROM problem WHERE source = ? AND run <> ?', source, run);
  db.run('UPDATE source SET cursor = ? WHERE name = ?', batch.cursor, source);
}

/** What is unchanged was not read again, so its problems were not met again: they are as unchanged as it is. */
function keepProblems(db: Database, { source, run }: RunOf, unchanged: readonly string[]): void {
  if (unchanged.length === 0) return;
  const keys = new Set(unchanged);
  const earlier = db.all<{ place: string; item: string }>(
    'SELECT place, item FROM problem WHERE source = ? AND run <> ?',
    source,
    run,
  );
  for (const { place, item } of earlier) {
    if (keys.has(item)) db.run('UPDATE problem SET run = ? WHERE source = ? AND place = ?', run, source, place);
  }
}

/** Ends a run that went through, and left the source with so many items. */
export function completeRun(db: Database, { source }: RunOf, items: number): void {
  db.run(
    `UPDATE source SET running = 0, last_success_at = ?, had = ?, error_code = NULL, error_message = NULL,
       error_at = NULL
     WHERE name = ?`,
    new Date().toISOString(),
    items,
    source,
  );
}

/** Notes why a run failed. It stays open: the next attempt goes on from its last cursor. */
export function failRun(db: Database, { source }: RunOf, error: unknown): void {
  const known = error instanceof ConnectorError;
  const code = known ? error.code : 'BAD_RESPONSE';
  db.run(
    'UPDATE source SET error_code = ?, error_message = ?, error_at = ? WHERE name = ?',
    code,
    known ? error.message : 'The connector failed in an unforeseen way; the log has the cause.',
    new Date().toISOString(),
    source,
  );
}

/** Lets the next run look at everything anew. */
export function startOver(db: Database, { source }: RunOf): void {
  db.run('UPDATE source SET running = 0, cursor = NULL WHERE name = ?', source);
}
