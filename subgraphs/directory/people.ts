import { withoutContacts } from '../kit/contact.ts';
import { personId } from '../kit/ids.ts';
import { fold } from '../kit/search/analyze.ts';
import { addSegment } from '../kit/search/segments.ts';
import type { Database, SqlValue } from '../kit/store/database.ts';
import type { RunOf } from '../kit/sync/sync-state.ts';
import type { PersonItem } from './connector.ts';
import { mergeEntries, peopleAround, type EntryRow, type MergedPerson } from './merging.ts';

/**
 * The people of the store: what each source says of somebody is an entry, and entries that are one person are shown as
 * one. Within the caller's transaction, `settle` brings what is shown in line with the entries that changed.
 */
export class People {
  readonly #db: Database;
  readonly #next: (counter: 'seq' | 'docno') => number;
  /** Entries that changed, and addresses that entries have or had. */
  readonly #entries = new Set<number>();
  readonly #mails = new Set<string>();

  constructor(db: Database, next: (counter: 'seq' | 'docno') => number) {
    this.#db = db;
    this.#next = next;
  }

  /** Takes in what a source says of a person. */
  record({ source, run }: RunOf, item: PersonItem): void {
    const db = this.#db;
    const before = db.get<{ id: number }>('SELECT id FROM entry WHERE source = ? AND key = ?', source, item.key);
    const values = [item.version, run, item.reference.toLowerCase(), JSON.stringify(item)];
    const id =
      before?.id ??
      db.run(
        `INSERT INTO entry (gid, source, key, version, run, reference, item, person) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
        personId({ source, key: item.key }, db.cursors),
        source,
        item.key,
        ...values,
      );
    if (before) db.run('UPDATE entry SET version = ?, run = ?, reference = ?, item = ? WHERE id = ?', ...values, id);
    this.#touch(id);
    db.run('DELETE FROM entry_mail WHERE entry = ?', id);
    for (const mail of new Set(item.mails.map((text) => text.toLowerCase()))) {
      db.run('INSERT INTO entry_mail (mail, entry) VALUES (?, ?)', mail, id);
      this.#mails.add(mail);
    }
    // Shown anew, even if the version is as it was.
    db.run(`UPDATE person SET made_of = '' WHERE id = (SELECT person FROM entry WHERE id = ?)`, id);
  }

  /** Forgets what sources said, of the entries that fulfil the condition. */
  forget(condition: string, ...values: SqlValue[]): void {
    const db = this.#db;
    for (const { id } of db.all<{ id: number }>(`SELECT id FROM entry WHERE ${condition}`, ...values)) {
      this.#touch(id);
      this.#hide(id);
      db.run('DELETE FROM entry_mail WHERE entry = ?', id);
      db.run('DELETE FROM entry WHERE id = ?', id);
    }
  }

  /** Looks at everybody anew: for when the order of the sources has changed. */
  touchAll(): void {
    for (const { id } of this.#db.all<{ id: number }>('SELECT id FROM entry')) this.#entries.add(id);
  }

  /**
   * Shows the people of the entries that changed. Whoever is parted from them or joined to them has, or has with
   * somebody in between, an address in common with what they were or are.
   * @param sources all of them, in the order of the configuration
   */
  settle(sources: readonly string[]): void {
    const holders = this.#db.all<{ entry: number }>(
      'SELECT DISTINCT entry FROM entry_mail WHERE mail IN (SELECT value FROM json_each(?))',
      JSON.stringify([...this.#mails]),
    );
    const waiting = new Set([...this.#entries, ...holders.map(({ entry }) => entry)]);
    this.#entries.clear();
    this.#mails.clear();
    const places = new Map(sources.map((source, index) => [source, index]));
    const changed: (readonly EntryRow[])[] = [];
    const done = new Set<number>();
    for (const id of waiting) {
      if (done.has(id)) continue;
      for (const entries of peopleAround(this.#db, id, places)) {
        for (const entry of entries) done.add(entry.id);
        if (this.#isChanged(entries)) changed.push(entries);
      }
    }
    if (changed.length > 0) this.#show(changed);
  }

  #touch(id: number): void {
    this.#entries.add(id);
    for (const { mail } of this.#db.all<{ mail: string }>('SELECT mail FROM entry_mail WHERE entry = ?', id)) {
      this.#mails.add(mail);
    }
  }

  #isChanged(entries: readonly EntryRow[]): boolean {
    const id = entries[0]?.id ?? 0;
    const shown = this.#db.get<{ made_of: string }>('SELECT made_of FROM person WHERE id = ?', id);
    return shown?.made_of !== madeOf(entries) || entries.some(({ person }) => person !== id);
  }

  #show(people: readonly (readonly EntryRow[])[]): void {
    const db = this.#db;
    const merged = people.map((entries) => ({ entries, person: mergeEntries(entries), docno: this.#next('docno') }));
    const lengths = addSegment(
      db,
      merged.map(({ person, docno }) => ({ number: docno, fields: profileOf(person) })),
    );
    for (const [index, { entries, person, docno }] of merged.entries()) {
      const [lead, ...others] = entries as [EntryRow, ...EntryRow[]];
      for (const { id } of others) this.#hide(id);
      for (const { id } of entries) db.run('UPDATE entry SET person = ? WHERE id = ?', lead.id, id);
      this.#write(lead, person, { docno, length: lengths[index] ?? 0, made_of: madeOf(entries) });
    }
  }

  #write(lead: EntryRow, person: MergedPerson, more: Readonly<Record<string, SqlValue>>): void {
    const db = this.#db;
    const row: Record<string, SqlValue> = {
      id: lead.id,
      gid: lead.gid,
      source: lead.source,
      seq: this.#next('seq'),
      ...more,
      name: person.name,
      given_name: person.givenName ?? null,
      family_name: person.familyName ?? null,
      title: person.title ?? null,
      department: person.department ?? null,
      location: person.location ?? null,
      phone: person.phone ?? null,
      mails: JSON.stringify(person.mails),
      usernames: JSON.stringify(person.usernames),
      aliases: JSON.stringify(person.aliases),
      manager: person.manager?.toLowerCase() ?? null,
      manager_source: person.managerSource,
      skills: JSON.stringify(person.skills),
      interests: JSON.stringify(person.interests),
      description: person.description ?? null,
      photo_url: person.photoUrl ?? null,
      active: person.active ? 1 : 0,
      updated_at: person.updatedAt ?? null,
    };
    const names = Object.keys(row);
    // Memberships stay until they are worked out anew.
    db.run(
      `INSERT INTO person (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
       ON CONFLICT (id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      ...Object.values(row),
    );
    db.run('DELETE FROM handle WHERE person = ?', lead.id);
    for (const handle of new Set([...person.mails, ...person.usernames].map((text) => text.toLowerCase()))) {
      db.run('INSERT INTO handle (handle, person) VALUES (?, ?)', handle, lead.id);
    }
    // Addresses are found by `handle`, by those who may see them.
    const { name, title, department, location, skills, description } = person;
    const texts = [withoutContacts(name), title, department, location, ...skills, description];
    db.run('DELETE FROM person_text WHERE rowid = ?', lead.id);
    db.run(
      'INSERT INTO person_text (rowid, text) VALUES (?, ?)',
      lead.id,
      fold(texts.filter((text) => text !== undefined).join('\n')),
    );
  }

  /** Shows an entry no longer as somebody of their own: it is gone, or is of somebody who is shown as another entry. */
  #hide(id: number): void {
    const db = this.#db;
    const shown = db.get<{ gid: string }>('SELECT gid FROM person WHERE id = ?', id);
    if (shown === undefined) return;
    db.run('DELETE FROM person WHERE id = ?', id);
    db.run('DELETE FROM person_text WHERE rowid = ?', id);
    db.run('DELETE FROM team_person WHERE person = ?', id);
    db.run('DELETE FROM handle WHERE person = ?', id);
    const at = new Date().toISOString();
    db.run('INSERT INTO removed (seq, item, gid, at) VALUES (?, ?, ?, ?)', this.#next('seq'), id, shown.gid, at);
  }
}

/** The entries a person is made of, and how they were; `[[number, version], …]`, as the migration writes it too. */
function madeOf(entries: readonly EntryRow[]): string {
  return JSON.stringify(entries.map(({ id, version }) => [id, version]));
}

/** What of a person is searched when experts are looked for: one item by that person on what they know. */
function profileOf(person: MergedPerson) {
  return [
    { text: [person.title, ...person.skills].join('\n'), weight: 2 },
    { text: [person.description, ...person.interests, person.department].join('\n'), weight: 1 },
  ];
}
