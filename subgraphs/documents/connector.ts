import type { Account, ContentItem } from '../kit/content/item.ts';
import type { ConnectorKind } from '../kit/connector.ts';

/** What somebody had to do with a document. */
export type DocumentRole = 'AUTHOR' | 'EDITOR' | 'MENTIONED';

/** CURRENT unless the tool marks the page as overtaken or put away. */
export type DocumentStatus = 'CURRENT' | 'OUTDATED' | 'ARCHIVED';

/** A page or file as a documents connector hands it over. */
export interface DocumentItem extends ContentItem {
  /** The part of the tool it lives in: a wiki's namespace, a top-level folder. */
  readonly space: string;
  /** Media type of the original, RFC 6838: `text/markdown`. */
  readonly contentType: string;
  readonly status: DocumentStatus;
  readonly accounts: readonly { readonly account: Account; readonly role: DocumentRole }[];
}

/** A kind of documents connector. */
export type DocumentConnectorKind = ConnectorKind<DocumentItem>;
