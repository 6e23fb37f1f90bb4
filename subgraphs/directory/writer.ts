import type { Batch } from '../kit/connector.ts';
import { encodeId } from '../kit/ids.ts';
import { fold } from '../kit/search/analyze.ts';
import { mergeSegments } from '../kit/search/segments.ts';
import { guarded } from '../kit/sync/guard.ts';
import { Database, type SqlValue } from '../kit/store/database.ts';
import { stopIfShrunk } from '../kit/sync/shrink.ts';
import type { Applied, SyncStore } from '../kit/sync/sync-store.ts';
import { finishBatch, runOfBatch, type RunOf } from '../kit/sync/sync-state.ts';
import type { DirectoryItem, GroupItem } from './connector.ts';
import { resolveMemberships } from './memberships.ts';
import { People } from './people.ts';
import { reportReferences } from './references.ts';
import { directoryShape } from './shape.ts';
import { MIGRATIONS } from './tables.ts';

/** The writing side of the directory's store. */
export class DirectoryWriter implements SyncStore<DirectoryItem> {
  readonly db: Database;

  readonly #people: People;

  constructor(path: string) {
    this.db = Database.openWriter(path, MIGRATIONS);
    this.#people = new People(this.db, (counter) => this.#next(counter));
  }

  /** Takes the order of the sources: the first that knows somebody leads in what is shown of them. */
  configured(sources: readonly string[]): void {
    if (JSON.stringify(this.#places()) === JSON.stringify(sources)) return;
    this.db.transaction(() => {
      this.db.run('DELETE FROM place');
      for (const [place, source] of sources.entries()) {
        this.db.run('INSERT INTO place (source, place) VALUES (?, ?)', source, place);
      }
      this.#people.touchAll();
      this.#people.settle(sources);
      this.#setDirty(1);
    });
    this.complete();
  }

  /** The version stored of an entry. */
  known(source: string, key: string): string | undefined {
    const find = (table: string) =>
      this.db.get<{ version: string }>(`SELECT version FROM ${table} WHERE source = ? AND key = ?`, source, key);
    return (find('entry') ?? find('team'))?.version;
  }

  /** How many people and groups of a source are stored; with `run`, those among them that it has seen. */
  countItems(source: string, run?: number): number {
    const count = (table: string) => {
      const sql = `SELECT count(*) AS n FROM ${table} WHERE source = ? AND run = coalesce(?, run)`;
      return this.db.get<{ n: number }>(sql, source, run ?? null)?.n ?? 0;
    };
    return count('entry') + count('team');
  }

  /** Stores a batch and its cursor in one transaction: all or nothing. */
  apply(begun: RunOf, given: Batch<DirectoryItem>): Applied {
    const batch = guarded(given, directoryShape);
    return this.db.transaction(() => {
      const run = runOfBatch(this.db, begun, batch);
      const { source } = run;
      const items = batch.upserts;
      for (const item of items) {
        if (item.kind === 'person') this.#people.record(run, item);
        else this.#upsertGroup(run, item);
      }
      for (const key of batch.deletes) this.#delete('source = ? AND key = ?', source, key);
      for (const key of batch.unchanged) {
        for (const table of ['entry', 'team']) {
          this.db.run(`UPDATE ${table} SET run = ? WHERE source = ? AND key = ?`, run.run, source, key);
        }
      }
      stopIfShrunk(this, run, batch);
      const swept = batch.sweep ? this.countItems(source) - this.countItems(source, run.run) : 0;
      if (batch.sweep) this.#delete('source = ? AND run <> ?', source, run.run);
      this.#people.settle(this.#places());
      if (items.length > 0 || batch.deletes.length > 0 || batch.sweep) this.#setDirty(1);
      finishBatch(this.db, run, batch);
      return { source, run: run.run, swept };
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
      this.#people.settle(this.#places());
      this.db.run('DELETE FROM problem WHERE source = ?', source);
      this.db.run('DELETE FROM source WHERE name = ?', source);
      this.#setDirty(1);
    });
    this.complete();
  }

  close(): void {
    this.db.close();
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
    this.#people.forget(condition, ...values);
    const at = new Date().toISOString();
    const rows = this.db.all<{ id: number; gid: string }>(`SELECT id, gid FROM team WHERE ${condition}`, ...values);
    for (const { id, gid } of rows) {
      this.db.run('DELETE FROM team WHERE id = ?', id);
      this.db.run('DELETE FROM team_text WHERE rowid = ?', id);
      this.db.run('DELETE FROM team_person WHERE team = ?', id);
      this.db.run('DELETE FROM member WHERE team = ?', id);
      // The ranking knows people by number only; groups have none there.
      this.db.run('INSERT INTO removed (seq, item, gid, at) VALUES (?, 0, ?, ?)', this.#next('seq'), gid, at);
    }
  }

  /** The sources in the order of the configuration. */
  #places(): string[] {
    return this.db.all<{ source: string }>('SELECT source FROM place ORDER BY place').map(({ source }) => source);
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
