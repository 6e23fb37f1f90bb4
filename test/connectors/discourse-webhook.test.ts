import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../gateway/app.ts';
import { createLog } from '../../gateway/log.ts';
import { startSync, type RunningSync } from '../../gateway/sync.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { emptyCompany } from '../helpers/company.ts';
import { eventHeaders, FakeDiscourse, KEY } from '../servers/discourse.ts';

const SECRET = 'a secret of a webhook';

let fake: FakeDiscourse;
let store: MemoryStore<ConversationItem>;
let connector: Connector<ConversationItem>;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  store = new MemoryStore();
  for (let at = 0; at < 60; at++) fake.topic(`Topic ${at}`, '<p>x</p>');
  const options = { url: fake.url, apiKey: KEY, perMinute: 1_000_000, webhookSecret: SECRET };
  connector = await openWith(discourse, options, '/');
  await store.run(connector);
  fake.requests.length = 0;
});
afterEach(() => fake[Symbol.asyncDispose]());

const receive = (payload: unknown, headers: Record<string, string> = {}): boolean | undefined => {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signed = eventHeaders('post', 'created', body, SECRET);
  return connector.receive?.({ headers: { ...signed, ...headers }, body: Buffer.from(body) });
};
const signature = 'x-discourse-event-signature';
const hexOf = (body: string, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('hex');
/** The topics that the next run's first batch has, and what was asked for until then. */
const firstOf = async (): Promise<{ upserts: string[]; deletes: string[]; requests: string[] }> => {
  fake.requests.length = 0;
  const [batch] = await store.run(connector, 1);
  const requests = fake.requests.map((line) => line.replace('GET /', '').replace(/&.*/, ''));
  return { upserts: batch?.upserts.map(({ key }) => key) ?? [], deletes: [...(batch?.deletes ?? [])], requests };
};

describe('discourse: a webhook’s signature', () => {
  const body = '{"post":{"topic_id":7}}';
  it.each([
    ['missing', { [signature]: '' }],
    ['of another secret', { [signature]: `sha256=${hexOf(body, 'another secret')}` }],
    ['over another body', { [signature]: `sha256=${hexOf(`${body} `)}` }],
    ['without its kind', { [signature]: hexOf(body) }],
    ['of another kind', { [signature]: `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}` }],
    ['cut short', { [signature]: `sha256=${hexOf(body).slice(0, 62)}` }],
    ['longer', { [signature]: `sha256=${hexOf(body)}00` }],
    ['given twice', { [signature]: `sha256=${hexOf(body)}, sha256=${hexOf(body)}` }],
  ])('that is %s is refused, and tells of nothing', async (_what, headers) => {
    expect(receive(body, headers)).toBe(false);
    expect((await firstOf()).requests).not.toContain('latest.json?no_definitions=true&topic_ids=7');
    expect(store.batches.at(-1)?.upserts).toEqual([]);
  });

  it('covers every byte of the body', () => {
    const headers = eventHeaders('post', 'created', body, SECRET);
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body);
      changed[at]! ^= 1;
      expect(connector.receive?.({ headers, body: changed })).toBe(false);
    }
    expect(connector.receive?.({ headers, body: Buffer.from(body) })).toBe(true);
  });

  it('makes the connector take webhooks only where there is a secret', async () => {
    const silent = await openWith(discourse, { url: fake.url, apiKey: KEY }, '/');
    expect('receive' in silent).toBe(false);
    expect(discourse.options.safeParse({ url: fake.url, apiKey: KEY, webhookSecret: 'short' }).success).toBe(false);
  });
});

describe('discourse: a webhook’s event', () => {
  it('has its topic read before anything is listed', async () => {
    const topic = fake.topics.get(7)!;
    fake.reply(topic, 'Bo', '<p>new</p>');
    for (let id = 20; id < 40; id++) fake.reply(fake.topics.get(id)!, 'Bo', '<p>new</p>');
    const before = store.cursor;
    expect(receive({ post: { id: 99, topic_id: 7 } })).toBe(true);
    const first = await firstOf();
    expect(first).toMatchObject({ upserts: ['7'], deletes: [] });
    expect(first.requests).toEqual(['latest.json?no_definitions=true', 'c/1/show.json', 't/7.json']);
    expect(fake.requests[0]).toContain('topic_ids=7');
    expect(store.items.get('7')?.replies).toHaveLength(1);
    // Whoever is killed now goes on as if nothing had been told.
    expect(store.cursor).toBe(before);
    await store.run(connector);
    expect(store.items.get('20')?.replies).toHaveLength(1);
    expect(store.items.size).toBe(60);
  });

  it.each([
    ['a topic', { topic: { id: 7, title: 'x' } }],
    ['a post', { post: { id: 3, topic_id: 7 } }],
    ['a like', { like: { post: { id: 3, topic_id: 7 }, user: { id: 1 } } }],
    ['an answer', { solved: { id: 3, topic_id: 7 } }],
  ])('tells of its topic as %s', async (_what, payload) => {
    fake.topics.get(7)!.posts[0]!.likes++;
    receive(payload);
    expect((await firstOf()).upserts).toEqual(['7']);
  });

  it.each([
    ['a ping', { ping: 'OK' }],
    ['a user', { user: { id: 7 } }],
    ['no JSON', 'payload=%7B%22topic%22'],
    ['nothing', ''],
    ['null', 'null'],
    ['a made-up id', { post: { topic_id: 1e15 } }],
    ['an id of another type', { topic: { id: '7' } }],
    ['deep nesting', '['.repeat(100_000)],
  ])('that tells of no topic is taken: %s', async (_what, payload) => {
    expect(receive(payload)).toBe(true);
    await store.run(connector);
    expect(fake.requests.some((line) => line.includes('topic_ids'))).toBe(false);
    expect(store.items.size).toBe(60);
  });

  it('sent again reads its topic again, and changes nothing', async () => {
    fake.reply(fake.topics.get(7)!, 'Bo', '<p>new</p>');
    receive({ post: { topic_id: 7 } });
    await store.run(connector);
    const whole = new Map(store.items);
    for (const id of ['1', '2', '2']) receive({ post: { topic_id: 7 } }, { 'x-discourse-event-id': id });
    const batches = await store.run(connector);
    expect(batches.flatMap(({ upserts }) => upserts)).toEqual([]);
    expect(store.items).toEqual(whole);
  });

  it('about what is closed or gone has it deleted at once, and opens nothing', async () => {
    const staff = fake.category('Staff', ['staff']);
    const secret = fake.topic('Salary', '<p>x</p>', { archetype: 'private_message', category: null });
    fake.topics.get(7)!.category = staff.id;
    fake.topics.get(8)!.isVisible = false;
    fake.topics.delete(9);
    for (const id of [7, 8, 9, secret.id, 4_000]) receive({ topic: { id } });
    const { upserts, deletes, requests } = await firstOf();
    expect(upserts).toEqual(['7']);
    expect(store.items.get('7')?.readers).toEqual(['group:staff']);
    expect(deletes.toSorted()).toEqual(['8', '9']);
    expect(requests).not.toContain(`t/${secret.id}.json`);
    await store.run(connector);
    expect(store.items.has(String(secret.id))).toBe(false);
    expect(store.items.size).toBe(58);
  });

  it('that is the first after a restart has the people behind its accounts', async () => {
    const options = { url: fake.url, apiKey: KEY, perMinute: 1_000_000, webhookSecret: SECRET };
    connector = await openWith(discourse, options, '/');
    fake.reply(fake.topics.get(7)!, 'Newcomer', '<p>new</p>');
    receive({ post: { topic_id: 7 } });
    await store.run(connector);
    expect(store.items.get('7')?.replies[0]?.author).toEqual({ handle: 'newcomer', mail: 'newcomer@kestrel.example' });
  });

  it('whose topic cannot be read is left to the ordinary run', async () => {
    fake.reply(fake.topics.get(7)!, 'Bo', '<p>new</p>');
    fake.answer = (path) => (path.includes('topic_ids') ? { status: 200, body: '<p>' } : undefined);
    receive({ post: { topic_id: 7 } });
    await store.run(connector);
    expect(store.items.get('7')?.replies).toHaveLength(1);
  });
});

it('a post shows in an answer soon after the forum told of it', async () => {
  const company = await emptyCompany();
  let sync: RunningSync | undefined;
  try {
    const options = { url: fake.url, apiKey: KEY, perMinute: 1_000_000, webhookSecret: SECRET };
    const forum = {
      ...company.config.forum,
      sources: [
        {
          name: 'forum',
          connector: 'discourse',
          everySeconds: 86_400,
          options: discourse.options.parse(options) as Record<string, unknown>,
        },
      ],
    };
    const config = { ...company.config, forum };
    const app = await createApp(config, {
      receive: async (source, message) => sync?.receive(source, message) ?? 'away',
    });
    try {
      const base = await app.http.listen({ host: '127.0.0.1', port: 0 });
      fake.webhook = { url: `${base}/webhooks/forum`, secret: SECRET };
      expect(await fake.send('topic', 'created', { id: 1 })).toBe(503);
      sync = startSync(config, subgraphs, createLog({ level: 'silent', format: 'json' }), () => {});
      await sync.settled;
      const titles = async (text: string): Promise<string[]> => {
        const query = `{ conversations(filter: { text: "${text}" }) { edges { node { title } } } }`;
        const { data } = await app.ask({ query });
        const { conversations } = data as { conversations: { edges: { node: { title: string } }[] } };
        return conversations.edges.map(({ node }) => node.title);
      };
      expect(await titles('heliograph')).toEqual([]);
      const topic = fake.topic('Signals by mirror', '<p>Use a heliograph.</p>');
      expect(await titles('heliograph')).toEqual([]);
      expect(await fake.send('topic', 'created', { id: topic.id, title: topic.title })).toBe(202);
      await vi.waitFor(async () => expect(await titles('heliograph')).toEqual(['Signals by mirror']), 10_000);

      fake.webhook = { url: `${base}/webhooks/forum`, secret: 'not its secret' };
      expect(await fake.send('topic', 'created', { id: topic.id })).toBe(401);
      fake.webhook = { url: `${base}/webhooks/docs`, secret: SECRET };
      expect(await fake.send('topic', 'created', { id: topic.id })).toBe(404);
      expect(await sync.readable('forum', null, [String(topic.id), '999'], AbortSignal.timeout(20_000))).toEqual(
        new Map([[String(topic.id), '1']]),
      );
      await expect(sync.readable('elsewhere', null, ['1'], AbortSignal.timeout(20_000))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
    } finally {
      await app.close();
    }
  } finally {
    await sync?.stop();
    await company.close();
  }
});
