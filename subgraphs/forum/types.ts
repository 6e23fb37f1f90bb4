import type { ItemConnection } from '../kit/content/list.ts';
import type { Connection } from '../kit/paging.ts';
import type { ConversationRow, ReplyRow } from './area.ts';

/** A page of conversations, searched for or listed. */
export type ConversationConnectionNode = ItemConnection<ConversationRow>;

/** A page of replies. */
export type ReplyConnectionNode = Connection<{ readonly node: ReplyRow }>;

/** Another subgraph's thing, by its id. */
export interface Reference {
  readonly id: string;
}

/** A document, by its id and what links it to conversations. */
export interface LinkedReference extends Reference {
  readonly url?: string | null;
  readonly links?: readonly string[];
}
