import { contactsFor } from './contact.ts';
import { CONNECTOR_ERRORS, type ConnectorErrorCode } from './errors.ts';
import { pageSize, toConnection, type Connection, type PageArgs } from './paging.ts';
import type { Database } from './store/database.ts';
import { sourceRows, type SourceRow } from './sync/sync-state.ts';
import type { Viewer } from './viewer.ts';

/** How a source is doing: `SourceState` in the schema. */
export type SourceState = 'NEW' | 'SYNCING' | 'CURRENT' | 'FAILING';

/** The state of a source. */
export function stateOf(row: SourceRow): SourceState {
  if (row.error_code !== null) return 'FAILING';
  if (row.running === 1) return 'SYNCING';
  return row.last_success_at === null ? 'NEW' : 'CURRENT';
}

/** A problem as the store has it. */
export interface ProblemRow {
  readonly place: string;
  readonly reason: string;
  readonly at: string;
}

/** A `Source` of the schema. */
export interface SourceNode {
  readonly name: string;
  readonly area: string;
  readonly connector: string;
  readonly state: SourceState;
  readonly itemCount: () => number;
  readonly confirmed: boolean;
  readonly lastSyncAt: string | null;
  readonly lastSuccessAt: string | null;
  readonly lagSeconds: number | null;
  readonly lastError: { readonly code: string; readonly message: string; readonly at: string } | null;
  readonly problemCount: () => number | null;
  readonly problems: (args: PageArgs) => Connection<{ node: ProblemRow }> | null;
}

/** The sources of one store, in the viewer's eyes. Only operators see places and reasons: they may name hidden items. */
export function sourceNodes(
  db: Database,
  area: string,
  viewer: Viewer,
  countItems: (source: string) => number,
  unconfirmed: ReadonlySet<string> = new Set(),
): SourceNode[] {
  return sourceRows(db).map((row) => ({
    name: row.name,
    area,
    connector: row.connector,
    state: stateOf(row),
    itemCount: () => countItems(row.name),
    confirmed: !unconfirmed.has(row.name),
    lastSyncAt: row.last_sync_at,
    lastSuccessAt: row.last_success_at,
    lagSeconds:
      row.last_success_at === null
        ? null
        : Math.max(0, Math.round((Date.now() - Date.parse(row.last_success_at)) / 1_000)),
    lastError: row.error_code === null ? null : errorOf(row, viewer),
    problemCount: () => (viewer.operator ? countProblems(db, row.name) : null),
    problems: (args) => (viewer.operator ? problemPage(db, row.name, viewer, args) : null),
  }));
}

function errorOf(row: SourceRow, viewer: Viewer): SourceNode['lastError'] {
  const code = row.error_code ?? '';
  const meaning = CONNECTOR_ERRORS[code as ConnectorErrorCode];
  const message = viewer.operator ? contactsFor(row.error_message ?? meaning, viewer) : meaning;
  return { code, message, at: row.error_at ?? '' };
}

function countProblems(db: Database, source: string): number {
  return db.get<{ n: number }>('SELECT count(*) AS n FROM problem WHERE source = ?', source)?.n ?? 0;
}

function problemPage(db: Database, source: string, viewer: Viewer, args: PageArgs): Connection<{ node: ProblemRow }> {
  const size = pageSize(args, 20);
  const list = `problems ${source}`;
  const after = db.cursors.open(list, args.after);
  const rows = db.all<ProblemRow>(
    'SELECT place, reason, at FROM problem WHERE source = ? AND place > ? ORDER BY place LIMIT ?',
    source,
    String(after?.[0] ?? ''),
    size + 1,
  );
  return toConnection(
    rows,
    { size, after: args.after },
    ({ place, reason, at }) => ({
      node: { place: contactsFor(place, viewer), reason: contactsFor(reason, viewer), at },
      cursor: db.cursors.seal(list, [place]),
    }),
    () => countProblems(db, source),
  );
}
