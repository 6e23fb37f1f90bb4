import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeNodebb, TOKEN, type FakeAnswer } from '../servers/nodebb.ts';

let fake: FakeNodebb;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeNodebb.start();
  store = new MemoryStore();
  for (const title of ['one', 'two', 'three']) fake.reply(fake.topic(title, `<p>${title}</p>`), 'Bo', '<p>yes</p>');
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(nodebb, { url: fake.url, token: TOKEN, perMinute: 1_000_000, ...options }, '/');
const keys = (): string[] => [...store.items.keys()].sort();
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
const failing = (options: object): Promise<unknown> => open(options).catch((error: unknown) => error);

describe('nodebb: a token that is not taken', () => {
  it('is a guest’s, with status 200: that is an error, from the beginning', async () => {
    const error = await failing({ token: 'a-secret-that-is-wrong' });
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('set `token`') });
    expect(String(error)).not.toContain('a-secret');
  });

  it.each(['/api/v3/categories?', '/privileges', '/topics?', '/api/recent/posts', '/api/topic/', '/api/v3/topics/'])(
    'since %s deletes nothing of what guests do not see',
    async (path) => {
      const staff = fake.category('Staff', ['staff']);
      const secret = fake.topic('secret', '<p>x</p>', { cid: staff.cid });
      const connector = await open();
      await store.run(connector);
      fake.reply(secret, 'Bo', '<p>new</p>');
      // Slips past the list, and is asked for by its id.
      if (path === '/api/v3/topics/') fake.topics.delete(1);
      fake.answer = (asked) => {
        if (asked.includes(path)) fake.tokens.clear();
        return undefined;
      };
      await expect(store.run(connector)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      expect(keys()).toEqual(['1', '2', '3', '4']);
      expect(await connector.health(call)).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('set `token`'),
      });
    },
  );

  it('for others than its own user is none to read with', async () => {
    fake.tokens.set('of-bo', fake.named('Bo').uid);
    expect(await failing({ token: 'of-bo' })).toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('set `token` to a master token'),
    });
  });
});

describe('nodebb: faults', () => {
  it.each([
    ['truncated JSON', { status: 200, body: '{"response":{"topics":[{"tid":1,' }, 'BAD_RESPONSE'],
    ['HTML', { status: 200, body: '<!DOCTYPE html><p>Sign in' }, 'BAD_RESPONSE'],
    ['JSON of another shape', { status: 200, body: '{"topics":[]}' }, 'BAD_RESPONSE'],
    ['only rows of another shape', { status: 200, body: '{"response":{"topics":[{"tid":1}]}}' }, 'BAD_RESPONSE'],
    ['https demanded', { status: 426, body: '{}' }, 'MISCONFIGURED'],
  ] satisfies [string, FakeAnswer, string][])(
    '%s instead of a list ends the run, deletes nothing, and later all goes on',
    async (_what, answer, code) => {
      const connector = await open();
      await store.run(connector);
      fake.topics.delete(1);
      fake.answer = (path) => (path.includes('/topics?') ? answer : undefined);
      await expect(store.run(connector)).rejects.toMatchObject({ name: 'ConnectorError', code });
      expect(keys()).toEqual(['1', '2', '3']);
      fake.answer = () => undefined;
      await store.run(await open());
      expect(keys()).toEqual(['2', '3']);
    },
  );

  it.each([
    ['a list of topics that is empty', '/topics?', '{"response":{"topics":[],"privileges":{"uid":1}}}'],
    ['a list of posts that is empty', '/api/recent/posts', '[]'],
  ])('%s, with status 200, deletes nothing', async (_what, path, body) => {
    const connector = await open();
    await store.run(connector);
    fake.answer = (asked) => (asked.includes(path) ? { status: 200, body } : undefined);
    await store.run(connector);
    expect(keys()).toEqual(['1', '2', '3']);
  });

  it('a topic that is broken stays as it was, is reported and tried again', async () => {
    const connector = await open();
    await store.run(connector);
    for (const tid of [1, 2]) fake.reply(fake.topics.get(tid)!, 'Cy', '<p>new</p>');
    fake.answer = (path) => (path.startsWith('/api/topic/1?') ? { status: 200, body: '{"tid":1' } : undefined);
    await store.run(connector);
    expect(store.items.get('1')?.replies).toHaveLength(1);
    expect(store.items.get('2')?.replies).toHaveLength(2);
    expect(problems()).toEqual([expect.stringMatching(/^topic 1: cannot be read \(.*\); it is tried again$/)]);
    fake.answer = () => undefined;
    await store.run(connector);
    expect(store.items.get('1')?.replies).toHaveLength(2);
  });

  it('many broken topics are a broken forum', async () => {
    const connector = await open();
    fake.answer = (path) => (path.startsWith('/api/topic/') ? { status: 200, body: '{' } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it('rows and posts that are no good are left out and reported, the rest is there', async () => {
    const connector = await open();
    await store.run(connector);
    fake.reply(fake.topics.get(2)!, 'Cy', '<p>new</p>');
    fake.answer = (path) => {
      if (path.startsWith('/api/topic/2?')) {
        const shown = fake.shown(2) as { posts: object[] };
        return { status: 200, body: JSON.stringify({ ...shown, posts: [...shown.posts, { pid: 77, content: 5 }] }) };
      }
      if (!path.includes('/topics?')) return undefined;
      const topics = [{ tid: 1, cid: 1 }, fake.shown(2), fake.shown(3), { tid: 'https://else.example/note/1' }];
      return { status: 200, body: JSON.stringify({ response: { topics } }) };
    };
    await store.run(connector);
    expect(store.items.get('2')?.replies).toHaveLength(2);
    expect(keys()).toEqual(['1', '2', '3']);
    expect(problems().sort()).toEqual([
      expect.stringContaining('topic 1: its line in the list: `title`'),
      expect.stringContaining('topic 2: a post has an unusable'),
    ]);
  });

  it('a list that goes on in circles, and a topic with an id beyond all forums, do not keep us busy', async () => {
    const connector = await open();
    const topics = [fake.shown(2), { ...fake.shown(1), tid: 2 ** 50 }];
    fake.answer = (path) =>
      path.includes('/topics?')
        ? { status: 200, body: JSON.stringify({ response: { topics, nextStart: fake.requests.length * 20 } }) }
        : path.startsWith('/api/recent/posts')
          ? { status: 200, body: JSON.stringify([{ pid: 1, tid: 1, timestamp: 1 }]) }
          : undefined;
    await store.run(connector);
    expect(keys()).toEqual(['2']);
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

describe('nodebb: doctor', () => {
  it('says ok after the calls of a run, and opens no topic for it', async () => {
    const connector = await open();
    fake.requests.length = 0;
    expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found topics.' });
    expect(fake.requests.map((line) => line.replace(/\?.*/, ''))).toEqual([
      'GET /api/self',
      'GET /api/v3/categories',
      'GET /api/v3/categories/1/privileges',
      'GET /api/admin/manage/users',
      'GET /api/v3/categories/1/topics',
      'GET /api/recent/posts',
      'GET /api/v3/topics/3',
    ]);
  });

  it('knows a wrong host, a wrong user and a lacking right apart', async () => {
    expect(await failing({ uid: 99 })).toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('has no user 99; set `uid`'),
    });
    const plain = await open({ uid: fake.named('Bo').uid });
    expect(await plain.health(call)).toEqual({
      status: 'failed',
      detail: 'Readable, but not who may read the category "General"; let `uid` be an administrator.',
    });
    fake.answer = (path) => (path.startsWith('/api/admin') ? { status: 403 } : undefined);
    expect(await (await open()).health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('mail addresses cannot be read'),
    });
    fake.answer = () => ({ status: 403, body: '<html>Blocked' });
    expect(await failing({})).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('a proxy') });
    fake.answer = () => ({ status: 200, body: '<html><h1>Shop</h1></html>' });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('set `url`') });
    fake.answer = () => ({ status: 404, body: '<html>' });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('set `url`') });
  });

  it('is unsure while the forum is down', async () => {
    const connector = await open();
    fake.answer = () => ({ status: 502 });
    expect(await connector.health(call)).toMatchObject({ status: 'unknown' });
  });
});

describe('nodebb: asked live', () => {
  const readable = async (connector: Connector<ConversationItem>, account: string | null): Promise<string[]> =>
    [...((await connector.readable?.(account, ['1', '2', '4', '5', '77', 'x'], call))?.keys() ?? [])].sort();

  it('says what an account may read now, and what guests may', async () => {
    const [staff, li] = [fake.category('Staff', ['staff']), fake.user('Li_Wei')];
    fake.topic('secret', '<p>x</p>', { cid: staff.cid });
    fake.topic('deleted', '<p>x</p>', { isDeleted: true });
    fake.named('Ann').groups.push('staff');
    const connector = await open();
    await store.run(connector);
    const views = (): number[] => [...fake.topics.values()].map((topic) => topic.views);
    const before = views();
    for (const known of [connector, await open()]) {
      expect(await readable(known, null)).toEqual(['1', '2']);
      expect(await readable(known, 'ann')).toEqual(['1', '2', '4']);
      expect(await readable(known, 'li_wei')).toEqual(['1', '2']);
      expect(await readable(known, 'nobody')).toEqual(['1', '2']);
      expect(await readable(known, 'x/../../self')).toEqual(['1', '2']);
    }
    fake.categories.get(1)!.groups = ['registered-users'];
    staff.users.push(li.uid);
    expect(await readable(connector, null)).toEqual([]);
    expect(await readable(connector, 'li_wei')).toEqual(['1', '2', '4']);
    li.isBanned = true;
    expect(await readable(connector, 'li_wei')).toEqual(['4']);
    expect(views()).toEqual(before);
  });

  it('takes nobody for who had their name before', async () => {
    const staff = fake.category('Staff', ['staff']);
    fake.topic('secret', '<p>x</p>', { cid: staff.cid });
    fake.named('Ann').groups.push('staff');
    const connector = await open();
    await store.run(connector);
    Object.assign(fake.named('Ann'), { username: 'Anna', userslug: 'anna' });
    fake.user('Ann');
    expect(await readable(connector, 'ann')).toEqual(['1', '2']);
    // As long as the list of users is new, nobody has the new name.
    expect(await readable(connector, 'anna')).toEqual(['1', '2']);
    expect(await readable(await open(), 'anna')).toEqual(['1', '2', '4']);
  });

  it('fails rather than asks as somebody else, or as a guest', async () => {
    fake.tokens.set('of-admin', 1);
    const own = await open({ token: 'of-admin' });
    await expect(readable(own, 'ann')).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    const connector = await open();
    fake.tokens.clear();
    await expect(readable(connector, 'ann')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(readable(connector, null)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
