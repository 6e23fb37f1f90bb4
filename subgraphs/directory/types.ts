import type { Connection } from '../kit/paging.ts';
import type { Viewer } from '../kit/viewer.ts';
import type { Reason } from './ranking.ts';
import type { GroupRow, PersonRow } from './store.ts';
import type { TopicNode } from './topic.ts';

/** A page of people. */
export type PersonConnectionNode = Connection<{ readonly node: PersonRow }>;

/** A page of groups. */
export type GroupConnectionNode = Connection<{ readonly node: GroupRow }>;

/** A page of people who can help. */
export type ExpertConnectionNode = Connection<{
  readonly node: PersonRow;
  readonly score: number;
  readonly confidence: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly reasons: readonly (Omit<Reason, 'evidence'> & { readonly evidence: readonly AnyNode[] })[];
}>;

/** A page of people somebody works with. */
export type CollaboratorConnectionNode = Connection<{
  readonly node: PersonRow;
  readonly strength: number;
  readonly sharedDocuments: number;
  readonly sharedConversations: number;
}>;

/** Who is asking. */
export type ViewerNode = Viewer;

/** A thing of another subgraph: all that is known here is how it was asked for. */
export interface ForeignNode {
  readonly __typename: 'Document' | 'Conversation' | 'Reply';
  readonly ref: string;
}

/** Anything `node` can give. */
export type AnyNode =
  | ForeignNode
  | (PersonRow & { readonly __typename: 'Person' })
  | (GroupRow & { readonly __typename: 'Group' })
  | (TopicNode & { readonly __typename: 'Topic' });

/** An account as another subgraph handed it over. */
export interface ForeignAccount {
  readonly id: string;
  readonly source: string;
  /** Null for a viewer who may not see it. */
  readonly handle: string | null;
  readonly name: string;
  readonly reputation: number | null;
  readonly lastSeenAt: string | null;
  readonly person: { readonly id: string };
}

/** A person as the gateway hands it over, with what the other areas said where that was required. */
export interface PersonReference {
  readonly documentAccounts?: readonly Omit<ForeignAccount, 'person'>[] | null;
  readonly forumAccounts?: readonly Omit<ForeignAccount, 'person'>[] | null;
  readonly documentShares?: readonly SharedWorkInput[] | null;
  readonly forumShares?: readonly SharedWorkInput[] | null;
}

/** Who a person shares items with in one area. */
export interface SharedWorkInput {
  readonly person: string;
  readonly strength: number;
  readonly items: number;
}
