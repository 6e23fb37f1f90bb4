import { takenPartBy } from '../kit/content/accounts.ts';
import { commonConditions, when } from '../kit/content/filter.ts';
import { ORDERS } from '../kit/content/list.ts';
import type { ListKind } from '../kit/content/lists.ts';
import { CONVERSATION_COLUMNS } from './area.ts';
import type { ConversationFilter, ConversationOrder } from './generated.ts';

/** How conversations are listed. */
export const CONVERSATIONS: ListKind<ConversationFilter, ConversationOrder> = {
  name: 'conversations',
  columns: CONVERSATION_COLUMNS,
  orders: {
    ACTIVE_DESC: ORDERS.UPDATED_DESC,
    ACTIVE_ASC: ORDERS.UPDATED_ASC,
    CREATED_DESC: ORDERS.CREATED_DESC,
    CREATED_ASC: ORDERS.CREATED_ASC,
    CHANGED: ORDERS.CHANGED,
  },
  defaultOrder: 'ACTIVE_DESC',
  conditions: (filter, asking) => [
    ...commonConditions(filter, asking),
    ...when(filter.category, 'i.category = ? COLLATE NOCASE'),
    ...when(filter.channel, 'i.channel = ?'),
    ...when(filter.isQuestion, 'i.is_question = ?'),
    ...when(filter.answered, 'i.is_question = 1 AND i.answered = ?'),
    ...(filter.participant === null || filter.participant === undefined
      ? []
      : [takenPartBy(filter.participant, asking)]),
  ],
};
