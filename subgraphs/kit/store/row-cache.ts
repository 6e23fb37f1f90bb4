import { LRUCache } from 'lru-cache';
import type { Database } from './database.ts';

/** How much one cache holds at most, in characters; each value counts a hundred besides its text. */
const MAX_SIZE = 5_000_000;
const LEAST_SIZE = 100;

/** What was read of a store, kept in memory until others change the store. */
export class StoreMemory {
  readonly #db: Database;
  readonly #caches: RowCache<never, never>[] = [];
  #version = -1;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Forgets everything if the store was changed since the last call. Every request begins with this. */
  refresh(): void {
    const version = this.#db.dataVersion;
    if (version === this.#version) return;
    this.#version = version;
    for (const cache of this.#caches) cache.clear();
  }

  /** A cache of its own for what `read` reads. */
  keep<Key extends string | number, Value extends object | number>(read: Read<Key, Value>): RowCache<Key, Value> {
    const cache = new RowCache(read);
    this.#caches.push(cache as unknown as RowCache<never, never>);
    return cache;
  }
}

/** Reads what the store has for these keys, in one question; what it has not is left out. */
export type Read<Key, Value> = (keys: readonly Key[]) => Iterable<readonly [Key, Value]>;

/**
 * Values of a store by key, for every viewer: whoever hands something out looks first whether it may be read. A value is
 * never older than the last `refresh`, but may be newer than another one: what is to be judged by its readers has them
 * with it.
 */
export class RowCache<Key extends string | number, Value extends object | number> {
  readonly #kept = new LRUCache<Key, Value>({ maxSize: MAX_SIZE });
  readonly #read: Read<Key, Value>;

  constructor(read: Read<Key, Value>) {
    this.#read = read;
  }

  /** The values of these keys, in their order; undefined for what the store has not. */
  get(keys: readonly Key[]): (Value | undefined)[] {
    const values = keys.map((key) => this.#kept.get(key));
    const missing = keys.filter((_, index) => values[index] === undefined);
    if (missing.length === 0) return values;
    const found = new Map(this.#read([...new Set(missing)]));
    // Shared by requests: none may write on it.
    for (const [key, value] of found) this.#kept.set(key, Object.freeze(value), { size: sizeOf(key) + sizeOf(value) });
    return keys.map((key, index) => values[index] ?? found.get(key));
  }

  clear(): void {
    this.#kept.clear();
  }
}

/** Rows grouped by key, for every key: an empty list is worth knowing as well. */
export function grouped<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): (readonly [Key, readonly Row[]])[] {
  const groups = Map.groupBy(rows, keyOf);
  return keys.map((key) => [key, groups.get(key) ?? []]);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((size, part) => size + sizeOf(part), LEAST_SIZE);
}
