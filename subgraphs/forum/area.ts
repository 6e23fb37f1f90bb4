import { z } from 'zod';
import type { ContentArea } from '../kit/content/area.ts';
import { ITEM_COLUMNS, type ItemRow } from '../kit/content/rows.ts';
import { ACCOUNT_STATE, ACL_CONTAINERS, contentTables } from '../kit/content/tables.ts';
import { contentShape } from '../kit/content/shape.ts';
import { AccountShape, Count, Key, Line, Moment, Text } from '../kit/sync/guard.ts';
import { SOURCE_HAD } from '../kit/sync/tables.ts';
import type { Channel, ConversationItem } from './connector.ts';
import { priorOf, weighParticipants } from './weights.ts';

/** A conversation as the store has it. */
export interface ConversationRow extends ItemRow {
  readonly channel: Channel;
  readonly category: string;
  readonly is_question: number;
  readonly answered: number;
  readonly votes: number;
}

/** The columns of `ConversationRow`. */
export const CONVERSATION_COLUMNS = `${ITEM_COLUMNS}, i.channel, i.category, i.is_question, i.answered, i.votes`;

/** A reply as the store has it. */
export interface ReplyRow {
  readonly id: number;
  readonly item: number;
  readonly source: string;
  readonly key: string;
  readonly place: number;
  readonly author: number | null;
  readonly body: string;
  readonly created_at: string | null;
  readonly votes: number;
  readonly accepted: number;
}

const ReplyShape = z.object({
  key: Key,
  author: AccountShape.optional(),
  body: Text,
  createdAt: Moment,
  votes: Count,
  accepted: z.boolean(),
});

const Shape = z.object({
  ...contentShape,
  channel: z.enum(['FORUM', 'EMAIL', 'CHAT', 'MEETING']),
  category: Line,
  author: AccountShape.optional(),
  isQuestion: z.boolean(),
  votes: Count,
  mentions: z.array(AccountShape),
  replies: z.array(ReplyShape),
});

/** What conversations add to the store they share with documents. */
export const forumArea: ContentArea<ConversationItem> = {
  name: 'forum',
  type: 'conversation',
  migrations: [
    contentTables(
      `channel TEXT NOT NULL, category TEXT NOT NULL, is_question INTEGER NOT NULL, answered INTEGER NOT NULL,
       votes INTEGER NOT NULL`,
      `CREATE TABLE reply (
         id INTEGER PRIMARY KEY, item INTEGER NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL,
         author INTEGER, body TEXT NOT NULL, created_at TEXT, votes INTEGER NOT NULL, accepted INTEGER NOT NULL
       );
       CREATE INDEX reply_item ON reply (item, place);
       CREATE INDEX reply_key ON reply (source, key);
       CREATE INDEX reply_author ON reply (author);`,
    ),
    ACCOUNT_STATE,
    SOURCE_HAD,
    ACL_CONTAINERS,
  ],
  shape: Shape as unknown as z.ZodType<ConversationItem>,
  columns: (item) => ({
    channel: item.channel,
    category: item.category,
    is_question: item.isQuestion ? 1 : 0,
    answered: item.replies.some((reply) => reply.accepted) ? 1 : 0,
    votes: item.votes,
  }),
  fields: (item) => [
    { text: item.title, weight: 3 },
    { text: item.tags.join('\n'), weight: 2 },
    { text: item.body, weight: 1 },
    ...item.replies.map((reply) => ({ text: reply.body, weight: 1 })),
  ],
  prior: priorOf,
  participants: weighParticipants,
  writeParts(db, id, item, accountOf) {
    const source = db.get<{ source: string }>('SELECT source FROM item WHERE id = ?', id)?.source ?? '';
    for (const [place, reply] of item.replies.entries()) {
      db.run(
        `INSERT INTO reply (item, source, key, place, author, body, created_at, votes, accepted)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        source,
        reply.key,
        place,
        reply.author ? accountOf(reply.author) : null,
        reply.body,
        reply.createdAt ?? null,
        reply.votes,
        reply.accepted ? 1 : 0,
      );
    }
  },
  deleteParts(db, id) {
    db.run('DELETE FROM reply WHERE item = ?', id);
  },
};
