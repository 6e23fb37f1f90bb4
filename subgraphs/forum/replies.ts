import { decodeCursor, encodeCursor, pageSize, toConnection, type PageArgs } from '../kit/paging.ts';
import type { Readable } from '../kit/content/reader.ts';
import type { Database } from '../kit/store/database.ts';
import type { ReplyRow } from './area.ts';
import { REPLY_COLUMNS, type ForumContext } from './context.ts';
import type { ReplyConnectionNode } from './types.ts';

/** A page of a conversation's replies, oldest first. */
export async function replyList(item: number, args: PageArgs, context: ForumContext): Promise<ReplyConnectionNode> {
  const size = pageSize(args, 20);
  const list = `replies ${item}`;
  const after = decodeCursor(list, args.after, 1);
  const rows = context.request.reader.db.all<ReplyRow>(
    `SELECT ${REPLY_COLUMNS} FROM reply r WHERE r.item = ? AND r.place > ? ORDER BY r.place LIMIT ?`,
    item,
    Number(after?.[0] ?? -1),
    size + 1,
  );
  const total = await context.replyCount.load(item);
  return toConnection(
    rows,
    { size, after: args.after },
    (node) => ({ node, cursor: encodeCursor(list, [node.place]) }),
    total,
  );
}

/** What others made of a person's part in the conversations that may be read. */
export function reputationOf(db: Database, readable: Readable, person: string) {
  const mine = 'SELECT id FROM account WHERE person = ?';
  const visible = 'i.acl IN (SELECT value FROM json_each(?))';
  const replies = db.get<{ n: number; votes: number | null; accepted: number | null; last: string | null }>(
    `SELECT count(*) AS n, sum(r.votes) AS votes, sum(r.accepted) AS accepted, max(r.created_at) AS last
     FROM reply r JOIN item i ON i.id = r.item WHERE r.author IN (${mine}) AND ${visible}`,
    person,
    readable.json,
  );
  const openings = db.get<{ n: number; votes: number | null; last: string | null }>(
    `SELECT count(*) AS n, sum(i.votes) AS votes, max(i.created_at) AS last
     FROM item i WHERE i.author IN (${mine}) AND ${visible}`,
    person,
    readable.json,
  );
  return {
    votes: (replies?.votes ?? 0) + (openings?.votes ?? 0),
    acceptedAnswers: replies?.accepted ?? 0,
    replies: replies?.n ?? 0,
    conversations: openings?.n ?? 0,
    lastActiveAt:
      [replies?.last, openings?.last]
        .filter((at) => typeof at === 'string')
        .toSorted()
        .at(-1) ?? null,
  };
}
