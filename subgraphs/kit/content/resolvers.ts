import { contactsFor, holdsContact, maySeeContacts } from '../contact.ts';
import { accountId } from '../ids.ts';
import { pageSize, toConnection, type Connection, type PageArgs } from '../paging.ts';
import { removalList, type RemovedRow } from '../removals.ts';
import { sourceNodes, stateOf, type SourceNode } from '../sources.ts';
import { sourceRows } from '../sync/sync-state.ts';
import { summaryOf } from '../search/excerpt.ts';
import { contributionsOf, tagsOf } from './contributions.ts';
import type { Condition } from './reader.ts';
import type { ContentRequest } from './request.ts';
import { normalUrl } from './urls.ts';
import { SELECT_ACCOUNTS, type AccountRow, type ItemRow } from './rows.ts';

/** A page of accounts as resolvers return it. */
export type AccountConnectionNode = Connection<{ readonly node: AccountRow }>;

/** What resolvers of items work with. */
interface ItemContext<Row extends ItemRow> {
  readonly request: ContentRequest<Row>;
}

/** Resolvers of `Account`, the same wherever accounts are. */
export const accountResolvers = {
  id: (account: AccountRow, _: unknown, { request }: ItemContext<ItemRow>) =>
    accountId(account, request.reader.db.cursors),
  source: (account: AccountRow) => account.source,
  handle: ({ handle }: AccountRow, _: unknown, { request: { viewer } }: ItemContext<ItemRow>) =>
    maySeeContacts(viewer) || !holdsContact(handle) ? handle : null,
  name: ({ name }: AccountRow, _: unknown, { request }: ItemContext<ItemRow>) => contactsFor(name, request.viewer),
  person: (account: AccountRow) => (account.person === null ? null : { id: account.person }),
  reputation: (account: AccountRow) => account.reputation,
  lastSeenAt: (account: AccountRow) => account.last_seen_at,
};

/** Resolvers of what documents and conversations have in common. */
export const itemResolvers = {
  createdAt: (row: ItemRow) => row.created_at,
  body: (row: ItemRow, _: unknown, { request }: ItemContext<ItemRow>) => request.body.load(row.id),
  summary: async (row: ItemRow, _: unknown, { request }: ItemContext<ItemRow>) =>
    summaryOf(await request.body.load(row.id)),
  author: (row: ItemRow, _: unknown, { request }: ItemContext<ItemRow>) => accountOrNull(request, row.author),
  tags: (row: ItemRow, _: unknown, { request }: ItemContext<ItemRow>) => request.tags.load(row.id),
  links: (row: ItemRow, _: unknown, { request }: ItemContext<ItemRow>) => request.links.load(row.id),
};

/** The account of this number; null for none. */
export async function accountOrNull(request: ContentRequest<ItemRow>, account: number | null) {
  return account === null ? null : ((await request.account.load(account)) ?? null);
}

/** An item by id or by its address in its tool; null for what is not there or not to be read. */
export async function findItem<Row extends ItemRow>(request: ContentRequest<Row>, id: string): Promise<Row | null> {
  return (await request.byId.load(id)) ?? (URL.canParse(id) ? await request.byUrl.load(id) : null) ?? null;
}

/** The item a gateway's representation stands for: by `id`, or by `ref` where it was not known to exist. */
export async function resolveItem<Row extends ItemRow>(request: ContentRequest<Row>, reference: unknown) {
  const { id, ref } = reference as { id?: string; ref?: string };
  const row = await request.byId.load(ref ?? id ?? '');
  // The federation library writes on this object: give it a copy.
  return row ? { ...row } : null;
}

/** Items that link to what a representation stands for, or that it links to. */
export function linkedWith({ url, links }: { url?: string | null; links?: readonly string[] }): Condition {
  return {
    sql: `i.url_key IN (SELECT value FROM json_each(?)) OR i.id IN (SELECT item FROM link WHERE url = ?)`,
    values: [JSON.stringify(links ?? []), normalUrl(url ?? '') ?? ''],
  };
}

/** What an area knows on a topic, as the directory's ranking wants it: `TopicPart` in the schema. */
export async function topicPart<Row extends ItemRow>(
  request: ContentRequest<Row>,
  topic: string,
  idOf: (row: Row) => string,
) {
  const found = request.topic(topic);
  const contributions = contributionsOf(request.reader, request.readable, found);
  const evidence = contributions.flatMap((contribution) => contribution.evidence);
  const rows = await request.item.loadMany(evidence);
  const ids = new Map(rows.flatMap((row) => (row instanceof Error || !row ? [] : [[row.id, idOf(row)] as const])));
  return {
    contributions: contributions.map((contribution) => ({
      ...contribution,
      evidence: contribution.evidence.flatMap((item) => ids.get(item) ?? []),
    })),
    tags: tagsOf(request.reader, request.readable, found),
    coverage: sourceRows(request.reader.db).map((row) => ({
      source: row.name,
      state: stateOf(row),
      asOf: row.last_success_at,
      confirmed: !request.unconfirmed.has(row.name),
    })),
  };
}

/** The area's sources: `Source` in the schema. */
export function contentSources<Row extends ItemRow>(request: ContentRequest<Row>, area: string): SourceNode[] {
  const { reader, viewer, readable, unconfirmed } = request;
  const count = (source: string) => reader.countWhere([{ sql: 'i.source = ?', values: [source] }], readable);
  return sourceNodes(reader.db, area, viewer, count, unconfirmed);
}

/** Items that are gone, as far as the viewer might have read them. */
export function removedItems<Row extends ItemRow>(
  request: ContentRequest<Row>,
  idOf: (row: { source: string; key: string }) => string,
  args: PageArgs,
) {
  return removalList<RemovedRow & { source: string; key: string }>(
    request.reader.db,
    {
      columns: 'r.source, r.key',
      from: `removed r WHERE r.acl IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM item i WHERE i.source = r.source AND i.key = r.key)
        AND NOT EXISTS (SELECT 1 FROM removed n WHERE n.source = r.source AND n.key = r.key AND n.seq > r.seq)`,
      values: [request.removals.json],
    },
    idOf,
    args,
  );
}

/** Accounts of a source that belong to nobody in the directory: the list to mend the directory's aliases by. */
export function unlinkedAccounts<Row extends ItemRow>(
  request: ContentRequest<Row>,
  source: string,
  args: PageArgs,
): AccountConnectionNode | null {
  if (!request.viewer.operator) return null;
  const size = pageSize(args, 20);
  const list = `unlinked ${source}`;
  const { db } = request.reader;
  const after = db.cursors.open(list, args.after);
  // Accounts of which nothing is left, or nothing the viewer may read, are nobody's business.
  const where = `a.source = ? AND a.person IS NULL AND EXISTS (SELECT 1 FROM account_items n
    WHERE n.account = a.id AND n.items > 0 AND n.acl IN (SELECT value FROM json_each(?)))`;
  const rows = db.all<AccountRow>(
    `${SELECT_ACCOUNTS} WHERE ${where} AND a.handle > ? ORDER BY a.handle LIMIT ?`,
    source,
    request.readable.json,
    String(after?.[0] ?? ''),
    size + 1,
  );
  return toConnection(
    rows,
    { size, after: args.after },
    (node) => ({ node, cursor: db.cursors.seal(list, [node.handle]) }),
    () =>
      db.get<{ n: number }>(`SELECT count(*) AS n FROM account a WHERE ${where}`, source, request.readable.json)?.n ??
      0,
  );
}
