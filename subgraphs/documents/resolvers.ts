import { takenPartBy } from '../kit/content/accounts.ts';
import { itemList, topicList } from '../kit/content/lists.ts';
import { takenPartByGroup } from '../kit/content/request.ts';
import {
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
import type { DocumentRow } from './area.ts';
import type { DocumentRole, Resolvers } from './generated.ts';
import { DOCUMENTS } from './lists.ts';

/** The documents subgraph. */
export const resolvers: Resolvers = {
  DateTime,
  Query: {
    document: (_, { id }, { request }) => findItem(request, id),
    documents: (_, args, context) => itemList(DOCUMENTS, context, 'all', [], args),
    removedDocuments: (_, args, { request }) => removedItems(request, documentId, args),
    sources: () => ({}),
  },
  Sources: { documents: (_, _args, { request }) => contentSources(request, 'DOCUMENTS') },
  Source: { unlinkedAccounts: ({ name }, args, { request }) => unlinkedAccounts(request, name, args) },
  Account: accountResolvers,
  Document: {
    __resolveReference: (reference, { request }) => resolveItem(request, reference),
    ...itemResolvers,
    id: documentId,
    ref: documentId,
    contentType: (row) => row.content_type,
    updatedAt: (row) => row.updated_at,
    contributors: async (row, args, { request }) =>
      pageOf(request.reader.db.cursors, `contributors ${row.id}`, await request.participants.load(row.id), args, {
        fallback: 20,
        keyOf: (account) => String(account.id),
        edgeOf: (account) => ({ node: account, role: account.role as DocumentRole }),
      }),
    linkedDocuments: (row, args, context) =>
      itemList(
        DOCUMENTS,
        context,
        `linked by ${row.id}`,
        [{ sql: 'i.url_key IN (SELECT url FROM link WHERE item = ?) AND i.id <> ?', values: [row.id, row.id] }],
        args,
      ),
  },
  Topic: {
    __resolveReference: ({ id }) => ({ id }),
    content: ({ id }, args, context) => topicList(DOCUMENTS, context, id, args),
    documentsPart: ({ id }, _, { request }) => topicPart(request, id, documentId),
  },
  Person: {
    __resolveReference: ({ id }) => ({ id }),
    documents: ({ id }, args, context) =>
      itemList(DOCUMENTS, context, `person ${id}`, [takenPartBy(id, context.request)], args),
    documentAccounts: ({ id }, _, { request }) => request.accountsOf.load(id),
    documentShares: ({ id }, _, { request }) => request.sharedWork.load(id),
  },
  Group: {
    __resolveReference: ({ id }) => ({ id }),
    documents: ({ id }, args, context) => itemList(DOCUMENTS, context, `group ${id}`, [takenPartByGroup(id)], args),
  },
  Conversation: {
    __resolveReference: (reference) => ({ ...reference }),
    documents: (conversation, args, context) =>
      itemList(DOCUMENTS, context, `conversation ${conversation.id}`, [linkedWith(conversation)], args),
  },
  Node: { __resolveType: () => 'Document' },
};

function documentId({ source, key }: Pick<DocumentRow, 'source' | 'key'>): string {
  return encodeId({ type: 'document', source, key });
}
