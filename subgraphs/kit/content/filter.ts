import type { SqlValue } from '../store/database.ts';
import { authoredBy, type Asking } from './accounts.ts';
import type { Condition } from './reader.ts';

/** The conditions that filters of both areas have. */
export interface CommonFilter {
  readonly updatedAfter?: string | null | undefined;
  readonly updatedBefore?: string | null | undefined;
  readonly createdAfter?: string | null | undefined;
  readonly createdBefore?: string | null | undefined;
  readonly tag?: string | null | undefined;
  readonly author?: string | null | undefined;
  readonly source?: string | null | undefined;
}

/** A condition that holds where a value was given. */
export function when<Value extends SqlValue | boolean>(
  value: Value | null | undefined,
  sql: string,
  toSql: (value: Value) => SqlValue = (given) => (typeof given === 'boolean' ? Number(given) : given),
): Condition[] {
  return value === null || value === undefined ? [] : [{ sql, values: [toSql(value)] }];
}

/** A filter as a text: the same for the same conditions, in whatever order they were written. For names of lists. */
export function filterKey(filter: object): string {
  return JSON.stringify(Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The filter's conditions on what documents and conversations share. */
export function commonConditions(filter: CommonFilter, asking: Asking): Condition[] {
  return [
    ...when(filter.updatedAfter, 'i.updated_at >= ?'),
    ...when(filter.updatedBefore, 'i.updated_at < ?'),
    ...when(filter.createdAfter, 'i.created_at >= ?'),
    ...when(filter.createdBefore, 'i.created_at < ?'),
    ...when(filter.tag, 'i.id IN (SELECT item FROM tag WHERE tag = ?)'),
    ...when(filter.source, 'i.source = ?'),
    ...(filter.author === null || filter.author === undefined ? [] : [authoredBy(filter.author, asking)]),
  ];
}
