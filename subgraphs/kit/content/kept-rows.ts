import type { Database } from '../store/database.ts';
import { grouped, type RowCache, type StoreMemory } from '../store/row-cache.ts';
import type { Readable } from './reader.ts';
import { SELECT_ACCOUNTS, type AccountRow, type ItemRow } from './rows.ts';

/** The set of readers of what hangs on an item, as it was when that was read. */
interface Restricted {
  readonly acl: number;
}

/** What an item says for a person. */
export interface Vote extends Restricted {
  readonly person: string;
  readonly weight: number;
  readonly at: string | null;
}

interface Tag extends Restricted {
  readonly tag: string;
}

/** How many items of a set of readers a person has a part in. */
interface Share extends Restricted {
  readonly items: number;
}

/** Rows of a store of documents or conversations that many requests ask for. All is given out by what may be read. */
export class KeptRows {
  readonly #db: Database;
  readonly #memory: StoreMemory;
  readonly #items = new Map<string, RowCache<number, ItemRow & Restricted>>();
  readonly #numbers: RowCache<string, number>;
  readonly #votes: RowCache<number, readonly Vote[]>;
  readonly #tags: RowCache<number, readonly Tag[]>;
  readonly #shares: RowCache<string, readonly Share[]>;
  readonly #accounts: RowCache<number, AccountRow>;

  constructor(db: Database, memory: StoreMemory) {
    this.#db = db;
    this.#memory = memory;
    this.#numbers = memory.keep((names) => {
      const rows = db.all<{ id: number; source: string; key: string }>(
        `SELECT i.id, i.source, i.key FROM item i
         WHERE (i.source, i.key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
        `[${names.join(',')}]`,
      );
      return rows.map(({ id, source, key }) => [nameOf(source, key), id]);
    });
    this.#votes = memory.keep<number, readonly Vote[]>((items) => {
      const rows = db.all<Vote & { item: number }>(
        `SELECT p.item, i.acl, a.person, p.weight, i.updated_at AS at
         FROM json_each(?) h JOIN participation p ON p.item = h.value
           JOIN account a ON a.id = p.account JOIN item i ON i.id = p.item
         WHERE a.person IS NOT NULL`,
        JSON.stringify(items),
      );
      return grouped(items, rows, ({ item }) => item);
    });
    this.#tags = memory.keep<number, readonly Tag[]>((items) => {
      const rows = db.all<{ item: number; acl: number; tag: string }>(
        `SELECT t.item, i.acl, t.tag FROM json_each(?) h JOIN tag t ON t.item = h.value JOIN item i ON i.id = t.item`,
        JSON.stringify(items),
      );
      return grouped(items, rows, ({ item }) => item);
    });
    this.#shares = memory.keep<string, readonly Share[]>((people) => {
      const rows = db.all<Share & { person: string }>(
        `SELECT a.person, n.acl, sum(n.items) AS items
         FROM json_each(?) p JOIN account a ON a.person = p.value JOIN account_items n ON n.account = a.id
         WHERE n.items > 0 GROUP BY a.person, n.acl`,
        JSON.stringify(people),
      );
      return grouped(people, rows, ({ person }) => person);
    });
    this.#accounts = memory.keep((ids) => {
      const rows = db.all<AccountRow>(
        `${SELECT_ACCOUNTS} WHERE a.id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      );
      return rows.map((row) => [row.id, row]);
    });
  }

  /** Items by number, with these columns; undefined for what is not there or not to be read. */
  items<Row extends ItemRow>(columns: string, ids: readonly number[], { acls }: Readable): (Row | undefined)[] {
    const rows = this.#itemsWith(columns).get(ids);
    return rows.map((row) => (row && acls.has(row.acl) ? (row as ItemRow as Row) : undefined));
  }

  /** Items by source and key. */
  itemsNamed<Row extends ItemRow>(
    columns: string,
    names: readonly (Pick<ItemRow, 'source' | 'key'> | undefined)[],
    readable: Readable,
  ): (Row | undefined)[] {
    const wanted = names.map((name) => name && nameOf(name.source, name.key));
    const known = wanted.filter((name) => name !== undefined);
    const numbers = new Map(this.#numbers.get(known).map((number, index) => [known[index] ?? '', number]));
    const ids = wanted.map((name) => numbers.get(name ?? '') ?? 0);
    // A number may by now be that of another item.
    return this.items<Row>(columns, ids, readable).map((row, index) =>
      row && nameOf(row.source, row.key) === wanted[index] ? row : undefined,
    );
  }

  /** What each item says for whom. */
  votes(items: readonly number[], { acls }: Readable): Vote[][] {
    return this.#votes.get(items).map((votes) => (votes ?? []).filter(({ acl }) => acls.has(acl)));
  }

  /** The tags of each item. */
  tags(items: readonly number[], { acls }: Readable): string[][] {
    return this.#tags.get(items).map((tags) => (tags ?? []).flatMap(({ acl, tag }) => (acls.has(acl) ? tag : [])));
  }

  /** How many items each person has a part in. */
  totals(people: readonly string[], { acls }: Readable): number[] {
    return this.#shares
      .get(people)
      .map((shares) => (shares ?? []).reduce((sum, { acl, items }) => sum + (acls.has(acl) ? items : 0), 0));
  }

  /** Accounts by number. Ask only for those of items that may be read. */
  accounts(ids: readonly number[]): (AccountRow | undefined)[] {
    return this.#accounts.get(ids);
  }

  #itemsWith(columns: string): RowCache<number, ItemRow & Restricted> {
    let cache = this.#items.get(columns);
    if (!cache) {
      cache = this.#memory.keep((ids) => {
        const rows = this.#db.all<ItemRow & Restricted>(
          `SELECT ${columns}, i.acl FROM item i WHERE i.id IN (SELECT value FROM json_each(?))`,
          JSON.stringify(ids),
        );
        return rows.map((row) => [row.id, row]);
      });
      this.#items.set(columns, cache);
    }
    return cache;
  }
}

function nameOf(source: string, key: string): string {
  return JSON.stringify([source, key]);
}
