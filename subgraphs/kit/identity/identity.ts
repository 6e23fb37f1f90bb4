/** What the directory tells the other subgraphs of a person: enough to link accounts, and to know groups. */
export interface Identity {
  /** The person's id. */
  readonly person: string;
  /** The display name, for accounts whose tool shows none. */
  readonly name: string;
  readonly active: boolean;
  /** All lower case. */
  readonly mails: readonly string[];
  readonly usernames: readonly string[];
  readonly aliases: readonly { readonly source: string; readonly handle: string }[];
  /** Ids of the groups the person is in, also by way of groups inside groups. */
  readonly groups: readonly string[];
}

/** What changed in the identity map. */
export interface IdentityChanges {
  readonly changed: readonly Identity[];
  /** People who are gone from the directory. */
  readonly gone: readonly string[];
  /** Where to go on from next time. */
  readonly cursor: number;
  /** Whether there is more right now. */
  readonly more: boolean;
}

/** Where a subgraph gets the identity map from. */
export interface IdentityFeed {
  /** What changed since `cursor`; 0 for everything. @throws when the directory cannot be asked. */
  changes(cursor: number, signal: AbortSignal): Promise<IdentityChanges>;
  close(): void;
}
