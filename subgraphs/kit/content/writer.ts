import type { Batch } from '../connector.ts';
import { personOf } from '../identity/link.ts';
import { addSegment, mergeSegments } from '../search/segments.ts';
import { Database, type SqlValue } from '../store/database.ts';
import { guarded } from '../sync/guard.ts';
import { stopIfShrunk } from '../sync/shrink.ts';
import type { Applied, SyncStore } from '../sync/sync-store.ts';
import { finishBatch, runOfBatch, type RunOf } from '../sync/sync-state.ts';
import type { ContentArea } from './area.ts';
import type { Account, AccountState, ContentItem } from './item.ts';
import { normalUrl } from './urls.ts';

/** Most addresses kept of one item; pages with more are lists of links. */
const MAX_LINKS = 200;

/** The writing side of a store of documents or conversations. There is one per file. */
export class ContentWriter<Item extends ContentItem> implements SyncStore<Item> {
  readonly db: Database;
  readonly #area: ContentArea<Item>;
  #alive: Set<number> | undefined;
  #accounts = new Map<string, number>();

  constructor(area: ContentArea<Item>, path: string) {
    this.#area = area;
    this.db = Database.openWriter(path, area.migrations);
  }

  /** The version stored of an item. */
  known(source: string, key: string): string | undefined {
    return this.db.get<{ version: string }>('SELECT version FROM item WHERE source = ? AND key = ?', source, key)
      ?.version;
  }

  /** How many items of a source are stored; with `run`, those among them that it has seen. */
  countItems(source: string, run?: number): number {
    const sql = 'SELECT count(*) AS n FROM item WHERE source = ? AND run = coalesce(?, run)';
    return this.db.get<{ n: number }>(sql, source, run ?? null)?.n ?? 0;
  }

  /** Stores a batch and its cursor in one transaction: all or nothing. */
  apply(begun: RunOf, given: Batch<Item>): Applied {
    const batch = guarded(given, this.#area.shape);
    try {
      return this.db.transaction(() => {
        const run = runOfBatch(this.db, begun, batch);
        const { source } = run;
        this.#upsert(run, batch.upserts);
        for (const key of batch.deletes) this.#deleteWhere('source = ? AND key = ?', source, key);
        for (const key of batch.unchanged) {
          this.db.run('UPDATE item SET run = ? WHERE source = ? AND key = ?', run.run, source, key);
        }
        stopIfShrunk(this, run, batch);
        const swept = batch.sweep ? this.countItems(source) - this.countItems(source, run.run) : 0;
        if (batch.sweep) this.#deleteWhere('source = ? AND run <> ?', source, run.run);
        this.#saveStates(source, batch.accounts ?? []);
        const alive = this.#living();
        mergeSegments(this.db, (doc) => alive.has(doc));
        finishBatch(this.db, run, batch);
        return { source, run: run.run, swept };
      });
    } catch (error) {
      // What is held in memory may be ahead of the store now.
      this.#alive = undefined;
      this.#accounts = new Map();
      throw error;
    }
  }

  /** Removes all of a source that is no longer configured. */
  removeSource(source: string): void {
    this.db.transaction(() => {
      this.#deleteWhere('source = ?', source);
      this.db.run('DELETE FROM account WHERE source = ?', source);
      this.db.run('DELETE FROM problem WHERE source = ?', source);
      this.db.run('DELETE FROM source WHERE name = ?', source);
    });
    this.#accounts = new Map();
  }

  close(): void {
    this.db.close();
  }

  #upsert(run: RunOf, items: readonly Item[]): void {
    const first = this.#count('docno', items.length);
    const lengths = addSegment(
      this.db,
      items.map((item, index) => ({ number: first + index, fields: this.#area.fields(item) })),
    );
    for (const [index, item] of items.entries()) {
      this.#write(run, item, { docno: first + index, length: lengths[index] ?? 0 });
    }
  }

  #write({ source, run }: RunOf, item: Item, index: { docno: number; length: number }): void {
    const { db } = this;
    const before = db.get<{ id: number; docno: number; acl: number }>(
      'SELECT id, docno, acl FROM item WHERE source = ? AND key = ?',
      source,
      item.key,
    );
    if (before) this.#clear(before);
    const accountOf = (account: Account) => this.#accountId(source, account);
    const people = this.#area.participants(item);
    const author = people.find(({ role }) => role === 'AUTHOR');
    const acl = this.#aclId(source, item);
    const urlKey = item.url === undefined ? undefined : normalUrl(item.url);
    const row: Record<string, SqlValue> = {
      source,
      key: item.key,
      version: item.version,
      run,
      seq: this.#count('seq'),
      ...index,
      acl,
      prior: this.#area.prior(item),
      url: urlKey === undefined ? null : (item.url ?? null),
      url_key: urlKey ?? null,
      title: item.title,
      created_at: item.createdAt ?? null,
      updated_at: item.updatedAt ?? item.createdAt ?? null,
      author: author ? accountOf(author.account) : null,
      ...this.#area.columns(item),
      body: item.body,
      ...(before && { id: before.id }),
    };
    const names = Object.keys(row);
    const id = db.run(
      `INSERT OR REPLACE INTO item (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...Object.values(row),
    );
    this.#living().add(index.docno);
    for (const [rank, { account, role, weight }] of people.entries()) {
      const accountNumber = accountOf(account);
      // Two spellings of one account in one item: the first one, which has more weight, stands.
      db.run(
        'INSERT OR IGNORE INTO participation (item, account, role, weight, rank) VALUES (?, ?, ?, ?, ?)',
        id,
        accountNumber,
        role,
        weight,
        rank,
      );
    }
    db.run(
      `INSERT INTO account_items (account, acl, items) SELECT account, ?, 1 FROM participation WHERE item = ?
       ON CONFLICT DO UPDATE SET items = items + 1`,
      acl,
      id,
    );
    for (const tag of item.tags) db.run('INSERT OR IGNORE INTO tag (item, tag) VALUES (?, ?)', id, tag);
    const links = new Set(item.links.map(normalUrl).filter((url) => url !== undefined));
    for (const url of [...links].slice(0, MAX_LINKS)) db.run('INSERT INTO link (item, url) VALUES (?, ?)', id, url);
    this.#area.writeParts?.(db, id, item, accountOf);
  }

  #deleteWhere(condition: string, ...values: SqlValue[]): void {
    const rows = this.db.all<{ id: number; docno: number; acl: number; source: string; key: string }>(
      `SELECT id, docno, acl, source, key FROM item WHERE ${condition}`,
      ...values,
    );
    for (const row of rows) {
      this.#clear(row);
      this.db.run('DELETE FROM item WHERE id = ?', row.id);
      this.db.run(
        'INSERT INTO removed (seq, item, source, key, acl, at) VALUES (?, ?, ?, ?, ?, ?)',
        this.#count('seq'),
        row.id,
        row.source,
        row.key,
        row.acl,
        new Date().toISOString(),
      );
    }
  }

  /** Takes away all that hangs on an item, but not the item. */
  #clear({ id, docno, acl }: { id: number; docno: number; acl: number }): void {
    this.#living().delete(docno);
    this.db.run(
      `UPDATE account_items SET items = items - 1
       WHERE acl = ? AND account IN (SELECT account FROM participation WHERE item = ?)`,
      acl,
      id,
    );
    for (const table of ['participation', 'tag', 'link']) this.db.run(`DELETE FROM ${table} WHERE item = ?`, id);
    this.#area.deleteParts?.(this.db, id);
  }

  #aclId(ofSource: string, item: Pick<ContentItem, 'readers' | 'container'>): number {
    const distinct = [...new Set(item.readers.map((reader) => reader.toLowerCase()))].toSorted();
    const readers = distinct.join('\n');
    const [source, container] = distinct.includes('everyone') ? ['', ''] : [ofSource, item.container ?? ''];
    const stored = this.db.get<{ id: number }>(
      'SELECT id FROM acl WHERE readers = ? AND source = ? AND container = ?',
      readers,
      source,
      container,
    );
    if (stored) return stored.id;
    const id = this.db.run('INSERT INTO acl (readers, source, container) VALUES (?, ?, ?)', readers, source, container);
    for (const reader of distinct) this.db.run('INSERT INTO acl_reader (reader, acl) VALUES (?, ?)', reader, id);
    return id;
  }

  #accountId(source: string, account: Account): number {
    const signature = JSON.stringify([source, account.handle, account.name, account.mail]);
    const held = this.#accounts.get(signature);
    if (held !== undefined) return held;
    const mail = account.mail ?? null;
    this.db.run(
      `INSERT INTO account (source, handle, name, mail) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = coalesce(excluded.name, name), mail = coalesce(excluded.mail, mail)`,
      source,
      account.handle,
      account.name ?? null,
      mail,
    );
    const row = this.db.get<{ id: number; mail: string | null }>(
      'SELECT id, mail FROM account WHERE source = ? AND handle = ?',
      source,
      account.handle,
    );
    const id = row?.id ?? 0;
    const person = personOf(this.db, { source, handle: account.handle, mail: row?.mail ?? null });
    this.db.run('UPDATE account SET person = ? WHERE id = ?', person, id);
    if (this.#accounts.size > 50_000) this.#accounts.clear();
    this.#accounts.set(signature, id);
    return id;
  }

  #saveStates(source: string, accounts: readonly AccountState[]): void {
    for (const account of accounts) {
      this.db.run(
        `UPDATE account SET reputation = coalesce(?, reputation), last_seen_at = coalesce(?, last_seen_at)
         WHERE id = ?`,
        account.reputation ?? null,
        account.lastSeenAt ?? null,
        this.#accountId(source, account),
      );
    }
    // No item changed, but what was remembered of the store as it was is out of date.
    if (accounts.length > 0) this.#count('seq');
  }

  /** Draws the next `amount` numbers of a counter; the first of them. */
  #count(name: string, amount = 1): number {
    const row = this.db.get<{ value: number }>(
      `INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value
       RETURNING value`,
      name,
      amount,
    );
    return (row?.value ?? amount) - amount + 1;
  }

  #living(): Set<number> {
    this.#alive ??= new Set(this.db.all<{ docno: number }>('SELECT docno FROM item').map(({ docno }) => docno));
    return this.#alive;
  }
}
