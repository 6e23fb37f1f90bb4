/** A person as every directory is loaded with them; the subject translates it into the tool's own. */
export interface PersonSeed {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** The main one first. */
  readonly mails: readonly string[];
  readonly usernames: readonly string[];
  /** `<source>:<handle>`. */
  readonly aliases: readonly string[];
  readonly hasLeft: boolean;
  /** Where in the directory the entry lies: `hq` or `lab`. */
  readonly place: string;
}

/** People, and who is in which group: ids, or `group:<name>` for a group inside it. */
export interface DirectorySeed {
  readonly people: readonly PersonSeed[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Something about a directory that not every one has. */
export type DirectoryAbility = 'nested groups' | 'moves' | 'aliases' | 'several user names';

/** A person with one of everything. */
export function person(id: string, more: Partial<PersonSeed> = {}): PersonSeed {
  return {
    id,
    name: `${id.charAt(0).toUpperCase()}${id.slice(1)} Ångström`,
    title: 'Engineer',
    mails: [`${id}@kestrel.example`],
    usernames: [id],
    aliases: [],
    hasLeft: false,
    place: 'hq',
    ...more,
  };
}
