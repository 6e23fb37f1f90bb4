import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Connector } from '../../subgraphs/kit/connector.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { acceptShrink, stopIfEmptied } from '../../subgraphs/kit/sync/shrink.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { registerSource, sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { SyncStore } from '../../subgraphs/kit/sync/sync-store.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { emptyCompany, pageOf } from '../helpers/company.ts';

const content = (key: string) => ({
  key,
  version: '1',
  title: `Item ${key}`,
  body: 'Its text.',
  tags: [],
  links: [],
  readers: ['everyone'],
});

/** One item of each area. */
const ITEMS: Readonly<Record<SubgraphName, (key: string) => object>> = {
  directory: (key) => ({
    kind: 'person',
    key,
    version: '1',
    reference: key,
    name: key,
    mails: [`${key}@x.example`],
    usernames: [key],
    aliases: [],
    skills: [],
    interests: [],
    active: true,
  }),
  documents: (key) => ({ ...content(key), space: 'here', contentType: 'text/plain', status: 'CURRENT', accounts: [] }),
  forum: (key) => ({
    ...content(key),
    channel: 'FORUM',
    category: 'all',
    isQuestion: false,
    votes: 0,
    replies: [],
    mentions: [],
  }),
};

/** Keys from `from` to before `to`. */
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `k${from + index}`);

describe.each(Object.keys(ITEMS) as SubgraphName[])('a source of %s', (area) => {
  let folder: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  let store: SyncStore<any>;
  let cursors: (string | undefined)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atrium-shrink-'));
    store = subgraphNamed(area).openWriter(join(folder, `${area}.db`));
    registerSource(store.db, { name: 'tool', connector: 'scripted', options: {} });
    cursors = [];
  });
  afterEach(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const itemsOf = (keys: readonly string[]) => keys.map(ITEMS[area]);

  /** One run of a tool that gives these batches. */
  async function run(...batches: Partial<Batch<object>>[]): Promise<void> {
    const connector: Connector<object> = {
      async *changes(cursor) {
        cursors.push(cursor);
        for (const [index, batch] of batches.entries()) {
          yield { upserts: [], deletes: [], unchanged: [], problems: [], cursor: `batch ${index + 1}`, ...batch };
        }
      },
      health: async () => ({ status: 'ok', detail: 'Scripted.' }),
      close: async () => undefined,
    };
    await syncSource(store, 'tool', connector, { signal: new AbortController().signal }, () => undefined);
  }

  const left = () => store.countItems('tool');
  const state = () => sourceRows(store.db)[0];
  const shrunk = expect.objectContaining({ name: 'ConnectorError', code: 'SHRUNK' });

  it('is not emptied by an empty answer, and heals when the items are back', async () => {
    await run({ upserts: itemsOf(range(0, 12)), sweep: true });
    await expect(run({ sweep: true })).rejects.toEqual(shrunk);
    expect(left()).toBe(12);
    expect(state()).toMatchObject({ error_code: 'SHRUNK', cursor: null, running: 0 });
    expect(state()?.error_message).toBe(
      'tool: of 12 items only 0 would be left, so the sync stopped before deleting them. Look whether the tool lost ' +
        'them or hides them from Atrium. If they are to go: atrium doctor --accept-shrink --source tool',
    );
    // As often as it is tried; and always from the beginning.
    await expect(run({ unchanged: range(0, 5) }, { sweep: true })).rejects.toEqual(shrunk);
    await run({ unchanged: range(0, 12), sweep: true });
    expect(cursors).toEqual([undefined, 'batch 1', undefined, undefined]);
    expect(left()).toBe(12);
    expect(state()).toMatchObject({ error_code: null, had: 12 });
  });

  it('keeps what is new, also where it stops', async () => {
    await run({ upserts: itemsOf(range(0, 12)), sweep: true });
    await expect(run({ upserts: itemsOf(['new']) }, { unchanged: range(0, 3), sweep: true })).rejects.toEqual(shrunk);
    expect(left()).toBe(13);
  });

  it('loses up to half at once, and then up to half of that', async () => {
    await run({ upserts: itemsOf(range(0, 40)), sweep: true });
    await run({ unchanged: range(0, 20), sweep: true });
    expect(left()).toBe(20);
    await run({ deletes: range(0, 10) });
    expect(left()).toBe(10);
  });

  it('is not emptied by deletions told one by one, counted over the run and over its repetitions', async () => {
    await run({ upserts: itemsOf(range(0, 20)), sweep: true });
    await expect(run({ deletes: range(0, 9) }, { deletes: range(9, 12) })).rejects.toEqual(shrunk);
    expect(left()).toBe(11);
    await expect(run({ unchanged: range(15, 20), sweep: true })).rejects.toEqual(shrunk);
    // What was deleted comes back by the run that looks at everything.
    await run({ upserts: itemsOf(range(0, 9)), unchanged: range(9, 20), sweep: true });
    expect(left()).toBe(20);
  });

  it('may be exchanged for as many others: nothing is lost to a tool that gives new keys', async () => {
    await run({ upserts: itemsOf(range(0, 12)), sweep: true });
    await run({ upserts: itemsOf(range(12, 24)), sweep: true });
    expect(left()).toBe(12);
  });

  it('may lose anything while it is small', async () => {
    await run({ upserts: itemsOf(range(0, 9)), sweep: true });
    await run({ sweep: true });
    expect(left()).toBe(0);
  });

  it('may lose anything when its options changed, once', async () => {
    await run({ upserts: itemsOf(range(0, 30)), sweep: true });
    registerSource(store.db, { name: 'tool', connector: 'scripted', options: { space: 'one' } });
    await run({ unchanged: range(0, 11), sweep: true });
    expect(left()).toBe(11);
    await expect(run({ sweep: true })).rejects.toEqual(shrunk);
  });

  it('deletes what is gone when that is accepted, in the next run only', async () => {
    await run({ upserts: itemsOf(range(0, 30)), sweep: true });
    expect(acceptShrink(store.db, 'tool')).toBe(false);
    await expect(run({ unchanged: range(0, 12), sweep: true })).rejects.toEqual(shrunk);
    expect(acceptShrink(store.db, 'other')).toBe(false);
    expect(acceptShrink(store.db, 'tool')).toBe(true);
    await run({ unchanged: range(0, 12), sweep: true });
    expect(left()).toBe(12);
    expect(state()).toMatchObject({ error_code: null, had: 12 });
    await expect(run({ sweep: true })).rejects.toEqual(shrunk);
    expect(left()).toBe(12);
  });

  it('heeds a connector that finds nothing of a kind, until that is accepted', async () => {
    let isGone = false;
    const connector: Connector<object> = {
      async *changes(cursor, _known, call) {
        cursors.push(cursor);
        if (isGone) stopIfEmptied('tool', call, 'none of the 3 groups is found');
        yield {
          upserts: isGone ? [] : itemsOf(range(0, 3)),
          deletes: [],
          unchanged: [],
          problems: [],
          cursor: '3 groups',
          sweep: true,
        };
      },
      health: async () => ({ status: 'ok', detail: 'Scripted.' }),
      close: async () => undefined,
    };
    const sync = () => syncSource(store, 'tool', connector, { signal: new AbortController().signal }, () => undefined);
    await sync();
    isGone = true;
    for (let tries = 0; tries < 2; tries++) await expect(sync()).rejects.toEqual(shrunk);
    expect(state()?.error_message).toMatch(/^tool: none of the 3 groups is found, so the sync stopped before/);
    expect(acceptShrink(store.db, 'tool')).toBe(true);
    await sync();
    // The connector knows by its cursor what there was.
    expect(cursors).toEqual([undefined, '3 groups', '3 groups', '3 groups']);
    expect(left()).toBe(0);
    expect(state()).toMatchObject({ error_code: null, had: 0 });
  });
});

it('is told to everybody by its code, to operators in full, and answered from what is stored', async () => {
  const company = await emptyCompany({ operators: ['person:ada'] });
  try {
    await company.writePeople([{ uid: 'ada' }, { uid: 'bob' }]);
    for (const number of range(0, 12)) await company.write(`documents/${number}.md`, pageOf({ title: number }));
    await company.sync();
    for (const number of range(0, 11)) await company.delete(`documents/${number}.md`);
    await company.sync();
    const app = await company.open();
    const ask = async (viewer: string) => {
      const { data, errors } = await app.ask({
        query: `{ sources { documents { state itemCount lastError { code message } } }
                  documents { totalCount } topic(query: "certificates") { coverage { source status } } }`,
        viewer,
      });
      expect(errors).toBeUndefined();
      return data;
    };
    const seenBy = (message: unknown) => ({
      sources: { documents: [{ state: 'FAILING', itemCount: 12, lastError: { code: 'SHRUNK', message } }] },
      documents: { totalCount: 12 },
      topic: { coverage: expect.arrayContaining([expect.objectContaining({ source: 'docs', status: 'STALE' })]) },
    });
    expect(await ask('ada')).toMatchObject(seenBy(expect.stringContaining('of 12 items only 1 would be left')));
    expect(await ask('bob')).toMatchObject(seenBy(expect.stringMatching(/^The tool suddenly has less than half/)));
  } finally {
    await company.close();
  }
});
