import {
  accountResolvers,
  contentSources,
  removedItems,
  topicPart,
  unlinkedAccounts,
} from '../kit/content/resolvers.ts';
import { takenPartBy, takenPartByGroup } from '../kit/content/request.ts';
import { normalUrl } from '../kit/content/urls.ts';
import { encodeId } from '../kit/ids.ts';
import { pageOf } from '../kit/paging.ts';
import { DateTime } from '../kit/scalars.ts';
import { summaryOf } from '../kit/search/excerpt.ts';
import type { ConversationRow, ReplyRow } from './area.ts';
import type { Resolvers } from './generated.ts';
import { conversationList, topicConversations } from './lists.ts';
import { replyList } from './replies.ts';

/** A conversation's global id. */
export function conversationId({ source, key }: Pick<ConversationRow, 'source' | 'key'>): string {
  return encodeId({ type: 'conversation', source, key });
}

/** A reply's global id. */
export function replyId({ source, key }: Pick<ReplyRow, 'source' | 'key'>): string {
  return encodeId({ type: 'reply', source, key });
}

/** The forum subgraph. */
export const resolvers: Resolvers = {
  DateTime,
  Query: {
    conversation: async (_, { id }, { request }) =>
      (await request.byId.load(id)) ?? (URL.canParse(id) ? await request.byUrl.load(id) : null) ?? null,
    conversations: (_, args, { request }) => conversationList(request, 'all', [], args),
    removedConversations: (_, args, { request }) => removedItems(request, conversationId, args),
    sources: () => ({}),
  },
  Sources: { forum: (_, _args, { request }) => contentSources(request, 'FORUM') },
  Source: { unlinkedAccounts: ({ name }, args, { request }) => unlinkedAccounts(request, name, args) },
  Account: accountResolvers,
  Conversation: {
    __resolveReference: async (reference, { request }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await request.byId.load(ref ?? id ?? '');
      // The federation library writes on this object: give it a copy.
      return row ? { ...row } : null;
    },
    id: conversationId,
    ref: conversationId,
    body: (row, _, { request }) => request.body.load(row.id),
    summary: async (row, _, { request }) => summaryOf(await request.body.load(row.id)),
    author: async (row, _, { request }) =>
      row.author === null ? null : ((await request.account.load(row.author)) ?? null),
    createdAt: (row) => row.created_at,
    lastActivityAt: (row) => row.updated_at,
    isQuestion: (row) => row.is_question === 1,
    answered: (row) => row.answered === 1,
    answer: async (row, _, { answer }) => (row.answered === 1 ? ((await answer.load(row.id)) ?? null) : null),
    replies: (row, args, context) => replyList(row.id, args, context),
    participants: async (row, args, { request }) => {
      const spoke = (await request.participants.load(row.id)).filter(({ role }) => role !== 'MENTIONED');
      return pageOf(request.reader.db.cursors, `participants ${row.id}`, spoke, args, {
        fallback: 20,
        keyOf: (account) => String(account.id),
        edgeOf: (node) => ({ node }),
      });
    },
    tags: (row, _, { request }) => request.tags.load(row.id),
    links: (row, _, { request }) => request.links.load(row.id),
  },
  Reply: {
    __resolveReference: async (reference, { replyById }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await replyById.load(ref ?? id ?? '');
      return row ? { ...row } : null;
    },
    id: replyId,
    ref: replyId,
    author: async (row, _, { request }) =>
      row.author === null ? null : ((await request.account.load(row.author)) ?? null),
    createdAt: (row) => row.created_at,
    accepted: (row) => row.accepted === 1,
    conversation: async (row, _, { request }) => {
      const conversation = await request.item.load(row.item);
      if (!conversation) throw new Error(`Reply ${row.id} outlived its conversation.`);
      return conversation;
    },
  },
  Topic: {
    __resolveReference: ({ id }) => ({ id }),
    conversations: ({ id }, args, { request }) => topicConversations(request, id, args),
    forumPart: ({ id }, _, { request }) => topicPart(request, id, conversationId),
  },
  Person: {
    __resolveReference: ({ id }) => ({ id }),
    conversations: ({ id }, args, { request }) => conversationList(request, `person ${id}`, [takenPartBy(id)], args),
    reputation: ({ id }, _, { standing }) => standing.load(id),
    presence: ({ id }, _, { standing }) => standing.load(id),
    forumAccounts: async ({ id }, _, { request }) => request.accountsOf.load(id),
    forumShares: ({ id }, _, { request }) => request.sharedWork.load(id),
  },
  Group: {
    __resolveReference: ({ id }) => ({ id }),
    conversations: ({ id }, args, { request }) =>
      conversationList(request, `group ${id}`, [takenPartByGroup(id)], args),
  },
  Document: {
    __resolveReference: (reference) => ({ ...reference }),
    conversations: ({ id, url, links }, args, { request }) =>
      conversationList(
        request,
        `document ${id}`,
        [
          {
            sql: `i.url_key IN (SELECT value FROM json_each(?)) OR i.id IN (SELECT item FROM link WHERE url = ?)`,
            values: [JSON.stringify(links ?? []), normalUrl(url ?? '') ?? ''],
          },
        ],
        args,
      ),
  },
  Node: { __resolveType: (node) => ('accepted' in node ? 'Reply' : 'Conversation') },
};
