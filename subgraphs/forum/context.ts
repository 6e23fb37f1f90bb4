import DataLoader from 'dataloader';
import type { ListContext } from '../kit/content/lists.ts';
import type { ContentReader } from '../kit/content/reader.ts';
import { ContentRequest } from '../kit/content/request.ts';
import { decodeId } from '../kit/ids.ts';
import type { Confirmed } from '../kit/live/confirmation.ts';
import type { Viewer } from '../kit/viewer.ts';
import { standingOf, type Standing } from './standing.ts';
import { CONVERSATION_COLUMNS, forumArea, type ConversationRow, type ReplyRow } from './area.ts';

/** What resolvers of the forum work with: one request, one viewer. */
export interface ForumContext extends ListContext<ConversationRow> {
  /** Replies by global id; undefined for what is not there or not to be read. */
  readonly replyById: DataLoader<string, ReplyRow | undefined>;
  /** Accepted answers by conversation. */
  readonly answer: DataLoader<number, ReplyRow | undefined>;
  /** Number of replies by conversation. */
  readonly replyCount: DataLoader<number, number>;
  /** What others made of a person's part, and when they were last seen. */
  readonly standing: DataLoader<string, Standing>;
}

/** The columns of `ReplyRow`. */
export const REPLY_COLUMNS =
  'r.id, r.item, r.source, r.key, r.place, r.author, r.body, r.created_at, r.votes, r.accepted';

/** The context of one request. */
export function forumContext(reader: ContentReader, viewer: Viewer, confirmed: Confirmed): ForumContext {
  const request = new ContentRequest<ConversationRow>(
    reader,
    { type: forumArea.type, columns: CONVERSATION_COLUMNS },
    viewer,
    confirmed,
  );
  const { db } = reader;
  const said = new DataLoader<number, readonly string[]>(async (ids) => {
    const rows = db.all<{ item: number; body: string }>(
      'SELECT item, body FROM reply WHERE item IN (SELECT value FROM json_each(?)) ORDER BY item, place',
      JSON.stringify(ids),
    );
    const byItem = Map.groupBy(rows, ({ item }) => item);
    return ids.map((id) => (byItem.get(id) ?? []).map(({ body }) => body));
  });
  return {
    request,
    // The whole conversation: an answer may say it better than the question.
    async textOf(item) {
      const [opening, replies] = await Promise.all([request.body.load(item), said.load(item)]);
      return [opening, ...replies].join('\n\n');
    },
    replyById: new DataLoader(async (ids) => {
      const keys = ids.map((id) => {
        const parts = decodeId(id);
        return parts?.type === 'reply' ? [parts.source, parts.key] : null;
      });
      const rows = db.all<ReplyRow>(
        `SELECT ${REPLY_COLUMNS} FROM reply r JOIN item i ON i.id = r.item
         WHERE (r.source, r.key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
           AND i.acl IN (SELECT value FROM json_each(?))`,
        JSON.stringify(keys.filter((key) => key !== null)),
        request.readable.json,
      );
      const found = new Map(rows.map((row) => [JSON.stringify([row.source, row.key]), row]));
      return keys.map((key) => found.get(JSON.stringify(key)));
    }),
    standing: new DataLoader(async (people) => {
      const found = standingOf(db, request.readable, people);
      return people.map((person) => found.get(person) ?? new Error('The standing was not counted.'));
    }),
    answer: new DataLoader(async (ids) => {
      const rows = db.all<ReplyRow>(
        `SELECT ${REPLY_COLUMNS} FROM reply r
         WHERE r.item IN (SELECT value FROM json_each(?)) AND r.accepted = 1 ORDER BY r.item, r.place DESC`,
        JSON.stringify(ids),
      );
      const found = new Map(rows.map((row) => [row.item, row]));
      return ids.map((id) => found.get(id));
    }),
    replyCount: new DataLoader(async (ids) => {
      const rows = db.all<{ item: number; n: number }>(
        'SELECT item, count(*) AS n FROM reply WHERE item IN (SELECT value FROM json_each(?)) GROUP BY item',
        JSON.stringify(ids),
      );
      const found = new Map(rows.map((row) => [row.item, row.n]));
      return ids.map((id) => found.get(id) ?? 0);
    }),
  };
}
