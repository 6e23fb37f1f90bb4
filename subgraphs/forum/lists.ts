import { commonConditions, filterKey, when } from '../kit/content/filter.ts';
import { listItems, ORDERS } from '../kit/content/list.ts';
import { rankedPage } from '../kit/content/ranked.ts';
import type { Condition } from '../kit/content/reader.ts';
import { takenPartBy, type ContentRequest, type TopicHits } from '../kit/content/request.ts';
import type { PageArgs } from '../kit/paging.ts';
import { CONVERSATION_COLUMNS, type ConversationRow } from './area.ts';
import type { ConversationFilter, ConversationOrder } from './generated.ts';
import type { ConversationConnectionNode } from './types.ts';

/** The arguments of every list of conversations. */
export interface ConversationListArgs extends PageArgs {
  readonly filter?: ConversationFilter | null | undefined;
  readonly orderBy?: ConversationOrder | null | undefined;
}

const CONVERSATION_ORDERS = {
  ACTIVE_DESC: ORDERS.UPDATED_DESC,
  ACTIVE_ASC: ORDERS.UPDATED_ASC,
  CREATED_DESC: ORDERS.CREATED_DESC,
  CREATED_ASC: ORDERS.CREATED_ASC,
  CHANGED: ORDERS.CHANGED,
} as const;

/** A page of the conversations that fulfil the filter and the further conditions. `name` says whose list it is. */
export async function conversationList(
  request: ContentRequest<ConversationRow>,
  name: string,
  conditions: readonly Condition[],
  args: ConversationListArgs,
): Promise<ConversationConnectionNode> {
  const filter = args.filter ?? {};
  const all = [...conditions, ...conversationConditions(filter)];
  if (typeof filter.text === 'string') {
    const found = request.narrowed(request.text(filter.text), all);
    return rankedConversations(request, listName(name, filter), found, args);
  }
  return listItems<ConversationRow>(request.reader, request.readable, {
    name: listName(name, filter),
    columns: CONVERSATION_COLUMNS,
    conditions: all,
    order: CONVERSATION_ORDERS[args.orderBy ?? 'ACTIVE_DESC'],
    page: args,
    defaultSize: 20,
  });
}

/** A page of what was found for a topic. */
export async function topicConversations(
  request: ContentRequest<ConversationRow>,
  topic: string,
  args: ConversationListArgs,
): Promise<ConversationConnectionNode> {
  const { text: _ignored, ...filter } = args.filter ?? {};
  const found = request.narrowed(request.topic(topic), conversationConditions(filter));
  return rankedConversations(request, listName(`topic ${topic}`, filter), found, args);
}

function rankedConversations(
  request: ContentRequest<ConversationRow>,
  name: string,
  found: TopicHits,
  args: PageArgs,
): Promise<ConversationConnectionNode> {
  return rankedPage(name, found.hits, found.question, args, {
    cursors: request.reader.db.cursors,
    row: (item) => request.item.load(item),
    body: (item) => textOf(request, item),
  });
}

/** The whole conversation as one text: an answer may say it better than the question. */
async function textOf(request: ContentRequest<ConversationRow>, item: number): Promise<string> {
  const opening = await request.body.load(item);
  const replies = request.reader.db.all<{ body: string }>('SELECT body FROM reply WHERE item = ? ORDER BY place', item);
  return [opening, ...replies.map(({ body }) => body)].join('\n\n');
}

function conversationConditions(filter: ConversationFilter): Condition[] {
  return [
    ...commonConditions(filter),
    ...when(filter.category, 'i.category = ? COLLATE NOCASE'),
    ...when(filter.channel, 'i.channel = ?'),
    ...when(filter.isQuestion, 'i.is_question = ?'),
    ...when(filter.answered, 'i.is_question = 1 AND i.answered = ?'),
    ...(filter.participant === null || filter.participant === undefined ? [] : [takenPartBy(filter.participant)]),
  ];
}

function listName(name: string, filter: ConversationFilter): string {
  return `conversations ${name} ${filterKey(filter)}`;
}
