import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type {
  Batch,
  Call,
  Connector,
  ConnectorDeps,
  ConnectorKind,
  Known,
  Problem,
} from '../../subgraphs/kit/connector.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';

/** What every item has that the store goes by. */
export interface Keyed {
  readonly key: string;
  readonly version: string;
}

/** A call nobody ends. */
export const call: Call = { signal: new AbortController().signal };

/** What a connector is given in tests: silent, and at home in `baseDir`. */
export function depsIn(baseDir: string): ConnectorDeps {
  const log = (): void => {};
  return { source: 'test', baseDir, log: { debug: log, info: log, warn: log, error: log } };
}

/** Opens a connector with options as a configuration would have them. */
export function openWith<Item>(kind: ConnectorKind<Item>, options: unknown, baseDir: string): Promise<Connector<Item>> {
  return kind.open(kind.options.parse(options), depsIn(baseDir));
}

/** The store, as far as a connector can tell: commits batches, sweeps, resumes. */
export class MemoryStore<Item extends Keyed> {
  readonly items = new Map<string, Item>();
  readonly problems: Problem[] = [];
  readonly batches: Batch<Item>[] = [];
  cursor: string | undefined;
  /** Whether an operator accepted that the tool lost what it had. */
  mayShrink = false;
  #seen = new Set<string>();

  readonly known: Known = (key) => this.items.get(key)?.version;

  commit(batch: Batch<Item>): void {
    if (batch.restart === true) this.#seen.clear();
    for (const item of batch.upserts) {
      this.items.set(item.key, item);
      this.#seen.add(item.key);
    }
    for (const key of batch.unchanged) {
      expect(this.items.has(key), `${key} is reported unchanged, but was never handed over`).toBe(true);
      this.#seen.add(key);
    }
    for (const key of batch.deletes) this.items.delete(key);
    this.problems.push(...batch.problems);
    this.batches.push(batch);
    this.cursor = batch.cursor;
    if (batch.sweep !== true) return;
    for (const key of this.items.keys()) if (!this.#seen.has(key)) this.items.delete(key);
    this.#seen.clear();
  }

  get #call(): Call {
    return this.batches.length === 0 ? call : { ...call, mayShrink: this.mayShrink };
  }

  /** Runs to the end, or, as if killed, until so many batches are committed. */
  async run(connector: Connector<Item>, batches = Number.POSITIVE_INFINITY): Promise<Batch<Item>[]> {
    const before = this.batches.length;
    if (batches === 0) return [];
    for await (const batch of connector.changes(this.cursor, this.known, this.#call)) {
      this.commit(batch);
      if (this.batches.length - before >= batches) return this.batches.slice(before);
    }
    // A sweep goes by its own run: one that ended without has nothing more to say.
    this.#seen.clear();
    return this.batches.slice(before);
  }
}

/** How a connector is put to the contract. `Seed` is an item as the test sees it, without keys and versions. */
export interface Subject<Item extends Keyed, Seed> {
  readonly kind: ConnectorKind<Item>;
  /** Writes the tool's files, over whatever was there. */
  write(folder: string, seeds: readonly Seed[]): Promise<void>;
  /** Options for files `write` wrote. */
  options(folder: string): object;
  /** What is removed to make the tool's data disappear. */
  path?(folder: string): string;
  /** How the tool's data is made to disappear, where that is no path. */
  remove?(folder: string): Promise<void>;
  /** The words a message then has to say what to change; without it "set `path`". */
  readonly mends?: string;
  seed(number: number): Seed;
  /** A change anybody would want to see. */
  change(seed: Seed): Seed;
  /** Seeds with what breaks careless code: quotes, markup, emoji, right-to-left, long texts. */
  readonly special: readonly Seed[];
  /** An item, seen as a seed; undefined for items that only come along (groups beside people). */
  see(item: Item): Seed | undefined;
  nameOf(seed: Seed): string;
  /** How many seeds make at least three batches. */
  readonly many: number;
}

/** The contract of `Connector`, for connectors whose tool is a file, a folder or a server. */
export function connectorContract<Item extends Keyed, Seed>(subject: Subject<Item, Seed>): void {
  const { kind } = subject;
  let folder = '';
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'atrium-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const remove = async (): Promise<void> => {
    if (subject.remove !== undefined) await subject.remove(folder);
    else await rm(subject.path?.(folder) ?? '', { recursive: true });
  };
  const open = (): Promise<Connector<Item>> => openWith(kind, subject.options(folder), folder);
  const sorted = (seeds: readonly Seed[]): Seed[] =>
    [...seeds].sort((a, b) => (subject.nameOf(a) < subject.nameOf(b) ? -1 : 1));
  const seen = (store: MemoryStore<Item>): Seed[] =>
    sorted([...store.items.values()].map((item) => subject.see(item)).filter((seed) => seed !== undefined));
  const seeds = (count: number): Seed[] => Array.from({ length: count }, (_, index) => subject.seed(index));

  describe(`connector contract: ${kind.name}`, () => {
    it('hands over everything on the first run, with nothing left out, invented or opened wider', async () => {
      await subject.write(folder, seeds(7));
      const store = new MemoryStore<Item>();
      const batches = await store.run(await open());
      expect(seen(store)).toEqual(sorted(seeds(7)));
      expect(store.problems).toEqual([]);
      expect(batches.at(-1)?.sweep).toBe(true);
      expect(new Set(store.items.keys()).size).toBe(batches.flatMap((batch) => batch.upserts).length);
    });

    it('keeps special characters', async () => {
      await subject.write(folder, subject.special);
      const store = new MemoryStore<Item>();
      await store.run(await open());
      expect(seen(store)).toEqual(sorted(subject.special));
    });

    it('hands over nothing when nothing changed, also to a store that lost its cursor', async () => {
      await subject.write(folder, seeds(5));
      const store = new MemoryStore<Item>();
      const connector = await open();
      await store.run(connector);
      const again = await store.run(connector);
      expect(again.flatMap((batch) => [...batch.upserts, ...batch.deletes])).toEqual([]);
      store.cursor = undefined;
      const anew = await store.run(connector);
      expect(anew.flatMap((batch) => [...batch.upserts, ...batch.deletes])).toEqual([]);
      expect(seen(store)).toEqual(sorted(seeds(5)));
    });

    it('hands over a changed item, under the same key and a new version', async () => {
      const [first, ...rest] = seeds(5) as [Seed, ...Seed[]];
      await subject.write(folder, [first, ...rest]);
      const store = new MemoryStore<Item>();
      const connector = await open();
      await store.run(connector);
      const before = new Map(store.items);
      await subject.write(folder, [subject.change(first), ...rest]);
      const batches = await store.run(connector);
      expect(seen(store)).toEqual(sorted([subject.change(first), ...rest]));
      const changed = batches
        .flatMap((batch) => batch.upserts)
        .filter((item) => before.get(item.key)?.version !== item.version);
      expect(changed).toHaveLength(1);
      expect([...store.items.keys()].sort()).toEqual([...before.keys()].sort());
    });

    it('lets a deleted item disappear, and a new one appear', async () => {
      await subject.write(folder, seeds(5));
      const store = new MemoryStore<Item>();
      const connector = await open();
      await store.run(connector);
      await subject.write(folder, seeds(6).slice(2));
      await store.run(connector);
      expect(seen(store)).toEqual(sorted(seeds(6).slice(2)));
    });

    it('goes on after a kill at any batch, repeating and losing nothing', async () => {
      await subject.write(folder, seeds(subject.many));
      const whole = new MemoryStore<Item>();
      const count = (await whole.run(await open())).length;
      expect(count).toBeGreaterThanOrEqual(3);
      for (let killedAfter = 0; killedAfter < count; killedAfter++) {
        const store = new MemoryStore<Item>();
        await store.run(await open(), killedAfter);
        const rest = await store.run(await open());
        expect(rest).toHaveLength(count - killedAfter);
        expect(seen(store)).toEqual(seen(whole));
        expect(store.batches.flatMap((batch) => batch.upserts)).toHaveLength(whole.items.size);
      }
    });

    it('starts over or goes on when the tool changed while it was killed, and ends up with what is there', async () => {
      await subject.write(folder, seeds(subject.many));
      const store = new MemoryStore<Item>();
      await store.run(await open(), 1);
      await subject.write(folder, seeds(subject.many).slice(3));
      await store.run(await open());
      await store.run(await open());
      expect(seen(store)).toEqual(sorted(seeds(subject.many).slice(3)));
    });

    it('reads everything anew with a cursor it does not understand', async () => {
      await subject.write(folder, seeds(3));
      for (const cursor of ['', 'null', '{}', '[]', '{"id":1,"at":"x"}', 'not a cursor']) {
        const store = new MemoryStore<Item>();
        store.cursor = cursor;
        await store.run(await open());
        expect(seen(store)).toEqual(sorted(seeds(3)));
      }
    });

    it('reports health ok, by reading', async () => {
      await subject.write(folder, seeds(2));
      const connector = await open();
      expect(await connector.health(call)).toMatchObject({ status: 'ok' });
    });

    it('refuses to open on a path where nothing is, and says what to change', async () => {
      await subject.write(folder, seeds(2));
      await remove();
      const error = await open().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectorError);
      expect(error).toMatchObject({
        code: 'MISCONFIGURED',
        message: expect.stringContaining(subject.mends ?? 'set `path`'),
      });
    });

    it('throws and deletes nothing when the path disappears later, and health says so', async () => {
      await subject.write(folder, seeds(4));
      const store = new MemoryStore<Item>();
      const connector = await open();
      await store.run(connector);
      await remove();
      await expect(store.run(connector)).rejects.toMatchObject({ name: 'ConnectorError', code: 'MISCONFIGURED' });
      expect(seen(store)).toEqual(sorted(seeds(4)));
      const health = await connector.health(call);
      expect(health).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining(subject.mends ?? 'set `path`'),
      });
    });

    it('ends when the call does', async () => {
      await subject.write(folder, seeds(3));
      const connector = await open();
      const ended = { signal: AbortSignal.abort(new Error('enough')) };
      const run = async (): Promise<void> => {
        for await (const _ of connector.changes(undefined, () => undefined, ended)) void _;
      };
      await expect(run()).rejects.toMatchObject({ name: 'ConnectorError', code: 'CANCELLED' });
    });

    it('describes every option, and refuses unknown ones', () => {
      const strict = kind.options.safeParse({ ...subject.options('/x'), pfad: '/y' });
      expect(strict.success).toBe(false);
      const shape = (kind.options as unknown as { shape: Record<string, { description?: string }> }).shape;
      for (const [name, option] of Object.entries(shape)) expect(option.description, name).toMatch(/\.$/);
      expect(kind.summary).toMatch(/\.$/);
    });
  });
}
