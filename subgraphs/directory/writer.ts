import type { Batch } from '../kit/connector.ts';
import { encodeId } from '../kit/ids.ts';
import { fold } from '../kit/search/analyze.ts';
import { addSegment, mergeSegments } from '../kit/search/segments.ts';
import { guarded } from '../kit/sync/guard.ts';
import { Database, type SqlValue } from '../kit/store/database.ts';
import { stopIfShrunk } from '../kit/sync/shrink.ts';
import type { SyncStore } from '../kit/sync/sync-store.ts';
import { finishBatch, runOfBatch, type RunOf } from '../kit/sync/sync-state.ts';
import type { DirectoryItem, GroupItem, PersonItem } from './connector.ts';
import { resolveMemberships } from './memberships.ts';
import { reportReferences } from './references.ts';
import { directoryShape } from './shape.ts';
import { MIGRATIONS } from './tables.ts';

/** The writing side of the directory's store. */
export class DirectoryWriter implements SyncStore<DirectoryItem> {
  readonly db: Database;

  constructor(path: string) {
    this.db = Database.openWriter(path, MIGRATIONS);
  }

  /** The version stored of an entry. */
  known(source: string, key: string): string | undefined {
    const find = (table: string) =>
      this.db.get<{ version: string }>(`SELECT version FROM ${table} WHERE source = ? AND key = ?`, source, key);
    return (find('person') ?? find('team'))?.version;
  }

  /** How many people and groups of a source are stored; with `run`, those among them that it has seen. */
  countItems(source: string, run?: number): number {
    const count = (table: string) => {
      const sql = `SELECT count(*) AS n FROM ${table} WHERE source = ? AND run = coalesce(?, run)`;
      return this.db.get<{ n: number }>(sql, source, run ?? null)?.n ?? 0;
    };
    return count('person') + count('team');
  }

  /** Stores a batch and its cursor in one transaction: all or nothing. */
  apply(begun: RunOf, given: Batch<DirectoryItem>): RunOf {
    const batch = guarded(given, directoryShape);
    return this.db.transaction(() => {
      const run = runOfBatch(this.db, begun, batch);
      const { source } = run;
      const items = batch.upserts;
      this.#upsertPeople(
        run,
        items.filter((item) => item.kind === 'person'),
      );
      for (const item of items) if (item.kind === 'group') this.#upsertGroup(run, item);
      for (const key of batch.deletes) this.#delete('source = ? AND key = ?', source, key);
      for (const key of batch.unchanged) {
        for (const table of ['person', 'team']) {
          this.db.run(`UPDATE ${table} SET run = ? WHERE source = ? AND key = ?`, run.run, source, key);
        }
      }
      stopIfShrunk(this, run, batch);
      if (batch.sweep) this.#delete('source = ? AND run <> ?', source, run.run);
      if (items.length > 0 || batch.deletes.length > 0 || batch.sweep) this.#setDirty(1);
      finishBatch(this.db, run, batch);
      return run;
    });
  }

  /** Works out who is in which group, once a sync has brought everybody: groups may come before their members. */
  complete(): void {
    if (this.db.get<{ value: number }>(`SELECT value FROM counter WHERE name = 'dirty'`)?.value !== 1) return;
    this.db.transaction(() => {
      const odd = resolveMemberships(this.db, () => this.#next('seq'));
      reportReferences(this.db, odd);
      const alive = new Set(this.db.all<{ docno: number }>('SELECT docno FROM person').map(({ docno }) => docno));
      mergeSegments(this.db, (doc) => alive.has(doc));
      this.#setDirty(0);
    });
  }

  /** Removes all of a source that is no longer configured. */
  removeSource(source: string): void {
    this.db.transaction(() => {
      this.#delete('source = ?', source);
      this.db.run('DELETE FROM problem WHERE source = ?', source);
      this.db.run('DELETE FROM source WHERE name = ?', source);
      this.#setDirty(1);
    });
    this.complete();
  }

  close(): void {
    this.db.close();
  }

  #upsertPeople(run: RunOf, people: readonly PersonItem[]): void {
    if (people.length === 0) return;
    const numbers = people.map(() => this.#next('docno'));
    const lengths = addSegment(
      this.db,
      people.map((person, index) => ({ number: numbers[index] ?? 0, fields: profileOf(person) })),
    );
    for (const [index, person] of people.entries()) {
      this.#writePerson(run, person, { docno: numbers[index] ?? 0, length: lengths[index] ?? 0 });
    }
  }

  #writePerson({ source, run }: RunOf, person: PersonItem, index: { docno: number; length: number }): void {
    const { db } = this;
    const before = db.get<{ id: number }>('SELECT id FROM person WHERE source = ? AND key = ?', source, person.key);
    const row: Record<string, SqlValue> = {
      gid: encodeId({ type: 'person', source, key: person.key }),
      source,
      key: person.key,
      version: person.version,
      run,
      seq: this.#next('seq'),
      ...index,
      reference: person.reference.toLowerCase(),
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
      skills: JSON.stringify(person.skills),
      interests: JSON.stringify(person.interests),
      description: person.description ?? null,
      photo_url: person.photoUrl ?? null,
      active: person.active ? 1 : 0,
      updated_at: person.updatedAt ?? null,
    };
    const id = this.#write('person', before?.id, row);
    db.run('DELETE FROM handle WHERE person = ?', id);
    for (const handle of new Set([...person.mails, ...person.usernames].map((text) => text.toLowerCase()))) {
      db.run('INSERT INTO handle (handle, person) VALUES (?, ?)', handle, id);
    }
    const { name, title, department, location, skills, description } = person;
    this.#index('person_text', id, [name, title, department, location, ...skills, description, ...person.mails]);
  }

  #upsertGroup({ source, run }: RunOf, group: GroupItem): void {
    const { db } = this;
    const before = db.get<{ id: number }>('SELECT id FROM team WHERE source = ? AND key = ?', source, group.key);
    const id = this.#write('team', before?.id, {
      gid: encodeId({ type: 'group', source, key: group.key }),
      source,
      key: group.key,
      version: group.version,
      run,
      seq: this.#next('seq'),
      reference: group.reference.toLowerCase(),
      name: group.name,
      description: group.description ?? null,
      champion: group.champion?.toLowerCase() ?? null,
      updated_at: group.updatedAt ?? null,
    });
    db.run('DELETE FROM member WHERE team = ?', id);
    for (const member of new Set(group.members.map((reference) => reference.toLowerCase()))) {
      db.run('INSERT INTO member (team, reference) VALUES (?, ?)', id, member);
    }
    this.#index('team_text', id, [group.name, group.description]);
  }

  /** Inserts a row, or changes it where it is: its number stays, and so do memberships until they are worked out anew. */
  #write(table: string, id: number | undefined, row: Readonly<Record<string, SqlValue>>): number {
    const names = Object.keys(row);
    if (id === undefined) {
      return this.db.run(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        ...Object.values(row),
      );
    }
    this.db.run(
      `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
      ...Object.values(row),
      id,
    );
    return id;
  }

  #index(table: string, id: number, texts: readonly (string | undefined)[]): void {
    this.db.run(`DELETE FROM ${table} WHERE rowid = ?`, id);
    const text = texts.filter((part) => part !== undefined).join('\n');
    this.db.run(`INSERT INTO ${table} (rowid, text) VALUES (?, ?)`, id, fold(text));
  }

  #delete(condition: string, ...values: SqlValue[]): void {
    const at = new Date().toISOString();
    for (const table of ['person', 'team']) {
      const rows = this.db.all<{ id: number; gid: string }>(
        `SELECT id, gid FROM ${table} WHERE ${condition}`,
        ...values,
      );
      for (const { id, gid } of rows) {
        this.db.run(`DELETE FROM ${table} WHERE id = ?`, id);
        this.db.run(`DELETE FROM ${table}_text WHERE rowid = ?`, id);
        this.db.run(`DELETE FROM team_person WHERE ${table} = ?`, id);
        this.db.run(
          table === 'person' ? 'DELETE FROM handle WHERE person = ?' : 'DELETE FROM member WHERE team = ?',
          id,
        );
        // The ranking knows people by number only; groups have none there.
        const item = table === 'person' ? id : 0;
        this.db.run('INSERT INTO removed (seq, item, gid, at) VALUES (?, ?, ?, ?)', this.#next('seq'), item, gid, at);
      }
    }
  }

  #next(name: string): number {
    const row = this.db.get<{ value: number }>(
      `INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
      name,
    );
    return row?.value ?? 1;
  }

  #setDirty(value: 0 | 1): void {
    this.db.run(`INSERT OR REPLACE INTO counter (name, value) VALUES ('dirty', ?)`, value);
  }
}

/** What of a person is searched when experts are looked for: one item by that person on what they know. */
function profileOf(person: PersonItem) {
  return [
    { text: [person.title, ...person.skills].join('\n'), weight: 2 },
    { text: [person.description, ...person.interests, person.department].join('\n'), weight: 1 },
  ];
}
