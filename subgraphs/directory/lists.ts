import { filterKey, when } from '../kit/content/filter.ts';
import { maySeeContacts } from '../kit/contact.ts';
import type { Condition } from '../kit/content/reader.ts';
import { pageSize, toConnection, type Connection, type PageArgs } from '../kit/paging.ts';
import { requestError } from '../kit/request-error.ts';
import type { SqlValue } from '../kit/store/database.ts';
import type { DirectoryContext } from './context.ts';
import type { GroupFilter, GroupOrder, PeopleFilter, PersonOrder } from './generated.ts';
import {
  GROUP_COLUMNS,
  PERSON_COLUMNS,
  prefixMatch,
  type DirectoryReader,
  type GroupRow,
  type PersonRow,
} from './store.ts';

const ORDERS = {
  NAME: { by: 'name', direction: 'ASC' },
  UPDATED_DESC: { by: `coalesce(updated_at, '')`, direction: 'DESC' },
  CHANGED: { by: 'seq', direction: 'ASC' },
} as const;

/** A page of people that fulfil the filter and the further conditions. `name` says whose list it is. */
export function personList(
  { reader, viewer }: Pick<DirectoryContext, 'reader' | 'viewer'>,
  name: string,
  conditions: readonly Condition[],
  args: PageArgs & { filter?: PeopleFilter | null | undefined; orderBy?: PersonOrder | null | undefined },
): Connection<{ readonly node: PersonRow }> {
  const filter = args.filter ?? {};
  return list<PersonRow>(
    reader,
    {
      name: `people ${name} ${filterKey(filter)}`,
      from: 'person p',
      columns: PERSON_COLUMNS,
    },
    [
      ...conditions,
      ...personCondition(filter.text, maySeeContacts(viewer)),
      ...when(filter.department, 'p.department = ? COLLATE NOCASE'),
      ...when(filter.location, 'p.location = ? COLLATE NOCASE'),
      ...when(filter.skill, 'EXISTS (SELECT 1 FROM json_each(p.skills) s WHERE s.value = ? COLLATE NOCASE)'),
      ...groupCondition(reader, filter.group),
      ...when(filter.status, 'p.active = ?', (status) => (status === 'ACTIVE' ? 1 : 0)),
      ...when(filter.source, 'p.id IN (SELECT person FROM entry WHERE source = ?)'),
      ...when(filter.updatedAfter, 'p.updated_at >= ?'),
    ],
    ORDERS[args.orderBy ?? 'NAME'],
    args,
  );
}

/** A page of groups that fulfil the filter and the further conditions. */
export function groupList(
  reader: DirectoryReader,
  name: string,
  conditions: readonly Condition[],
  args: PageArgs & { filter?: GroupFilter | null | undefined; orderBy?: GroupOrder | null | undefined },
): Connection<{ readonly node: GroupRow }> {
  const filter = args.filter ?? {};
  return list<GroupRow>(
    reader,
    {
      name: `groups ${name} ${filterKey(filter)}`,
      from: 'team t',
      columns: GROUP_COLUMNS,
    },
    [
      ...conditions,
      ...textCondition(filter.text, 't.id IN (SELECT rowid FROM team_text WHERE team_text MATCH ?)'),
      ...when(filter.source, 't.source = ?'),
      ...when(filter.updatedAfter, 't.updated_at >= ?'),
    ],
    ORDERS[args.orderBy ?? 'NAME'],
    args,
  );
}

function list<Row extends { readonly id: number }>(
  reader: DirectoryReader,
  request: { readonly name: string; readonly from: string; readonly columns: string },
  conditions: readonly Condition[],
  order: { readonly by: string; readonly direction: 'ASC' | 'DESC' },
  page: PageArgs,
): Connection<{ readonly node: Row }> {
  const size = pageSize(page, 20);
  const name = `${request.name} ${order.by} ${order.direction}`;
  const after = reader.db.cursors.open(name, page.after);
  const keyset = after
    ? [
        {
          sql: `(${order.by}, id) ${order.direction === 'ASC' ? '>' : '<'} (?, ?)`,
          values: after as readonly SqlValue[],
        },
      ]
    : [];
  const where = (all: readonly Condition[]) => ['1', ...all.map(({ sql }) => `(${sql})`)].join(' AND ');
  const valuesOf = (all: readonly Condition[]) => all.flatMap(({ values }) => values);
  const paged = [...conditions, ...keyset];
  const rows = reader.db.all<Row & { place: SqlValue }>(
    `SELECT ${request.columns}, ${order.by} AS place FROM ${request.from} WHERE ${where(paged)}
     ORDER BY ${order.by} ${order.direction}, id ${order.direction} LIMIT ?`,
    ...valuesOf(paged),
    size + 1,
  );
  return toConnection(
    rows,
    { size, after: page.after },
    (row) => ({ node: row, cursor: reader.db.cursors.seal(name, [row.place as string | number, row.id]) }),
    () =>
      reader.db.get<{ n: number }>(
        `SELECT count(*) AS n FROM ${request.from} WHERE ${where(conditions)}`,
        ...valuesOf(conditions),
      )?.n ?? 0,
  );
}

function textCondition(text: string | null | undefined, sql: string): Condition[] {
  if (text === null || text === undefined) return [];
  const match = prefixMatch(text);
  return match === undefined ? [{ sql: '0', values: [] }] : [{ sql, values: [match] }];
}

/** By words; by the beginning of an address for those who may see addresses. */
function personCondition(text: string | null | undefined, byContact: boolean): Condition[] {
  if (byContact && text?.includes('@')) {
    const start = text.trim().toLowerCase();
    const values = [start, `${start}\u{10FFFF}`];
    return [{ sql: 'p.id IN (SELECT person FROM handle WHERE handle >= ? AND handle < ?)', values }];
  }
  return textCondition(text, 'p.id IN (SELECT rowid FROM person_text WHERE person_text MATCH ?)');
}

function groupCondition(reader: DirectoryReader, group: string | null | undefined): Condition[] {
  if (group === null || group === undefined) return [];
  const found = reader.findGroup(group);
  if (!found) throw requestError('BAD_USER_INPUT', 'There is no group of that id or name; ask groups { … } for them.');
  return [{ sql: 'p.id IN (SELECT person FROM team_person WHERE team = ?)', values: [found.id] }];
}
