/** Who may read an item, as its tool says it: everyone, the members of a group, or a person by any of their handles. */
export type Reader = 'everyone' | `group:${string}` | `person:${string}`;

/** An account of a tool as that tool knows it. Linking it to a person is the store's work, not the connector's. */
export interface Account {
  /** Stable within the source: user name, user id, or mail address in lower case. */
  readonly handle: string;
  /** The name the tool shows for it. */
  readonly name?: string;
  /** The mail address the tool knows for it. */
  readonly mail?: string;
}

/** What a tool shows of an account besides what it wrote. */
export interface AccountState extends Account {
  /** The standing the tool itself shows for it: likes received, points. May count what not everybody may read. */
  readonly reputation?: number;
  /** When the tool last saw it. ISO 8601 in UTC. */
  readonly lastSeenAt?: string;
}

/** What documents and conversations have in common; a connector's output. */
export interface ContentItem {
  /** Stable within the source, across renames where the tool allows that. */
  readonly key: string;
  /** Changes whenever the item does: an ETag, a revision, a hash. */
  readonly version: string;
  /** The item's address in its tool. */
  readonly url?: string;
  readonly title: string;
  /** Plain text: markup removed, line breaks kept. */
  readonly body: string;
  /** ISO 8601 in UTC, like all dates here. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly tags: readonly string[];
  /** Absolute addresses the text links to. */
  readonly links: readonly string[];
  /** Never empty: an item nobody may read is not synced. */
  readonly readers: readonly Reader[];
  /**
   * What the tool grants the right to read it by: its category or place, or itself where it has readers of its own.
   * Whoever may read one item of a container may read all of them. From tools that can be asked live, see `readable`.
   */
  readonly container?: string;
}
