import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import type { AccountState } from '../../subgraphs/kit/content/item.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { emptyCompany } from '../helpers/company.ts';
import { syncOnce } from '../helpers/sync.ts';
import { FakeDiscourse, KEY, type FakeAnswer } from '../servers/discourse.ts';

let fake: FakeDiscourse;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  store = new MemoryStore();
  fake.user('Ada').lastSeenAt = '2026-03-04T05:06:07.000Z';
  fake.topic('One', '<p>x</p>', { author: 'Ada' }).posts[0]!.likes = 7;
  fake.reply(fake.topics.get(1)!, 'bob', '<p>y</p>').likes = 2;
});
afterEach(async () => {
  vi.useRealTimers();
  await fake[Symbol.asyncDispose]();
});

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(discourse, { url: fake.url, apiKey: KEY, perMinute: 1_000_000, ...options }, '/');
const accounts = async (connector: Connector<ConversationItem>): Promise<readonly AccountState[]> =>
  (await store.run(connector))
    .flatMap((batch) => batch.accounts ?? [])
    // That somebody has an account is said of everybody.
    .filter((account) => account.reputation !== undefined || account.lastSeenAt !== undefined);
const asked = (): number => fake.requests.filter((line) => line.startsWith('GET /directory_items')).length;

it('of accounts is the likes the forum shows to all, read once a day', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const connector = await open();
  expect(await accounts(connector)).toEqual([
    { handle: 'ada', reputation: 7 },
    { handle: 'bob', reputation: 2 },
  ]);
  fake.topics.get(1)!.posts[0]!.likes = 8;
  expect(await accounts(connector)).toEqual([]);
  vi.setSystemTime(Date.now() + 23 * 60 * 60_000);
  expect(await accounts(connector)).toEqual([]);
  expect(asked()).toBe(2);
  vi.setSystemTime(Date.now() + 60 * 60_000);
  expect(await accounts(connector)).toContainEqual({ handle: 'ada', reputation: 8 });
});

it('has when they were last seen only where the configuration wants it', async () => {
  expect(await accounts(await open({ showLastSeen: true }))).toEqual([
    { handle: 'ada', lastSeenAt: '2026-03-04T05:06:07.000Z', reputation: 7 },
    { handle: 'bob', reputation: 2 },
  ]);
});

it('of many is read as far as the forum lists them, in eleven requests', async () => {
  for (let at = 0; at < 800; at++) fake.user(`user${at}`);
  const found = await accounts(await open());
  expect(asked()).toBe(11);
  expect(found).toHaveLength(550);
  expect(found.slice(0, 2).map(({ handle }) => handle)).toEqual(['ada', 'bob']);
});

it('of very many comes in several batches, and all of it', async () => {
  for (let at = 0; at < 4_500; at++) fake.user(`user${at}`).lastSeenAt = '2026-01-01T00:00:00Z';
  const found = await accounts(await open({ showLastSeen: true }));
  // Bob was never seen, and there are those of the forum itself.
  expect(new Set(found.map(({ handle }) => handle)).size).toBe(4_502);
  expect(Math.max(...store.batches.map((batch) => batch.accounts?.length ?? 0))).toBe(2_000);
  expect(store.items.size).toBe(1);
});

it.each([
  [
    'switched off',
    { status: 403, body: '{"error_type":"invalid_access"}' },
    [/^directory_items\.json: likes .*switched off/],
  ],
  ['not there', { status: 404, body: '<p>' }, []],
  [
    'broken',
    { status: 200, body: '<p>' },
    [/^directory_items\.json: likes .* \(.*not JSON.*\); they are tried again$/],
  ],
  ['failing', { status: 500 }, [/^directory_items\.json: likes .* \(.*status 500\); they are tried again$/]],
] satisfies [string, FakeAnswer, RegExp[]][])(
  'is none where the list is %s, and topics are there all the same',
  async (_what, answer, problems) => {
    const connector = await open();
    fake.answer = (path) => (path.startsWith('/directory_items') ? answer : undefined);
    expect(await accounts(connector)).toEqual([]);
    expect(store.items.size).toBe(1);
    expect(store.problems.map(({ place, reason }) => `${place}: ${reason}`)).toEqual(
      problems.map((problem) => expect.stringMatching(problem)),
    );
    fake.answer = () => undefined;
    expect(await accounts(connector)).toHaveLength(problems.length === 0 ? 0 : 2);
  },
);

it('leaves out rows that cannot be used', async () => {
  const rows: unknown[] = [
    null,
    { likes_received: 5, user: { username: ' ' } },
    { likes_received: -1, user: { username: 'eve' } },
    { likes_received: 1e300, user: { username: 'eve' } },
    { likes_received: 2 ** 31, user: { username: 'eve' } },
    { likes_received: 3, user: { username: 'Ada' } },
    { likes_received: 3 },
  ];
  fake.answer = (path) => {
    if (!path.startsWith('/directory_items')) return undefined;
    return { status: 200, body: JSON.stringify({ directory_items: path.includes('page=0') ? rows : [] }) };
  };
  expect(await accounts(await open())).toEqual([{ handle: 'ada', reputation: 3 }]);
});

it('shows in answers, wherever the account does, and keeps accounts hidden whose items are', async () => {
  const company = await emptyCompany();
  try {
    await company.writePeople([{ uid: 'ada' }, { uid: 'bob' }, { uid: 'cay' }, { uid: 'dan' }]);
    fake.topic('Secret', '<p>x</p>', { author: 'dan', category: fake.category('Staff', ['staff']).id });
    fake.user('cay');
    const parsed = discourse.options.parse({ url: fake.url, apiKey: KEY, perMinute: 1_000_000, showLastSeen: true });
    const sources = [
      { name: 'forum', connector: 'discourse', everySeconds: 300, options: parsed as Record<string, unknown> },
    ];
    const forum = { ...company.config.forum, sources };
    await syncOnce({ ...company.config, forum });
    const app = await company.open({ forum });
    const query = `{
      conversations { edges { node { author { reputation lastSeenAt }
        replies { edges { node { author { handle reputation lastSeenAt } } } } } } }
      people(orderBy: NAME) { edges { node { name accounts { handle reputation lastSeenAt } } } }
      sources { forum { unlinkedAccounts { totalCount } } }
    }`;
    const { data, errors } = await app.ask({ query });
    expect(errors).toBeUndefined();
    const seen = { reputation: 7, lastSeenAt: '2026-03-04T05:06:07.000Z' };
    const bob = { handle: 'bob', reputation: 2, lastSeenAt: null };
    expect(data).toEqual({
      conversations: { edges: [{ node: { author: seen, replies: { edges: [{ node: { author: bob } }] } } }] },
      people: {
        edges: [
          { node: { name: 'Ada', accounts: [{ handle: 'ada', ...seen }] } },
          { node: { name: 'Bob', accounts: [bob] } },
          { node: { name: 'Cay', accounts: [] } },
          { node: { name: 'Dan', accounts: [] } },
        ],
      },
      sources: { forum: [{ unlinkedAccounts: null }] },
    });
  } finally {
    await company.close();
  }
});
