import type { Database } from '../kit/store/database.ts';
import type { PersonItem } from './connector.ts';

/** What one source says of one person, as the store has it. */
export interface EntryRow {
  readonly id: number;
  readonly gid: string;
  readonly source: string;
  readonly version: string;
  /** A `PersonItem` as JSON. */
  readonly item: string;
  /** The number of the person it is shown as: that of the leading entry. */
  readonly person: number;
}

/** Where each source stands in the configuration. */
export type Places = ReadonlyMap<string, number>;

/** What is shown of a person: what the leading entry says, and what only others say. */
export type MergedPerson = Omit<PersonItem, 'kind' | 'key' | 'version' | 'reference'> & {
  /** The source that `manager` points within. */
  readonly managerSource: string;
};

/**
 * The people that an entry and those linked to it are, each as their entries, the leading one first. Entries of different
 * sources are one person if they have a mail address in common that no source has twice; names say nothing. Where that
 * would make one of two entries of the same source, a directory is in error, and all of them stay apart.
 */
export function peopleAround(db: Database, id: number, places: Places): (readonly EntryRow[])[] {
  const found = new Set([id]);
  for (const entry of found) for (const other of linkedTo(db, entry, places.size)) found.add(other);
  const entries = db
    .all<EntryRow>(
      `SELECT id, gid, source, version, item, person FROM entry WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify([...found]),
    )
    .toSorted((a, b) => placeOf(a, places) - placeOf(b, places) || (a.source < b.source ? -1 : 1));
  const isClear = new Set(entries.map(({ source }) => source)).size === entries.length;
  return isClear && entries.length > 0 ? [entries] : entries.map((entry) => [entry]);
}

function placeOf({ source }: EntryRow, places: Places): number {
  return places.get(source) ?? Number.MAX_SAFE_INTEGER;
}

/** Entries that share an address with this one, each the only one of its source with it. */
function linkedTo(db: Database, entry: number, sources: number): number[] {
  const mails = db.all<{ mail: string }>('SELECT mail FROM entry_mail WHERE entry = ?', entry);
  return mails.flatMap(({ mail }) => {
    // One more than there are sources: some source has it twice.
    const holders = db.all<{ id: number; source: string }>(
      'SELECT e.id, e.source FROM entry_mail m JOIN entry e ON e.id = m.entry WHERE m.mail = ? LIMIT ?',
      mail,
      sources + 1,
    );
    const isUnique = new Set(holders.map(({ source }) => source)).size === holders.length;
    return isUnique ? holders.map(({ id }) => id) : [];
  });
}

/** One person of what several sources say: the first leads, the others fill what it leaves open, and add to lists. */
export function mergeEntries(entries: readonly EntryRow[]): MergedPerson {
  const items = entries.map(({ source, item }) => ({ source, ...(JSON.parse(item) as PersonItem) }));
  const [lead] = items as [PersonItem & { source: string }];
  const all = <Value>(listOf: (item: PersonItem) => readonly Value[], keyOf: (value: Value) => string): Value[] => {
    const values = new Map<string, Value>();
    for (const value of items.flatMap(listOf)) if (!values.has(keyOf(value))) values.set(keyOf(value), value);
    return [...values.values()];
  };
  const first = <
    Name extends
      | 'givenName'
      | 'familyName'
      | 'title'
      | 'department'
      | 'location'
      | 'phone'
      | 'description'
      | 'photoUrl',
  >(
    name: Name,
  ): { [N in Name]?: string } => {
    const value = items.map((item) => item[name]).find(Boolean);
    return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: string };
  };
  const lower = (text: string): string => text.toLowerCase();
  const manager = items.find((item) => item.manager);
  const updatedAt = items
    .flatMap((item) => item.updatedAt ?? [])
    .toSorted()
    .at(-1);
  return {
    name: lead.name,
    ...first('givenName'),
    ...first('familyName'),
    ...first('title'),
    ...first('department'),
    ...first('location'),
    ...first('phone'),
    mails: all(({ mails }) => mails, lower),
    usernames: all(({ usernames }) => usernames, lower),
    aliases: all(
      ({ aliases }) => aliases,
      ({ source, handle }) => `${source}\n${handle}`,
    ),
    ...(manager?.manager ? { manager: manager.manager } : {}),
    managerSource: manager?.source ?? lead.source,
    skills: all(({ skills }) => skills, lower),
    interests: all(({ interests }) => interests, lower),
    ...first('description'),
    ...first('photoUrl'),
    active: lead.active,
    ...(updatedAt === undefined ? {} : { updatedAt }),
  };
}
