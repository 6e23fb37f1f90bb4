import { commonConditions, when } from '../kit/content/filter.ts';
import { ORDERS } from '../kit/content/list.ts';
import type { ListKind } from '../kit/content/lists.ts';
import { DOCUMENT_COLUMNS } from './area.ts';
import type { DocumentFilter, DocumentOrder } from './generated.ts';

/** How documents are listed. */
export const DOCUMENTS: ListKind<DocumentFilter, DocumentOrder> = {
  name: 'documents',
  columns: DOCUMENT_COLUMNS,
  orders: ORDERS,
  defaultOrder: 'UPDATED_DESC',
  conditions: (filter, asking) => [
    ...commonConditions(filter, asking),
    ...when(filter.space, 'i.space = ? COLLATE NOCASE'),
    ...when(filter.status, 'i.status = ?'),
  ],
};
