import { accountId } from '../ids.ts';
import { pageSize, toConnection, type Connection, type PageArgs } from '../paging.ts';
import { removalList, type RemovedRow } from '../removals.ts';
import { sourceNodes, stateOf, type SourceNode } from '../sources.ts';
import { sourceRows } from '../sync/sync-state.ts';
import { contributionsOf, tagsOf } from './contributions.ts';
import type { ContentRequest } from './request.ts';
import { SELECT_ACCOUNTS, type AccountRow, type ItemRow } from './rows.ts';

/** A page of accounts as resolvers return it. */
export type AccountConnectionNode = Connection<{ readonly node: AccountRow }>;

/** Resolvers of `Account`, the same wherever accounts are. */
export const accountResolvers = {
  id: (account: AccountRow) => accountId(account.source, account.handle),
  source: (account: AccountRow) => account.source,
  handle: (account: AccountRow) => account.handle,
  name: (account: AccountRow) => account.name,
  person: (account: AccountRow) => (account.person === null ? null : { id: account.person }),
};

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
    tags: tagsOf(request.reader, found),
    coverage: sourceRows(request.reader.db).map((row) => ({
      source: row.name,
      state: stateOf(row),
      asOf: row.last_success_at,
    })),
  };
}

/** The area's sources: `Source` in the schema. */
export function contentSources<Row extends ItemRow>(request: ContentRequest<Row>, area: string): SourceNode[] {
  return sourceNodes(request.reader.db, area, request.viewer, (source) =>
    request.reader.countWhere([{ sql: 'i.source = ?', values: [source] }], request.readable),
  );
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
      values: [request.readable.json],
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
