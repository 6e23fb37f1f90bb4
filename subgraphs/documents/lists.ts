import { commonConditions, filterKey, when } from '../kit/content/filter.ts';
import { listItems, ORDERS } from '../kit/content/list.ts';
import { rankedPage } from '../kit/content/ranked.ts';
import type { Condition } from '../kit/content/reader.ts';
import type { ContentRequest, TopicHits } from '../kit/content/request.ts';
import type { PageArgs } from '../kit/paging.ts';
import { DOCUMENT_COLUMNS, type DocumentRow } from './area.ts';
import type { DocumentFilter, DocumentOrder } from './generated.ts';
import type { DocumentConnectionNode } from './types.ts';

/** The arguments of every list of documents. */
export interface DocumentListArgs extends PageArgs {
  readonly filter?: DocumentFilter | null | undefined;
  readonly orderBy?: DocumentOrder | null | undefined;
}

/** A page of the documents that fulfil the filter and the further conditions. `name` says whose list it is. */
export async function documentList(
  request: ContentRequest<DocumentRow>,
  name: string,
  conditions: readonly Condition[],
  args: DocumentListArgs,
): Promise<DocumentConnectionNode> {
  const filter = args.filter ?? {};
  const all = [...conditions, ...documentConditions(filter)];
  if (typeof filter.text === 'string') {
    const found = request.narrowed(request.text(filter.text), all);
    return rankedDocuments(request, listName(name, filter), found, args);
  }
  return listItems<DocumentRow>(request.reader, request.readable, {
    name: listName(name, filter),
    columns: DOCUMENT_COLUMNS,
    conditions: all,
    order: ORDERS[args.orderBy ?? 'UPDATED_DESC'],
    page: args,
    defaultSize: 20,
  });
}

/** A page of what was found for a topic. */
export async function topicDocuments(
  request: ContentRequest<DocumentRow>,
  topic: string,
  args: DocumentListArgs,
): Promise<DocumentConnectionNode> {
  const { text: _ignored, ...filter } = args.filter ?? {};
  const found = request.narrowed(request.topic(topic), documentConditions(filter));
  return rankedDocuments(request, listName(`topic ${topic}`, filter), found, args);
}

function rankedDocuments(
  request: ContentRequest<DocumentRow>,
  name: string,
  found: TopicHits,
  args: PageArgs,
): Promise<DocumentConnectionNode> {
  return rankedPage(name, found.hits, found.question, args, {
    cursors: request.reader.db.cursors,
    row: (item) => request.item.load(item),
    body: (item) => request.body.load(item),
  });
}

function documentConditions(filter: DocumentFilter): Condition[] {
  return [
    ...commonConditions(filter),
    ...when(filter.space, 'i.space = ? COLLATE NOCASE'),
    ...when(filter.status, 'i.status = ?'),
  ];
}

function listName(name: string, filter: DocumentFilter): string {
  return `documents ${name} ${filterKey(filter)}`;
}
