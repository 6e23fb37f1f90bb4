import { pageSize, toConnection, type PageArgs } from '../kit/paging.ts';
import type { ReplyRow } from './area.ts';
import { REPLY_COLUMNS, type ForumContext } from './context.ts';
import type { ReplyConnectionNode } from './types.ts';

/** A page of a conversation's replies, oldest first. */
export async function replyList(item: number, args: PageArgs, context: ForumContext): Promise<ReplyConnectionNode> {
  const size = pageSize(args, 20);
  const list = `replies ${item}`;
  const after = context.request.reader.db.cursors.open(list, args.after);
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
    (node) => ({ node, cursor: context.request.reader.db.cursors.seal(list, [node.place]) }),
    total,
  );
}
