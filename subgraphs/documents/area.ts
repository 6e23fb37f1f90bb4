import { z } from 'zod';
import type { ContentArea, Participation } from '../kit/content/area.ts';
import { ACCOUNT_STATE, ACL_CONTAINERS, contentTables } from '../kit/content/tables.ts';
import { contentShape } from '../kit/content/shape.ts';
import { ITEM_COLUMNS, type ItemRow } from '../kit/content/rows.ts';
import { AccountShape, Line } from '../kit/sync/guard.ts';
import { SOURCE_HAD } from '../kit/sync/tables.ts';
import type { DocumentItem, DocumentRole, DocumentStatus } from './connector.ts';

/**
 * What a document says for a person by the part they had in it: who wrote it knows, who changed it knows something,
 * who is named in it may.
 */
const ROLE_WEIGHTS: Readonly<Record<DocumentRole, number>> = { AUTHOR: 1, EDITOR: 0.5, MENTIONED: 0.3 };

/** What has been overtaken is found below what holds, unless it matches twice as well. */
const STATUS_PRIORS: Readonly<Record<DocumentStatus, number>> = { CURRENT: 1, OUTDATED: 0.5, ARCHIVED: 0.25 };

/** A document as the store has it. */
export interface DocumentRow extends ItemRow {
  readonly space: string;
  readonly content_type: string;
  readonly status: DocumentStatus;
}

/** The columns of `DocumentRow`. */
export const DOCUMENT_COLUMNS = `${ITEM_COLUMNS}, i.space, i.content_type, i.status`;

const Shape = z.object({
  ...contentShape,
  space: Line,
  contentType: Line,
  status: z.enum(['CURRENT', 'OUTDATED', 'ARCHIVED']),
  accounts: z.array(z.object({ account: AccountShape, role: z.enum(['AUTHOR', 'EDITOR', 'MENTIONED']) })),
});

/** What documents add to the store they share with conversations. */
export const documentsArea: ContentArea<DocumentItem> = {
  name: 'documents',
  type: 'document',
  migrations: [
    contentTables('space TEXT NOT NULL, content_type TEXT NOT NULL, status TEXT NOT NULL'),
    ACCOUNT_STATE,
    SOURCE_HAD,
    ACL_CONTAINERS,
  ],
  shape: Shape as unknown as z.ZodType<DocumentItem>,
  columns: (item) => ({ space: item.space, content_type: item.contentType, status: item.status }),
  fields: (item) => [
    { text: item.title, weight: 3 },
    { text: item.tags.join('\n'), weight: 2 },
    { text: item.body, weight: 1 },
  ],
  prior: (item) => STATUS_PRIORS[item.status],
  participants(item) {
    const people = new Map<string, Participation>();
    for (const { account, role } of item.accounts) {
      const weight = ROLE_WEIGHTS[role];
      if ((people.get(account.handle)?.weight ?? 0) < weight) people.set(account.handle, { account, role, weight });
    }
    return [...people.values()].toSorted((a, b) => b.weight - a.weight);
  },
};
