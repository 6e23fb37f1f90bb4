import type { ItemConnection } from '../kit/content/list.ts';
import type { AccountRow } from '../kit/content/rows.ts';
import type { Connection } from '../kit/paging.ts';
import type { DocumentRow } from './area.ts';
import type { DocumentRole } from './connector.ts';

/** A page of documents, searched for or listed. */
export type DocumentConnectionNode = ItemConnection<DocumentRow>;

/** A page of people with a part in a document. */
export type ContributorConnectionNode = Connection<{ readonly node: AccountRow; readonly role: DocumentRole }>;

/** Another subgraph's thing, by its id. */
export interface Reference {
  readonly id: string;
}

/** A conversation, by its id and what links it to documents. */
export interface LinkedReference extends Reference {
  readonly url?: string | null;
  readonly links?: readonly string[];
}
