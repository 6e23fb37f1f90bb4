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
import type { DocumentRow } from './area.ts';
import type { DocumentRole, Resolvers } from './generated.ts';
import { documentList, topicDocuments } from './lists.ts';

/** A document's global id. */
export function documentId({ source, key }: Pick<DocumentRow, 'source' | 'key'>): string {
  return encodeId({ type: 'document', source, key });
}

/** The documents subgraph. */
export const resolvers: Resolvers = {
  DateTime,
  Query: {
    document: async (_, { id }, { request }) =>
      (await request.byId.load(id)) ?? (URL.canParse(id) ? await request.byUrl.load(id) : null) ?? null,
    documents: (_, args, { request }) => documentList(request, 'all', [], args),
    removedDocuments: (_, args, { request }) => removedItems(request, documentId, args),
    sources: () => ({}),
  },
  Sources: { documents: (_, _args, { request }) => contentSources(request, 'DOCUMENTS') },
  Source: { unlinkedAccounts: ({ name }, args, { request }) => unlinkedAccounts(request, name, args) },
  Account: accountResolvers,
  Document: {
    __resolveReference: async (reference, { request }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await request.byId.load(ref ?? id ?? '');
      // The federation library writes on this object: give it a copy.
      return row ? { ...row } : null;
    },
    id: documentId,
    ref: documentId,
    contentType: (row) => row.content_type,
    createdAt: (row) => row.created_at,
    updatedAt: (row) => row.updated_at,
    body: (row, _, { request }) => request.body.load(row.id),
    summary: async (row, _, { request }) => summaryOf(await request.body.load(row.id)),
    author: async (row, _, { request }) =>
      row.author === null ? null : ((await request.account.load(row.author)) ?? null),
    tags: (row, _, { request }) => request.tags.load(row.id),
    links: (row, _, { request }) => request.links.load(row.id),
    contributors: async (row, args, { request }) =>
      pageOf(request.reader.db.cursors, `contributors ${row.id}`, await request.participants.load(row.id), args, {
        fallback: 20,
        keyOf: (account) => String(account.id),
        edgeOf: (account) => ({ node: account, role: account.role as DocumentRole }),
      }),
    linkedDocuments: async (row, args, { request }) =>
      documentList(
        request,
        `linked by ${row.id}`,
        [{ sql: 'i.url_key IN (SELECT url FROM link WHERE item = ?) AND i.id <> ?', values: [row.id, row.id] }],
        args,
      ),
  },
  Topic: {
    __resolveReference: ({ id }) => ({ id }),
    content: ({ id }, args, { request }) => topicDocuments(request, id, args),
    documentsPart: ({ id }, _, { request }) => topicPart(request, id, documentId),
  },
  Person: {
    __resolveReference: ({ id }) => ({ id }),
    documents: ({ id }, args, { request }) => documentList(request, `person ${id}`, [takenPartBy(id)], args),
    documentAccounts: async ({ id }, _, { request }) => request.accountsOf.load(id),
    documentShares: ({ id }, _, { request }) => request.sharedWork.load(id),
  },
  Group: {
    __resolveReference: ({ id }) => ({ id }),
    documents: ({ id }, args, { request }) => documentList(request, `group ${id}`, [takenPartByGroup(id)], args),
  },
  Conversation: {
    __resolveReference: (reference) => ({ ...reference }),
    documents: ({ id, url, links }, args, { request }) =>
      documentList(
        request,
        `conversation ${id}`,
        [
          {
            sql: `i.url_key IN (SELECT value FROM json_each(?)) OR i.id IN (SELECT item FROM link WHERE url = ?)`,
            values: [JSON.stringify(links ?? []), normalUrl(url ?? '') ?? ''],
          },
        ],
        args,
      ),
  },
  Node: { __resolveType: () => 'Document' },
};
