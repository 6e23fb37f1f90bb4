import { pageSize, toConnection, type Connection, type PageArgs } from '../paging.ts';
import type { SqlValue } from '../store/database.ts';
import type { RankedEdge } from './ranked.ts';
import { whereClause, type Condition, type ContentReader, type Readable } from './reader.ts';
import type { ItemRow } from './rows.ts';

/** An order of items: an SQL expression that may repeat (then the id decides) or not. */
export interface Order {
  readonly by: string;
  readonly direction: 'ASC' | 'DESC';
}

/** The orders of both areas. */
export const ORDERS = {
  UPDATED_DESC: { by: `coalesce(i.updated_at, '')`, direction: 'DESC' },
  UPDATED_ASC: { by: `coalesce(i.updated_at, '')`, direction: 'ASC' },
  CREATED_DESC: { by: `coalesce(i.created_at, '')`, direction: 'DESC' },
  CREATED_ASC: { by: `coalesce(i.created_at, '')`, direction: 'ASC' },
  CHANGED: { by: 'i.seq', direction: 'ASC' },
} as const satisfies Record<string, Order>;

/** A page of items, searched for or listed. */
export type ItemConnection<Row> = Connection<RankedEdge<Row> | { readonly node: Row }>;

/** What a page of a list is made of. */
export interface ListRequest {
  /** Names the list and its filter: a cursor is good for the same only. */
  readonly name: string;
  /** SQL columns of `item i` to select. */
  readonly columns: string;
  readonly conditions: readonly Condition[];
  readonly order: Order;
  readonly page: PageArgs;
  readonly defaultSize: number;
}

/** A page of items by keyset: however deep the page, it costs the same, and changes elsewhere do not shift it. */
export function listItems<Row extends ItemRow>(
  reader: ContentReader,
  readable: Readable,
  request: ListRequest,
): ItemConnection<Row> {
  const { order, page } = request;
  const size = pageSize(page, request.defaultSize);
  const list = `${request.name} ${order.by} ${order.direction}`;
  const after = reader.db.cursors.open(list, page.after);
  const conditions = after
    ? [
        ...request.conditions,
        {
          sql: `(${order.by}, i.id) ${order.direction === 'ASC' ? '>' : '<'} (?, ?)`,
          values: after as readonly SqlValue[],
        },
      ]
    : request.conditions;
  const { sql, values } = whereClause(conditions, readable);
  const rows = reader.db.all<Row & { place: string | number }>(
    `SELECT ${request.columns}, ${order.by} AS place FROM item i WHERE ${sql}
     ORDER BY ${order.by} ${order.direction}, i.id ${order.direction} LIMIT ?`,
    ...values,
    size + 1,
  );
  return toConnection(
    rows,
    { size, after: page.after },
    (row) => ({ node: row, cursor: reader.db.cursors.seal(list, [row.place, row.id]) }),
    () => reader.countWhere(request.conditions, readable),
  );
}
