import { takenPartBy } from '../kit/content/accounts.ts';
import { itemList, topicList } from '../kit/content/lists.ts';
import { takenPartByGroup } from '../kit/content/request.ts';
import {
  accountOrNull,
  accountResolvers,
  contentSources,
  findItem,
  itemResolvers,
  linkedWith,
  removedItems,
  resolveItem,
  topicPart,
  unlinkedAccounts,
} from '../kit/content/resolvers.ts';
import { encodeId } from '../kit/ids.ts';
import { pageOf } from '../kit/paging.ts';
import { DateTime } from '../kit/scalars.ts';
import type { ConversationRow, ReplyRow } from './area.ts';
import type { Resolvers } from './generated.ts';
import { CONVERSATIONS } from './lists.ts';
import { replyList } from './replies.ts';

/** The forum subgraph. */
export const resolvers: Resolvers = {
  DateTime,
  Query: {
    conversation: (_, { id }, { request }) => findItem(request, id),
    conversations: (_, args, context) => itemList(CONVERSATIONS, context, 'all', [], args),
    removedConversations: (_, args, { request }) => removedItems(request, conversationId, args),
    sources: () => ({}),
  },
  Sources: { forum: (_, _args, { request }) => contentSources(request, 'FORUM') },
  Source: { unlinkedAccounts: ({ name }, args, { request }) => unlinkedAccounts(request, name, args) },
  Account: accountResolvers,
  Conversation: {
    __resolveReference: (reference, { request }) => resolveItem(request, reference),
    ...itemResolvers,
    id: conversationId,
    ref: conversationId,
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
  },
  Reply: {
    __resolveReference: async (reference, { replyById }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await replyById.load(ref ?? id ?? '');
      return row ? { ...row } : null;
    },
    id: replyId,
    ref: replyId,
    author: (row, _, { request }) => accountOrNull(request, row.author),
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
    conversations: ({ id }, args, context) => topicList(CONVERSATIONS, context, id, args),
    forumPart: ({ id }, _, { request }) => topicPart(request, id, conversationId),
  },
  Person: {
    __resolveReference: ({ id }) => ({ id }),
    conversations: ({ id }, args, context) =>
      itemList(CONVERSATIONS, context, `person ${id}`, [takenPartBy(id, context.request)], args),
    reputation: ({ id }, _, { standing }) => standing.load(id),
    presence: ({ id }, _, { standing }) => standing.load(id),
    forumAccounts: ({ id }, _, { request }) => request.accountsOf.load(id),
    forumShares: ({ id }, _, { request }) => request.sharedWork.load(id),
  },
  Group: {
    __resolveReference: ({ id }) => ({ id }),
    conversations: ({ id }, args, context) =>
      itemList(CONVERSATIONS, context, `group ${id}`, [takenPartByGroup(id)], args),
  },
  Document: {
    __resolveReference: (reference) => ({ ...reference }),
    conversations: (document, args, context) =>
      itemList(CONVERSATIONS, context, `document ${document.id}`, [linkedWith(document)], args),
  },
  Node: { __resolveType: (node) => ('accepted' in node ? 'Reply' : 'Conversation') },
};

function conversationId({ source, key }: Pick<ConversationRow, 'source' | 'key'>): string {
  return encodeId({ type: 'conversation', source, key });
}

function replyId({ source, key }: Pick<ReplyRow, 'source' | 'key'>): string {
  return encodeId({ type: 'reply', source, key });
}
