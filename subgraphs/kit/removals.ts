import { pageSize, toConnection, type Connection, type PageArgs } from './paging.ts';
import type { Database, SqlValue } from './store/database.ts';

/** Something that is gone: `Removal` in the schema. */
export interface RemovalNode {
  readonly id: string;
  readonly removedAt: string;
}

/** A page of removals as resolvers return it. */
export type RemovalConnectionNode = Connection<{ readonly node: RemovalNode }>;

/** A row of the table `removed`, by whatever its area knows things. */
export interface RemovedRow {
  readonly seq: number;
  readonly at: string;
}

/**
 * A page of what is gone, in the order in which it went. What came back since is not among it, so that a report may
 * read changes and removals in any order.
 *
 * @param from SQL after FROM: the table `removed r` and the conditions on it
 */
export function removalList<Row extends RemovedRow>(
  db: Database,
  query: { readonly columns: string; readonly from: string; readonly values: readonly SqlValue[] },
  idOf: (row: Row) => string,
  args: PageArgs,
): RemovalConnectionNode {
  const size = pageSize(args, 20);
  const after = db.cursors.open('removals', args.after);
  const rows = db.all<Row>(
    `SELECT r.seq, r.at, ${query.columns} FROM ${query.from} AND r.seq > ? ORDER BY r.seq LIMIT ?`,
    ...query.values,
    Number(after?.[0] ?? 0),
    size + 1,
  );
  return toConnection(
    rows,
    { size, after: args.after },
    (row) => ({ node: { id: idOf(row), removedAt: row.at }, cursor: db.cursors.seal('removals', [row.seq]) }),
    () => db.get<{ n: number }>(`SELECT count(*) AS n FROM ${query.from}`, ...query.values)?.n ?? 0,
  );
}
