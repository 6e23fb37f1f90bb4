import type { Account, ContentItem } from '../kit/content/item.ts';
import type { ConnectorKind } from '../kit/connector.ts';

/** How a conversation was held. */
export type Channel = 'FORUM' | 'EMAIL' | 'CHAT' | 'MEETING';

/** A reply as a forum connector hands it over. */
export interface ReplyItem {
  /** Stable within the source. */
  readonly key: string;
  readonly author?: Account;
  /** Plain text without quoted text and signature: what this author said. */
  readonly body: string;
  readonly createdAt?: string;
  /** Votes for minus votes against; 0 where the tool has none. */
  readonly votes: number;
  /** Whether the asker or a moderator accepted it as the answer. */
  readonly accepted: boolean;
}

/** A thread, mail thread, chat or meeting as a forum connector hands it over. `updatedAt` is its last activity. */
export interface ConversationItem extends ContentItem {
  readonly channel: Channel;
  /** The category, mailing list, room or meeting series. */
  readonly category: string;
  /** Who opened it; none for a meeting's minutes. */
  readonly author?: Account;
  /** Whether it asks for an answer. */
  readonly isQuestion: boolean;
  /** Votes for the opening text. */
  readonly votes: number;
  /** People named in it who did not necessarily speak. */
  readonly mentions: readonly Account[];
  /** In order of time. */
  readonly replies: readonly ReplyItem[];
}

/** A kind of forum connector. */
export type ForumConnectorKind = ConnectorKind<ConversationItem>;
