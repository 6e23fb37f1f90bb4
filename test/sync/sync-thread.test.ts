import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { ndjson } from '../../subgraphs/forum/connectors/ndjson.ts';
import type { SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { startSyncThread, type SyncThread } from '../../subgraphs/kit/sync/sync-thread.ts';
import { eventHeaders, FakeDiscourse, KEY } from '../servers/discourse.ts';

const SECRET = 'a secret of a webhook';

let folder: string;
let fake: FakeDiscourse;
let events: SyncEvent[];
let thread: SyncThread;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-thread-'));
  fake = await FakeDiscourse.start();
  fake.user('ann').groups = ['staff'];
  fake.user('bo');
  fake.topic('Open', '<p>x</p>');
  fake.topic('Closed', '<p>x</p>', { category: fake.category('Staff', ['staff']).id });
  await writeFile(join(folder, 'talk.ndjson'), '');
  events = [];
});
afterEach(async () => {
  await thread.stop();
  await fake[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function start(options: object = {}): void {
  const source = (name: string, connector: string, parsed: unknown) => ({
    name,
    connector,
    options: parsed,
    everySeconds: 300,
  });
  const forum = { url: fake.url, apiKey: KEY, perMinute: 1_000_000, webhookSecret: SECRET, ...options };
  thread = startSyncThread(
    {
      subgraph: 'forum',
      storePath: join(folder, 'forum.db'),
      sources: [
        source('forum', 'discourse', discourse.options.parse(forum)),
        source('talk', 'ndjson', ndjson.options.parse({ path: 'talk.ndjson' })),
      ],
      baseDir: folder,
      logLevel: 'silent',
    },
    (event) => events.push(event),
    (error) => {
      throw error;
    },
  );
}

const settled = () => vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('settled'), 20_000);
const live = (account: string | null, keys = ['1', '2'], source = 'forum', signal = new AbortController().signal) =>
  thread.readable(source, account, keys, signal);
const message = (body: string, secret = SECRET) => ({
  headers: eventHeaders('post', 'created', body, secret),
  body: Buffer.from(body),
});

describe('a sync thread, asked who may read what', () => {
  it('has the tool answer, for those with and without an account', async () => {
    start();
    await settled();
    expect(await live('ann')).toEqual(
      new Map([
        ['1', '1'],
        ['2', '2'],
      ]),
    );
    expect(await live('bo')).toEqual(new Map([['1', '1']]));
    expect(await live(null)).toEqual(new Map([['1', '1']]));
    expect(await live('bo', [])).toEqual(new Map());
  });

  it('says of a source that it has no live reads, and that another is not there', async () => {
    start();
    await settled();
    expect(await live('ann', ['1'], 'talk')).toBeUndefined();
    await expect(live('ann', ['1'], 'nothing')).rejects.toMatchObject({ name: 'ConnectorError', code: 'UNAVAILABLE' });
  });

  it('answers beside a sync that takes its time', async () => {
    start();
    await settled();
    const held = Promise.withResolvers<void>();
    fake.answer = (path, reply) => {
      if (!path.startsWith('/latest.json') || path.includes('topic_ids')) return undefined;
      void held.promise.then(() => reply.writeHead(200).end('{"topic_list":{"topics":[]}}'));
      return true;
    };
    fake.requests.length = 0;
    expect(await thread.receive('forum', message('{}'))).toBe('accepted');
    await vi.waitFor(() => expect(fake.requests.some((line) => line.startsWith('GET /latest.json?'))).toBe(true));
    expect(await live('bo')).toEqual(new Map([['1', '1']]));
    expect(events.filter(({ type }) => type === 'synced')).toHaveLength(2);
    held.resolve();
  });

  it('tells why the tool cannot be asked, as the connector does', async () => {
    start({ timeoutMs: 200 });
    await settled();
    fake.answer = (path) => (path.includes('topic_ids') ? { status: 200, body: '<h1>Sign in</h1>' } : undefined);
    await expect(live('bo')).rejects.toMatchObject({
      name: 'ConnectorError',
      code: 'BAD_RESPONSE',
      message: expect.stringMatching(/^forum: /),
    });
  });

  it('ends a question that nobody waits for any more, in the tool too', async () => {
    start();
    await settled();
    const closed = Promise.withResolvers<void>();
    fake.answer = (path, reply) => {
      if (!path.includes('topic_ids')) return undefined;
      reply.once('close', () => closed.resolve());
      abort.abort();
      return true;
    };
    const abort = new AbortController();
    await expect(live('bo', ['1'], 'forum', abort.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    await closed.promise;
    await expect(live('bo', ['1'], 'forum', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('that has ended answers nothing more, and leaves nobody waiting', async () => {
    start();
    await settled();
    const asked = Promise.withResolvers<void>();
    fake.answer = (path) => {
      if (!path.includes('topic_ids')) return undefined;
      asked.resolve();
      return true;
    };
    const waiting = live('bo');
    await asked.promise;
    await Promise.all([expect(waiting).rejects.toMatchObject({ name: 'ConnectorError' }), thread.stop()]);
    await expect(live('bo')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await thread.receive('forum', message('{}'))).toBe('away');
  });
});

describe('a sync thread, handed what came to a webhook', () => {
  it('takes what the tool signed, byte by byte, for the sources that take any', async () => {
    start();
    await settled();
    const body = '{"post":{"topic_id":1,"raw":"é"}}';
    expect(await thread.receive('forum', message(body))).toBe('accepted');
    expect(await thread.receive('forum', { ...message(body), body: Buffer.from(`${body} `) })).toBe('refused');
    expect(await thread.receive('talk', message(body))).toBe('unknown');
    expect(await thread.receive('nothing', message(body))).toBe('unknown');
  });

  it('without a secret takes none', async () => {
    start({ webhookSecret: undefined });
    await settled();
    expect(await thread.receive('forum', message('{}'))).toBe('unknown');
  });

  it('cannot take it before the tool was opened', async () => {
    fake.answer = () => ({ status: 500 });
    start({ timeoutMs: 50 });
    expect(await thread.receive('forum', message('{}'))).toBe('away');
    await expect(live('bo')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('syncs at once, and once for many messages', async () => {
    start();
    await settled();
    fake.requests.length = 0;
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => thread.receive('forum', message('{}'))));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    await vi.waitFor(() => expect(events.filter(({ type }) => type === 'synced')).toHaveLength(4), 10_000);
    // The second one because something was told of while the first one was under way.
    expect(fake.requests.filter((line) => line === 'GET /site.json')).toHaveLength(2);
  });

  it('during the first sync makes another follow', async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    fake.answer = (path, reply) => {
      if (!path.startsWith('/posts.json')) return undefined;
      fake.answer = () => undefined;
      reached.resolve();
      void held.promise.then(() => reply.writeHead(200).end('{"latest_posts":[]}'));
      return true;
    };
    start();
    await reached.promise;
    expect(await thread.receive('forum', message('{}'))).toBe('accepted');
    fake.topic('While it was read', '<p>x</p>');
    held.resolve();
    await vi.waitFor(
      () => expect(events.filter((event) => event.type === 'synced' && event.source === 'forum')).toHaveLength(2),
      10_000,
    );
    expect(events.at(-1)).toMatchObject({ type: 'synced', source: 'forum', changed: 1 });
  });
});
