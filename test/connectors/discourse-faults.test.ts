import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeDiscourse, KEY, type FakeAnswer } from '../servers/discourse.ts';

let fake: FakeDiscourse;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  store = new MemoryStore();
  for (const title of ['one', 'two', 'three']) {
    const topic = fake.topic(title, `<p>${title}</p>`);
    fake.reply(topic, 'Bo', '<p>yes</p>');
  }
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(discourse, { url: fake.url, apiKey: KEY, perMinute: 1_000_000, ...options }, '/');
const keys = (): string[] => [...store.items.keys()].sort();
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);

const FAULTS: readonly (readonly [string, FakeAnswer, string])[] = [
  ['only rows of another shape', { status: 200, body: '{"topic_list":{"topics":[{"id":"1"}]}}' }, 'BAD_RESPONSE'],
  ['nothing at all, with status 200', { status: 200, body: '{"topic_list":{"topics":[]}}' }, 'SHRUNK'],
];

describe('discourse: faults', () => {
  it('waits as long as a refusal says in its body alone', async () => {
    const connector = await open();
    let asked = 0;
    const refuse = (seconds: unknown): void => {
      asked = 0;
      fake.answer = () => {
        asked++;
        const extras = { wait_seconds: seconds };
        return { status: 429, body: JSON.stringify({ errors: [], error_type: 'rate_limit', extras }) };
      };
    };
    refuse(86_400);
    const late = { code: 'RATE_LIMITED', retryAfterMs: 86_400_000 };
    await expect(store.run(connector)).rejects.toMatchObject(late);
    expect(asked).toBe(1);
    // What is no number of seconds is no wait.
    refuse('soon');
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: undefined });
    expect(asked).toBeGreaterThan(1);
  });

  it.each(FAULTS)(
    '%s instead of a list ends the run, deletes nothing, and later all goes on',
    async (_what, answer, code) => {
      const connector = await open();
      await store.run(connector);
      fake.topics.delete(1);
      fake.answer = (path) => (path.startsWith('/latest.json') ? answer : undefined);
      await expect(store.run(connector)).rejects.toMatchObject({ name: 'ConnectorError', code });
      expect(keys()).toEqual(['1', '2', '3']);
      fake.answer = () => undefined;
      await store.run(await open());
      expect(keys()).toEqual(['2', '3']);
    },
  );

  it.each([
    ['truncated', { status: 200, body: '{"id":1' }],
    ['HTML', { status: 200, body: '<p>' }],
    ['of another shape', { status: 200, body: '{"id":2}' }],
    ['too large', { status: 200, body: ' '.repeat(200_000) }],
    ['broken', { status: 500 }],
  ] satisfies [string, FakeAnswer][])(
    'a topic that is %s stays as it was, is reported and tried again',
    async (_what, answer) => {
      const connector = await open({ maxBytes: 100_000 });
      await store.run(connector);
      const [one, two] = [...fake.topics.values()];
      fake.reply(one!, 'Cy', '<p>new</p>');
      fake.reply(two!, 'Cy', '<p>new</p>');
      fake.answer = (path) => (path === '/t/1.json' ? answer : undefined);
      await store.run(connector);
      expect(store.items.get('1')?.replies).toHaveLength(1);
      expect(store.items.get('2')?.replies).toHaveLength(2);
      expect(problems()).toEqual([expect.stringMatching(/^topic 1: cannot be read \(.*\); it is tried again$/)]);
      fake.answer = () => undefined;
      await store.run(connector);
      expect(store.items.get('1')?.replies).toHaveLength(2);
    },
  );

  it('a topic that is broken and has other readers now is not kept for the old ones', async () => {
    const connector = await open();
    await store.run(connector);
    fake.topics.get(1)!.category = fake.category('Staff', ['staff']).id;
    fake.answer = (path) => (path === '/t/1.json' ? { status: 200, body: '{' } : undefined);
    await store.run(connector);
    expect(keys()).toEqual(['2', '3']);
  });

  it('many broken topics are a broken forum', async () => {
    const connector = await open();
    fake.answer = (path) => (path.startsWith('/t/') ? { status: 200, body: '{' } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it('rows and posts that are no good are left out and reported, the rest is there', async () => {
    const connector = await open();
    await store.run(connector);
    const row = { id: 1, title: null, posts_count: 1 };
    fake.answer = (path) => {
      if (!path.startsWith('/t/2.json')) return undefined;
      const shown = fake.shown(fake.topics.get(2)!);
      const posts = [...shown.post_stream.posts, { id: 77, cooked: 5 }];
      return { status: 200, body: JSON.stringify({ ...shown, post_stream: { ...shown.post_stream, posts } }) };
    };
    fake.reply(fake.topics.get(2)!, 'Cy', '<p>new</p>');
    await store.run(connector);
    expect(store.items.get('2')?.replies).toHaveLength(2);
    expect(problems()).toEqual([expect.stringContaining('topic 2: a post has an unusable')]);
    fake.answer = (path) =>
      path.includes('order=')
        ? { status: 200, body: JSON.stringify({ topic_list: { topics: [row, fake.row(fake.topics.get(2)!)] } }) }
        : undefined;
    await store.run(connector);
    expect(keys()).toEqual(['1', '2', '3']);
    expect(problems().at(-1)).toMatch(/^topic 1: its line in the list: `title`/);
  });

  it('a topic with an id beyond all forums does not keep us busy', async () => {
    const topics = [...fake.topics.values(), { ...fake.topics.get(1)!, id: 2 ** 50 }].map((topic) => fake.row(topic));
    const body = JSON.stringify({ topic_list: { topics } });
    fake.answer = (path) => (path.startsWith('/latest.json') ? { status: 200, body } : undefined);
    await store.run(await open());
    expect(keys()).toEqual(['1', '2', '3']);
    expect(problems()).toEqual([expect.stringContaining('its line in the list: `id`')]);
  });

  it('other topics than those asked for by id prove nothing', async () => {
    const connector = await open();
    await store.run(connector);
    const deleted = fake.topics.get(1)!;
    fake.topics.delete(1);
    const body = JSON.stringify({ topic_list: { topics: [fake.row({ ...deleted, id: 9 })] } });
    fake.answer = (path) => (path.includes('topic_ids=') ? { status: 200, body } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
    expect(keys()).toEqual(['1', '2', '3']);
  });

  it('keeps all requests within one budget', async () => {
    const times: number[] = [];
    fake.answer = () => void times.push(performance.now());
    const connector = await open({ perMinute: 1_200 });
    await store.run(connector);
    // One every 50 ms, whatever it is for; a timer may be a little early.
    expect(times.length).toBeGreaterThan(7);
    expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual((times.length - 1) * 50 - 20);
  });
});

describe('discourse: doctor', () => {
  const failing = (options: object): Promise<unknown> => open(options).catch((error: unknown) => error);

  it('says ok after the calls of a run', async () => {
    fake.category('Staff', ['staff']);
    const connector = await open();
    fake.requests.length = 0;
    expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found topics.' });
    expect(fake.requests.map((line) => line.replace(/\?.*/, ''))).toEqual([
      'GET /site.json',
      'GET /latest.json',
      'GET /t/3.json',
      'GET /posts.json',
      'GET /admin/users/list/active.json',
      'GET /c/2/show.json',
    ]);
  });

  it('knows a wrong host, key and user apart', async () => {
    expect(await failing({ apiKey: 'wrong' })).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('set `apiKey`'),
    });
    expect(await failing({ apiUser: 'nobody' })).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('has no user "nobody"; correct `apiUser`'),
    });
    fake.answer = () => ({ status: 200, body: '<html><h1>Shop</h1></html>' });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('set `url`') });
    fake.answer = () => ({ status: 404, body: '<html>' });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('set `url`') });
    fake.answer = () => ({ status: 403, body: '<html>Blocked' });
    expect(await failing({})).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('a proxy') });
    expect(String(await failing({ apiKey: 'a-secret-key' }))).not.toContain('a-secret-key');
  });

  it.each([
    [/^\/latest/, 'the key may not list topics'],
    [/^\/t\//, 'the key may not read topics'],
    [/^\/posts/, 'the key may not list posts'],
    [/^\/admin/, 'mail addresses cannot be read'],
    [/^\/c\//, 'not who may read the category "Staff"'],
  ])('names the right that the key lacks: %s', async (paths, sentence) => {
    fake.category('Staff', ['staff']);
    fake.outOfScope = paths;
    const health = await (await open()).health(call);
    expect(health).toMatchObject({ status: 'failed', detail: expect.stringContaining(sentence) });
  });
});
