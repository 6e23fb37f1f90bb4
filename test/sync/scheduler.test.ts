import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { defineConnector, type Batch, type Connector, type Known } from '../../subgraphs/kit/connector.ts';
import { ContentWriter } from '../../subgraphs/kit/content/writer.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import { stateOf } from '../../subgraphs/kit/sources.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';

/** What a tool does in one run: batches to give, then errors to throw or things to wait for. */
type Step = Partial<Batch<DocumentItem>> | Error | (() => Promise<void> | void);

/** A run of a script: what it was asked with, and what it is to do. */
type Script = (cursor: string | undefined, known: Known) => readonly Step[];

let folder: string;
let scripts: Script[];
let cursors: (string | undefined)[];
let closed: number;
let events: SyncEvent[];
let logged: object[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-scheduler-'));
  [scripts, cursors, events, logged, closed] = [[], [], [], [], 0];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const scripted = defineConnector({
  name: 'scripted',
  summary: 'Does what the test says.',
  options: z.object({}).loose(),
  async open(): Promise<Connector<DocumentItem>> {
    return {
      async *changes(cursor, known) {
        cursors.push(cursor);
        const script = scripts.shift();
        if (!script) throw new Error('The test has no further run.');
        for (const step of script(cursor, known)) {
          if (step instanceof Error) throw step;
          if (typeof step === 'function') await step();
          else yield { upserts: [], deletes: [], unchanged: [], problems: [], cursor: 'none', ...step };
        }
      },
      health: async () => ({ status: 'ok', detail: 'Scripted.' }),
      close: async () => {
        closed++;
      },
    };
  },
});

function page(key: string, more: Partial<DocumentItem> = {}): DocumentItem {
  return {
    key,
    version: '1',
    title: `Page ${key}`,
    body: `The text of ${key}.`,
    tags: [],
    links: [],
    readers: ['everyone'],
    space: 'here',
    contentType: 'text/plain',
    status: 'CURRENT',
    accounts: [{ account: { handle: `author-${key}` }, role: 'AUTHOR' }],
    ...more,
  };
}

function open(sources: Readonly<Record<string, object>> = { tool: {} }): Scheduler {
  const note = (fields: object) => void logged.push(fields);
  return new Scheduler({
    store: new ContentWriter(documentsArea, join(folder, 'documents.db')),
    kinds: [scripted],
    sources: Object.entries(sources).map(([name, options]) => ({
      name,
      connector: 'scripted',
      options,
      everySeconds: 300,
    })),
    baseDir: folder,
    log: { debug: note, info: note, warn: note, error: note },
    onEvent: (event) => events.push(event),
  });
}

/** One sync after another by one scheduler; a restart of the process is another call. */
async function sync(runs: readonly Script[], sources?: Readonly<Record<string, object>>): Promise<void> {
  const scheduler = open(sources);
  for (const script of runs) {
    scripts.push(script);
    await scheduler.syncAll();
  }
  await scheduler.stop();
  expect(scripts).toEqual([]);
}

function read<Result>(work: (db: Database) => Result): Result {
  const db = Database.openReader(join(folder, 'documents.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const keys = () => read((db) => db.all<{ key: string }>('SELECT key FROM item ORDER BY key').map(({ key }) => key));
const problems = () =>
  read((db) => db.all<{ text: string }>(`SELECT place || ': ' || reason AS text FROM problem ORDER BY 1`)).map(
    ({ text }) => text,
  );
const source = () => read((db) => sourceRows(db).map((row) => ({ ...row, state: stateOf(row) }))[0]);

it('deletes what the tool says is gone, and reports it', async () => {
  await sync([
    () => [{ upserts: [page('a'), page('b')], cursor: '1' }],
    () => [{ deletes: ['b', 'never there'], upserts: [page('c')], cursor: '2' }],
  ]);
  expect(keys()).toEqual(['a', 'c']);
  expect(cursors).toEqual([undefined, '1']);
  expect(events.filter(({ type }) => type === 'synced')).toEqual([
    { type: 'synced', source: 'tool', changed: 2, deleted: 0, seen: 2, refused: 0 },
    { type: 'synced', source: 'tool', changed: 1, deleted: 2, seen: 1, refused: 0 },
  ]);
  expect(read((db) => db.all('SELECT source, key FROM removed'))).toEqual([{ source: 'tool', key: 'b' }]);
  expect(
    read((db) => db.all(`SELECT a.handle, n.items FROM account_items n JOIN account a ON a.id = n.account ORDER BY 1`)),
  ).toEqual([
    { handle: 'author-a', items: 1 },
    { handle: 'author-b', items: 0 },
    { handle: 'author-c', items: 1 },
  ]);
});

it('takes over what changed, and tells the connector what it has', async () => {
  await sync([
    () => [{ upserts: [page('a'), page('a', { title: 'The later one stands' })] }],
    (_cursor, known) => {
      expect([known('a'), known('b')]).toEqual(['1', undefined]);
      return [{ upserts: [page('a', { version: '2', title: 'New', readers: ['group:board'] })] }];
    },
  ]);
  expect(read((db) => db.all('SELECT i.title, i.version, a.readers FROM item i JOIN acl a ON a.id = i.acl'))).toEqual([
    { title: 'New', version: '2', readers: 'group:board' },
  ]);
});

it('sweeps away what a whole run did not see, and nothing without a sweep', async () => {
  await sync([
    () => [{ upserts: [page('a'), page('b'), page('c')], sweep: true }],
    () => [{ unchanged: ['a'] }],
    () => [{ unchanged: ['a'] }, { upserts: [page('d')], sweep: true }],
  ]);
  expect(keys()).toEqual(['a', 'd']);
});

it('counts what was seen before a restart of the process for the sweep', async () => {
  await sync([() => [{ upserts: [page('old')], sweep: true, cursor: 'end' }]]);
  await sync([() => [{ upserts: [page('a')], cursor: 'half' }, new ConnectorError('UNAVAILABLE', 'Away.')]]);
  await sync([() => [{ upserts: [page('b')], sweep: true, cursor: 'end' }]]);
  expect(cursors).toEqual([undefined, 'end', 'half']);
  expect(keys()).toEqual(['a', 'b']);
});

it('does not count what was seen before the connector started over', async () => {
  await sync([
    () => [{ upserts: [page('a'), page('b')], cursor: 'half' }, new ConnectorError('UNAVAILABLE', 'Away.')],
    () => [
      { unchanged: ['a'], restart: true, cursor: 'half' },
      { upserts: [page('c')], sweep: true, cursor: 'end' },
    ],
  ]);
  expect(keys()).toEqual(['a', 'c']);
  // Also in the midst of a run.
  await sync([
    () => [
      { unchanged: ['a'] },
      { upserts: [page('d')] },
      { unchanged: ['c'], restart: true },
      { upserts: [page('e')], sweep: true },
    ],
  ]);
  expect(keys()).toEqual(['c', 'e']);
});

it('looks at everything again when options changed, and sweeps away what they no longer reach', async () => {
  const first: Script = () => [{ upserts: [page('a'), page('b')], sweep: true, cursor: 'end' }];
  await sync([first], { tool: { space: 'all' } });
  await sync([() => []], { tool: { space: 'all' } });
  await sync([() => [{ unchanged: ['a'], sweep: true, cursor: 'end' }]], { tool: { space: 'one' } });
  expect(cursors).toEqual([undefined, 'end', undefined]);
  expect(keys()).toEqual(['a']);
});

it('does not count for new options what the old ones saw in a run cut short', async () => {
  await sync([() => [{ upserts: [page('a')], cursor: 'half' }, new ConnectorError('UNAVAILABLE', 'Away.')]]);
  await sync([() => [{ upserts: [page('b')], sweep: true, cursor: 'end' }]], { tool: { space: 'one' } });
  expect(keys()).toEqual(['b']);
});

it('forgets a source that is no longer configured', async () => {
  const both = { kept: {}, tool: {} };
  const scheduler = open(both);
  scripts.push(
    () => [{ upserts: [page('a')], problems: [{ place: 'x', reason: 'broken' }] }],
    () => [
      {
        upserts: [page('b', { tags: ['t'], links: ['https://x.example/'] })],
        problems: [{ place: 'y', reason: 'broken' }],
      },
    ],
  );
  await scheduler.syncAll();
  await scheduler.stop();
  expect(keys()).toEqual(['a', 'b']);
  await open({ kept: {} }).stop();
  expect(keys()).toEqual(['a']);
  expect(problems()).toEqual(['x: broken']);
  expect(read((db) => db.all('SELECT DISTINCT source FROM account'))).toEqual([{ source: 'kept' }]);
  expect(read((db) => sourceRows(db).map(({ name }) => name))).toEqual(['kept']);
  const left = (table: string) => read((db) => db.get(`SELECT count(*) AS n FROM ${table}`));
  expect([left('participation'), left('tag'), left('link')]).toEqual([{ n: 1 }, { n: 0 }, { n: 0 }]);
});

it('keeps what a failing tool gave, says what is wrong, and goes on from there', async () => {
  await sync([
    () => [{ upserts: [page('a')], cursor: 'half' }, new ConnectorError('RATE_LIMITED', 'tool: slow down.')],
  ]);
  expect(keys()).toEqual(['a']);
  expect(source()).toMatchObject({
    state: 'FAILING',
    cursor: 'half',
    error_code: 'RATE_LIMITED',
    error_message: 'tool: slow down.',
    last_success_at: null,
  });
  expect(events).toContainEqual({ type: 'failed', source: 'tool', code: 'RATE_LIMITED', message: 'tool: slow down.' });
  await sync([() => [{ upserts: [page('b')], cursor: 'end' }]]);
  expect(cursors).toEqual([undefined, 'half']);
  expect(keys()).toEqual(['a', 'b']);
  expect(source()).toMatchObject({ state: 'CURRENT', error_code: null, error_message: null, error_at: null });
});

it('syncs the other sources when one fails', async () => {
  const scheduler = open({ bad: {}, good: {} });
  scripts.push(
    () => [new ConnectorError('UNAUTHORIZED', 'bad: refused.')],
    () => [{ upserts: [page('a')] }],
  );
  await scheduler.syncAll();
  await scheduler.stop();
  expect(keys()).toEqual(['a']);
  expect(events.map(({ type }) => type)).toEqual(['failed', 'progress', 'synced', 'settled']);
});

it('lists problems, and no longer those that are mended', async () => {
  const broken = (place: string) => ({ place, reason: 'broken' });
  await sync([
    () => [{ upserts: [page('a')], problems: [broken('x'), broken('y')], sweep: true }],
    // Not everything was looked at: nothing is known to be mended.
    () => [{ problems: [broken('z')] }],
  ]);
  expect(problems()).toEqual(['x: broken', 'y: broken', 'z: broken']);
  await sync([() => [{ unchanged: ['a'], problems: [{ place: 'y', reason: 'worse' }], sweep: true }]]);
  expect(problems()).toEqual(['y: worse']);
});

it('keeps the problems of what is unchanged, until it changes', async () => {
  await sync([
    () => [{ upserts: [page('a')], problems: [{ place: 'a', reason: 'no date' }], sweep: true }],
    () => [{ unchanged: ['a'], sweep: true }],
  ]);
  expect(problems()).toEqual(['a: no date']);
  await sync([() => [{ upserts: [page('a', { version: '2' })], sweep: true }]]);
  expect(problems()).toEqual([]);
});

it('tells nobody but the log what an unforeseen failure says', async () => {
  await sync([() => [{ upserts: [page('a')] }, new Error('password=hunter2')]]);
  expect(source()).toMatchObject({ state: 'FAILING', error_code: 'BAD_RESPONSE' });
  expect(JSON.stringify([source(), events])).not.toContain('hunter2');
  expect(logged).toContainEqual({ err: expect.objectContaining({ message: 'password=hunter2' }), source: 'tool' });
});

it('logs an outage by its code and sentence, and its cause for debugging only', async () => {
  const outage = new ConnectorError('UNAVAILABLE', 'tool: down', { cause: new Error('ECONNREFUSED') });
  await sync([() => [outage]]);
  expect(logged).toEqual([
    { source: 'tool', code: 'UNAVAILABLE', reason: 'tool: down' },
    { source: 'tool', err: outage },
  ]);
});

it('notes that a source cannot be opened', async () => {
  const scheduler = new Scheduler({
    store: new ContentWriter(documentsArea, join(folder, 'documents.db')),
    kinds: [],
    sources: [{ name: 'tool', connector: 'nothing', options: {}, everySeconds: 300 }],
    baseDir: folder,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    onEvent: (event) => events.push(event),
  });
  await scheduler.syncAll();
  await scheduler.stop();
  expect(source()).toMatchObject({ state: 'FAILING', error_code: 'MISCONFIGURED' });
});

it('stores a batch whole or not at all', async () => {
  // SQLite knows no symbols: the batch fails after its item was written.
  const bad = Symbol('nothing') as unknown as string;
  await sync([
    () => [
      { upserts: [page('a')], cursor: 'half' },
      { upserts: [page('c')], deletes: [bad], cursor: 'end' },
    ],
    () => [{ upserts: [page('c')], cursor: 'end' }],
  ]);
  expect(cursors).toEqual([undefined, 'half']);
  expect(keys()).toEqual(['a', 'c']);
  expect(read((db) => db.all('SELECT handle FROM account ORDER BY handle'))).toEqual([
    { handle: 'author-a' },
    { handle: 'author-c' },
  ]);
});

it('stops in the middle with what it has, as often as it is told to', async () => {
  const scheduler = open();
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  scripts.push(() => [
    { upserts: [page('a')], cursor: 'half' },
    async () => {
      reached.resolve();
      await goOn.promise;
    },
    { upserts: [page('b')], cursor: 'end' },
  ]);
  const syncing = scheduler.syncAll();
  await reached.promise;
  const stopped = Promise.all([scheduler.stop(), scheduler.stop()]);
  goOn.resolve();
  await stopped;
  await syncing;
  await scheduler.stop();
  expect(closed).toBe(1);
  expect(keys()).toEqual(['a']);
  expect(source()).toMatchObject({ state: 'SYNCING', cursor: 'half', error_code: null });
  expect(events.map(({ type }) => type)).not.toContain('failed');
  // And goes on from there.
  await sync([() => [{ upserts: [page('b')], sweep: true, cursor: 'end' }]]);
  expect(cursors).toEqual([undefined, 'half']);
  expect(keys()).toEqual(['a', 'b']);
});
