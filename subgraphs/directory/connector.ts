import type { ConnectorKind } from '../kit/connector.ts';

/** A person as a directory connector hands it over. */
export interface PersonItem {
  readonly kind: 'person';
  /** Stable across renames: entryUUID, objectGUID, SCIM id; `uid` only where the directory has nothing better. */
  readonly key: string;
  /** Changes whenever the entry does. */
  readonly version: string;
  readonly name: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly title?: string;
  readonly department?: string;
  readonly location?: string;
  readonly phone?: string;
  /** Lower case, the main one first. */
  readonly mails: readonly string[];
  /** Login names, lower case. */
  readonly usernames: readonly string[];
  /** Handles in tools that neither mail nor user name would link: `source` is the name in the configuration. */
  readonly aliases: readonly { readonly source: string; readonly handle: string }[];
  /** The manager's reference: whatever the directory uses to point at entries (a DN, an id). */
  readonly manager?: string;
  /** How other entries of the directory point at this one: its DN or id, lower case. */
  readonly reference: string;
  readonly skills: readonly string[];
  readonly interests: readonly string[];
  /** A profile in the person's own words. */
  readonly description?: string;
  /** The web address of a photo; its bytes stay where they are. */
  readonly photoUrl?: string;
  /** False for people who left and disabled entries: still authors, no longer asked. */
  readonly active: boolean;
  readonly updatedAt?: string;
}

/** A group as a directory connector hands it over. */
export interface GroupItem {
  readonly kind: 'group';
  readonly key: string;
  readonly version: string;
  /** The name readers refer to it by: `cn`. */
  readonly name: string;
  readonly description?: string;
  readonly reference: string;
  /** References of people and of groups inside this one, or user names (posixGroup). */
  readonly members: readonly string[];
  /** The champion's reference: `owner`. */
  readonly champion?: string;
  readonly updatedAt?: string;
}

/** One entry of a directory. */
export type DirectoryItem = PersonItem | GroupItem;

/** A kind of directory connector. */
export type DirectoryConnectorKind = ConnectorKind<DirectoryItem>;
