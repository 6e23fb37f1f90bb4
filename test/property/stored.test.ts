import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DirectoryWriter } from '../../subgraphs/directory/writer.ts';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import { forumArea } from '../../subgraphs/forum/area.ts';
import type { Batch } from '../../subgraphs/kit/connector.ts';
import { ContentReader } from '../../subgraphs/kit/content/reader.ts';
import { ContentWriter } from '../../subgraphs/kit/content/writer.ts';
import { beginRun, registerSource } from '../../subgraphs/kit/sync/sync-state.ts';
import type { SyncStore } from '../../subgraphs/kit/sync/sync-store.ts';

/** What no connector should hand over, and one with a fault may. */
const circle: Record<string, unknown> = { name: 'round' };
circle['self'] = circle;
const ODD: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  1e308,
  2n ** 70n,
  true,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\uD800',
  'a\uDC00b',
  '\u202Eabc',
  '__proto__',
  'constructor',
  'x'.repeat(3_000_000),
  '😀'.repeat(100_000),
  '../../etc/passwd',
  "'; DROP TABLE item; --",
  '2024-02-30T00:00:00Z',
  '99999-01-01T00:00:00Z',
  '0000-00-00',
  'group:a\neveryone',
  'javascript:alert(1)',
  'http://[',
  [],
  [[[[]]]],
  [null],
  ['a', 'a', 'a'],
  {},
  { handle: '' },
  { handle: 7, name: [], mail: {} },
  circle,
  [circle],
  JSON.parse('{"__proto__":{"polluted":true},"handle":"p"}'),
  Symbol('odd'),
  () => 'odd',
  new Date(Number.NaN),
  new Map([['a', 1]]),
];
const odd = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 50 }), fc.anything());

const account = (handle: string) => ({ handle, name: handle.toUpperCase(), mail: `${handle}@x.example` });
const content = (key: string) => ({
  key,
  version: `of ${key}`,
  url: `https://x.example/${key}`,
  title: `Title of ${key}`,
  body: `Text of ${key}`,
  createdAt: '2024-01-02T03:04:05.000Z',
  updatedAt: '2024-01-02T03:04:05.000Z',
  tags: ['a', 'b'],
  links: ['https://x.example/'],
  readers: ['group:staff'],
});

interface Kind {
  readonly name: string;
  readonly open: (path: string) => SyncStore<never>;
  readonly item: (key: string) => object;
  readonly title: string;
}
const KINDS: readonly Kind[] = [
  {
    name: 'documents',
    open: (path) => new ContentWriter(documentsArea, path),
    item: (key) => ({
      ...content(key),
      space: 'it',
      contentType: 'text/plain',
      status: 'CURRENT',
      accounts: [{ account: account('ann'), role: 'AUTHOR' }],
    }),
    title: 'SELECT title AS name FROM item WHERE key = ?',
  },
  {
    name: 'conversations',
    open: (path) => new ContentWriter(forumArea, path),
    item: (key) => ({
      ...content(key),
      channel: 'FORUM',
      category: 'it',
      author: account('ann'),
      isQuestion: true,
      votes: 1,
      mentions: [account('cy')],
      replies: [{ key: `${key}.1`, author: account('bo'), body: 'Yes.', votes: 2, accepted: true }],
    }),
    title: 'SELECT title AS name FROM item WHERE key = ?',
  },
  {
    name: 'people',
    open: (path) => new DirectoryWriter(path),
    item: (key) => ({
      kind: 'person',
      key,
      version: `of ${key}`,
      name: `Title of ${key}`,
      title: 'Engineer',
      mails: [`${key}@x.example`],
      usernames: [key],
      aliases: [{ source: 'talk', handle: key }],
      reference: `uid=${key}`,
      manager: 'uid=boss',
      skills: ['a'],
      interests: [],
      active: true,
      updatedAt: '2024-01-02T03:04:05.000Z',
    }),
    title: 'SELECT p.name FROM entry e JOIN person p ON p.id = e.person WHERE e.key = ?',
  },
  {
    name: 'groups',
    open: (path) => new DirectoryWriter(path),
    item: (key) => ({
      kind: 'group',
      key,
      version: `of ${key}`,
      name: `Title of ${key}`,
      reference: `cn=${key}`,
      members: ['uid=a', `cn=${key}`],
      champion: 'uid=a',
    }),
    title: 'SELECT name FROM team WHERE key = ?',
  },
];

/** Paths to all values of an item, however deep. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const below = Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]));
  return path.length === 0 ? below : [[...path], ...below];
}

/** The item with another value at a path. */
function mutated(item: object, path: readonly string[], value: unknown): object {
  const copy = structuredClone(item);
  let at = copy as Record<string, unknown>;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

let end = (): void => {};
afterEach(() => end());

describe.each(KINDS)('whatever a connector hands over: $name', ({ open, item, title }) => {
  const opened = (): { readonly store: SyncStore<never>; readonly path: string } => {
    const folder = mkdtempSync(join(tmpdir(), 'atrium-stored-'));
    const path = join(folder, 'store.db');
    const store = open(path);
    registerSource(store.db, { name: 'test', connector: 'any', options: {} });
    end = () => {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { store, path };
  };
  const batch = (upserts: readonly unknown[], more: Partial<Batch<never>> = {}): Batch<never> => ({
    upserts: upserts as never[],
    deletes: [],
    unchanged: [],
    problems: [],
    cursor: 'c',
    ...more,
  });
  /** Those of items: what points nowhere is stored, and reported besides. */
  const problems = (store: SyncStore<never>): number =>
    store.db.get<{ n: number }>('SELECT count(*) AS n FROM problem WHERE instr(item, char(10)) = 0')?.n ?? 0;

  it('stores it or reports it, and all that came with it', { timeout: 120_000 }, () => {
    const { store } = opened();
    const paths = pathsOf(item('k'));
    let round = 0;
    fc.assert(
      fc.property(fc.constantFrom(...paths), odd, (path, value) => {
        const [before, odder, after] = [`before${round}`, `odd${round}`, `after${round}`];
        round++;
        const run = beginRun(store.db, 'test').run;
        store.db.run('DELETE FROM problem');
        const size = store.countItems('test');
        store.apply(run, batch([item(before), mutated(item(odder), path, value), item(after)]));
        store.complete?.();
        for (const key of [before, after])
          expect(store.db.get<{ name: string }>(title, key)?.name).toBe(`Title of ${key}`);
        const stored = store.countItems('test') - size - 2;
        // With its key changed it may have become one that was there before.
        if (path.join() !== 'key') expect(stored + problems(store)).toBe(1);
        else expect(stored + problems(store)).toBeLessThanOrEqual(1);
        store.apply(run, batch([], { deletes: [before, odder, after] }));
      }),
      { numRuns: 400, seed: 20_260_101 },
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('survives batches of nothing but nonsense', () => {
    const { store } = opened();
    const run = beginRun(store.db, 'test').run;
    store.apply(run, batch([item('good')]));
    const circular = item('circle') as Record<string, unknown>;
    circular['self'] = circular;
    store.apply(run, batch([...ODD, circular, item('twice'), item('twice')], { unchanged: ['good'] }));
    expect(store.countItems('test')).toBe(3);
    expect(problems(store)).toBe(ODD.length);
  });

  it('takes out what it had of an item that can no longer be stored', () => {
    const { store } = opened();
    const run = beginRun(store.db, 'test').run;
    store.apply(run, batch([item('one'), item('two')]));
    store.apply(run, batch([{ ...item('one'), version: 7 }]));
    expect([store.known('test', 'one'), store.known('test', 'two')]).toEqual([undefined, 'of two']);
    expect(problems(store)).toBe(1);
  });
});

describe('readers with line ends', () => {
  it('open nothing to anybody', () => {
    const folder = mkdtempSync(join(tmpdir(), 'atrium-stored-'));
    const path = join(folder, 'store.db');
    const store = new ContentWriter(documentsArea, path);
    registerSource(store.db, { name: 'test', connector: 'any', options: {} });
    const reader = new ContentReader(path);
    end = () => {
      reader.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    };
    const { run } = beginRun(store.db, 'test');
    const [documents] = KINDS as [Kind];
    const upserts = [
      { ...documents.item('both'), readers: ['group:a', 'group:b'] },
      { ...documents.item('forged'), readers: ['group:a\ngroup:b'] },
    ];
    store.apply(run, { upserts: upserts as never, deletes: [], unchanged: [], problems: [], cursor: 'c' });
    const readable = reader.readable({ person: null, groups: ['b'], operator: false });
    expect(reader.countWhere([], readable)).toBe(1);
    expect(store.known('test', 'forged')).toBeUndefined();
  });
});
