import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeJive, PASSWORD, refusal, type FakeAnswer } from '../servers/jive.ts';

let fake: FakeJive;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeJive.start();
  store = new MemoryStore();
  for (const title of ['one', 'two', 'three']) fake.reply(fake.content(title, '<p>x</p>'), 'bo', '<p>y</p>');
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(jive, { url: fake.url, user: 'admin', password: PASSWORD, perMinute: 1_000_000, ...options }, '/');
const titles = (): string[] => [...store.items.values()].map(({ title }) => title).sort();
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
const only = (start: string, answer: FakeAnswer) => (path: string) => (path.startsWith(start) ? answer : undefined);
const list = (rows: readonly unknown[], next?: string): FakeAnswer => ({
  status: 200,
  body: JSON.stringify({
    list: rows,
    itemsPerPage: 100,
    startIndex: 0,
    ...(next === undefined ? {} : { links: { next } }),
  }),
});

describe('jive: faults', () => {
  it.each([
    ['contents?', list([]), 'SHRUNK'],
    ['contents?', list([{ contentID: 7 }]), 'BAD_RESPONSE'],
    ['contents?', refusal(400, 'badFilter', 'Invalid type'), 'BAD_RESPONSE'],
    ['places?', list([]), 'SHRUNK'],
    ['places?', list([{ id: '1' }]), 'BAD_RESPONSE'],
    ['places?', refusal(403, 'forbidden', 'No'), 'FORBIDDEN'],
    ['people/@me', { status: 200, body: '{"id":"-1"}' }, 'UNAUTHORIZED'],
    ['people/@me', { status: 200, body: '{"id":"4711"}' }, 'UNAUTHORIZED'],
  ] satisfies [string, FakeAnswer, string][])(
    '%s answered with %j ends the run and deletes nothing',
    async (path, answer, code) => {
      const connector = await open();
      await store.run(connector);
      fake.answer = only(path, answer);
      await expect(store.run(connector)).rejects.toMatchObject({ name: 'ConnectorError', code });
      expect(titles()).toEqual(['one', 'three', 'two']);
    },
  );

  it('replies that are broken leave their content as it was; it is tried again', async () => {
    const connector = await open();
    await store.run(connector);
    const [one, two] = [...fake.contents.values()];
    fake.reply(one!, 'cy', '<p>new</p>');
    fake.reply(two!, 'cy', '<p>new</p>');
    fake.answer = only(`messages/contents/${one!.id}`, { status: 200, body: '{"list":' });
    await store.run(connector);
    expect(store.items.get(String(one!.id))?.replies).toHaveLength(1);
    expect(store.items.get(String(two!.id))?.replies).toHaveLength(2);
    expect(problems()).toEqual([expect.stringMatching(/its replies cannot be read \(.*\); it is tried again$/)]);
    fake.answer = () => undefined;
    await store.run(connector);
    expect(store.items.get(String(one!.id))?.replies).toHaveLength(2);
  });

  it('many broken ones are a broken Jive', async () => {
    fake.answer = only('messages/', { status: 200, body: '{' });
    await expect(store.run(await open())).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it('rows and replies that are no good are left out and reported, the rest is there', async () => {
    const connector = await open();
    await store.run(connector);
    const [one, two] = [...fake.contents.values()];
    fake.answer = (path) =>
      path.startsWith('contents?')
        ? list([{ ...fake.shown(one!), subject: 5 }, fake.shown(two!), { contentID: '../../x' }, null])
        : path.startsWith('messages/')
          ? list([{ id: '1', content: { text: '<p>good</p>' } }, { id: 'x' }])
          : undefined;
    await store.run(connector);
    expect(titles()).toEqual(['one', 'two']);
    expect(store.items.get(String(two!.id))?.replies.map(({ body }) => body)).toEqual(['good']);
    expect(problems()).toEqual([
      expect.stringMatching(/^content 101: its line in the list: `subject`/),
      expect.stringMatching(/^content \?: its line in the list: `contentID`/),
      expect.stringMatching(/^content \?: its line in the list: ``/),
      expect.stringMatching(/^content 103: a reply has an unusable `id`/),
    ]);
  });

  it.each(['draft', 'Draft', 'pending_approval', 'rejected'])(
    'content that is listed although it is %s goes, and comes to nobody',
    async (status) => {
      const connector = await open();
      await store.run(connector);
      const rows = [...fake.contents.values()].map((one, at) => ({
        ...fake.shown(one),
        ...(at === 0 ? { status } : {}),
      }));
      fake.answer = (path) => (path.startsWith('contents?') ? list(rows) : undefined);
      await store.run(connector);
      expect(titles()).toEqual(['three', 'two']);
    },
  );

  it('content of a type that was not asked for is left alone', async () => {
    fake.answer = (path) =>
      path.startsWith('contents?')
        ? list([...fake.contents.values()].map((one) => ({ ...fake.shown(one), type: 'document' })))
        : undefined;
    await store.run(await open());
    expect(titles()).toEqual([]);
  });

  it.each([
    ['the same page', (page: string) => page],
    ['ever new pages of the same', (page: string) => `${page}&startIndex=${Math.round(Math.random() * 1e9)}`],
  ])('a list without end ends the run: %s', async (_what, next) => {
    const connector = await open();
    const rows = [...fake.contents.values()].map((one) => fake.shown(one));
    fake.answer = (path) =>
      path.startsWith('contents?') ? list(rows, next(`${fake.url}api/core/v3/${path}`)) : undefined;
    await expect(store.run(connector)).rejects.toMatchObject({ message: expect.stringContaining('again and again') });
    fake.answer = (path) =>
      path.startsWith('contents?') ? list([], next(`${fake.url}api/core/v3/${path}`)) : undefined;
    await expect(store.run(connector)).rejects.toMatchObject({ message: expect.stringContaining('again and again') });
  });

  it.each(['http://elsewhere.example/api/core/v3/contents?startIndex=100', '/login?next=1', 'http://'])(
    'a list is not followed to %s',
    async (next) => {
      const connector = await open();
      fake.answer = (path) => (path.startsWith('places?') ? list([], next) : undefined);
      await expect(store.run(connector)).rejects.toMatchObject({
        code: 'MISCONFIGURED',
        message: expect.stringContaining('set `url` to the address Jive gives itself'),
      });
    },
  );

  it('waits within one budget, for guests and members too', async () => {
    fake.group('Board', 'SECRET', ['eve']);
    const times: number[] = [];
    fake.answer = () => void times.push(performance.now());
    await store.run(await open({ perMinute: 1_200 }));
    // One every 50 ms, whatever it is for; a timer may be a little early.
    expect(times.length).toBeGreaterThan(6);
    expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual((times.length - 1) * 50 - 20);
  });
});

describe('jive: doctor', () => {
  const failing = (options: object): Promise<unknown> => open(options).catch((error: unknown) => error);

  it('says ok after the calls of a run', async () => {
    const connector = await open();
    fake.requests.length = 0;
    expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found conversations.' });
    expect(fake.requests.map((path) => path.replace(/\?.*/, ''))).toEqual([
      'people/@me',
      'places',
      'contents',
      `messages/contents/${[...fake.contents.keys()].at(-1)}`,
    ]);
  });

  it('knows a wrong host and wrong credentials apart', async () => {
    expect(await failing({ password: 'a-wrong-secret' })).toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('correct `user` and `password`'),
    });
    expect(String(await failing({ password: 'a-wrong-secret' }))).not.toContain('a-wrong-secret');
    expect(await failing({ url: `${fake.url}community/` })).toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('is not a Jive community; set `url`'),
    });
    fake.answer = () => ({ status: 200, body: '<html>Sign in' });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('set `url`') });
    fake.answer = () => ({ status: 302, headers: { location: 'https://login.example/saml' } });
    expect(await failing({})).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('redirects') });
  });

  it('names what is missing: rights, types, spaces', async () => {
    const connector = await open();
    fake.answer = only('contents?', refusal(403, 'forbidden', 'Not for you'));
    expect(await connector.health(call)).toEqual({
      status: 'failed',
      detail: `test: ${fake.url} does not let the account list contents; make it a Full Access administrator (it says: Not for you)`,
    });
    fake.answer = () => undefined;
    expect(await (await open({ types: ['discussion', 'event'] })).health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('are all of `types` known there?'),
    });
    const space = fake.place({ name: 'Engineering', type: 'space' });
    expect(await connector.health(call)).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/Left out: Engineering: .* set `spaces`/),
    });
    fake.places.delete(space.id);
    fake.group('Board', 'PRIVATE');
    fake.answer = only('members/', refusal(403, 'forbidden', 'No'));
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('not who is in the group "Board"'),
    });
  });

  it('is unsure while Jive is down', async () => {
    const connector = await open();
    fake.answer = () => ({ status: 502 });
    expect(await connector.health(call)).toMatchObject({ status: 'unknown' });
  });
});
