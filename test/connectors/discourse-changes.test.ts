import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeDiscourse, KEY } from '../servers/discourse.ts';

let fake: FakeDiscourse;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  store = new MemoryStore();
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(discourse, { url: fake.url, apiKey: KEY, perMinute: 1_000_000, ...options }, '/');
const item = (topic: { readonly id: number }): ConversationItem => {
  const found = store.items.get(String(topic.id));
  if (found === undefined) throw new Error(`topic ${topic.id} is not in the store`);
  return found;
};

/** Runs, and tells which requests that took. */
const requestsOf = async (connector: Connector<ConversationItem>): Promise<string[]> => {
  fake.requests.length = 0;
  await store.run(connector);
  return fake.requests.map((line) => line.replace('GET /', '').replace(/\?.*/, ''));
};

describe('discourse: changes', () => {
  it('of all kinds show with the next run, which reads nothing else', async () => {
    const topics = Array.from({ length: 40 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    const [replied, liked, renamed, tagged, deleted] = topics;
    for (const topic of topics) fake.reply(topic, 'Bo', '<p>first</p>');
    const connector = await open();
    await store.run(connector);
    fake.reply(replied!, 'Cy', '<p>second</p>');
    liked!.posts[1]!.likes++;
    renamed!.title = 'Renamed';
    tagged!.tags.push('new');
    fake.topics.delete(deleted!.id);
    // Not the last post, and not among the topics whose turn it is: the opening of the newest topic.
    const late = topics.at(-1)!;
    fake.edit(late, late.posts[0]!, '<p>edited</p>');
    const fresh = fake.topic('Fresh', '<p>x</p>');
    const requests = await requestsOf(connector);
    expect(item(replied!).replies.at(-1)?.body).toBe('second');
    expect(item(liked!).replies[0]?.votes).toBe(1);
    expect(item(renamed!).title).toBe('Renamed');
    expect(item(tagged!).tags).toEqual(['new']);
    expect(store.items.has(String(deleted!.id))).toBe(false);
    expect(item(late).body).toBe('edited');
    expect(item(fresh).title).toBe('Fresh');
    const upserts = store.batches
      .at(-1)!
      .upserts.map(({ key }) => Number(key))
      .sort((a, b) => a - b);
    expect(upserts).toEqual([replied!, liked!, renamed!, tagged!, late, fresh].map(({ id }) => id));
    // Site, list, edits; the deleted one by its id; the six, and those of the ten whose turn it is that are not among them.
    expect(requests.filter((path) => path.startsWith('t/')).length).toBeLessThanOrEqual(16);
    expect(requests.filter((path) => !path.startsWith('t/'))).toEqual([
      'site.json',
      'latest.json',
      'posts.json',
      'latest.json',
    ]);
  });

  it('of old posts are found in turn', async () => {
    const topics = Array.from({ length: 25 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    for (const topic of topics) for (let at = 0; at < 3; at++) fake.reply(topic, 'Bo', '<p>y</p>');
    const connector = await open();
    await store.run(connector);
    for (const topic of topics) fake.edit(topic, topic.posts[0]!, '<p>edited</p>');
    for (let run = 0; run < 3; run++) await store.run(connector);
    expect(topics.every((topic) => item(topic).body === 'edited')).toBe(true);
  });

  it('of the first run are read in bulk, with the same outcome as one by one', async () => {
    const support = fake.category('Support', ['staff']);
    for (let at = 0; at < 120; at++)
      fake.topic(`Topic ${at}`, '<p>x</p>', { tags: [`t${at % 3}`], ...(at % 2 ? { category: support.id } : {}) });
    for (let at = 1; at <= 120; at++)
      for (let n = 0; n < 3; n++) fake.reply(fake.topics.get(at)!, 'Bo', `<p>${n}</p>`).likes = n;
    // What no such list has whole: hidden posts, moderators' ones, and which of them is the answer.
    const [solved, hidden, moderated] = [fake.topics.get(1)!, fake.topics.get(2)!, fake.topics.get(3)!];
    solved.posts[1]!.isAccepted = true;
    hidden.posts[1]!.isHidden = true;
    fake.reply(moderated, 'Mod', '<p>tidy</p>', 2);
    const secret = fake.topic('Secret', '<p>x</p>', { archetype: 'private_message', category: null });
    const connector = await open();
    const requests = await requestsOf(connector);
    expect(requests.filter((path) => path.startsWith('t/')).toSorted()).toEqual(['t/1.json', 't/2.json', 't/3.json']);
    expect(requests.length).toBeLessThan(25);
    expect(store.items.size).toBe(120);
    expect(store.items.has(String(secret.id))).toBe(false);
    expect(item(solved).replies.map(({ accepted }) => accepted)).toEqual([true, false, false]);
    expect(item(hidden).replies).toHaveLength(2);
    expect(item(moderated).replies).toHaveLength(4);
    const other = new MemoryStore<ConversationItem>();
    fake.answer = (path) => (path.includes('before=') ? { status: 200, body: '<p>broken' } : undefined);
    await other.run(await open());
    expect(Object.fromEntries(other.items)).toEqual(Object.fromEntries(store.items));
  });

  it('of a large forum cost a few requests, and deletions are found once listing all is due', async () => {
    for (let at = 0; at < 1_050; at++) fake.topic(`Topic ${at}`, '<p>x</p>');
    const slow = await open();
    await store.run(slow);
    const listed = (at: number): void =>
      void (store.cursor = JSON.stringify({ ...(JSON.parse(store.cursor ?? '') as object), listedAt: at }));
    // At the rate of this test listing all is due again in a moment.
    listed(Date.now() + 60 * 60_000);
    fake.topics.delete(1_000);
    fake.reply(fake.topics.get(5)!, 'Bo', '<p>new</p>');
    const requests = await requestsOf(slow);
    expect(store.items.get('5')?.replies).toHaveLength(1);
    expect(requests).not.toContain('t/500.json');
    expect(requests.filter((path) => path === 'latest.json').length).toBeLessThanOrEqual(2);
    expect(requests.length).toBeLessThanOrEqual(20);
    expect(store.items.has('1000')).toBe(true);
    // After a day without a run: more than a page, behind a topic that has been pinned since last year.
    fake.topics.get(7)!.isPinned = true;
    for (let id = 100; id < 250; id++) fake.reply(fake.topics.get(id)!, 'Bo', '<p>new</p>');
    await store.run(slow);
    expect([...store.items.values()].filter(({ replies }) => replies.length === 1)).toHaveLength(151);
    listed(0);
    await store.run(slow);
    expect(store.items.has('1000')).toBe(false);
    expect(store.items.size).toBe(1_049);
  });

  it('while the list is read lose nothing: a topic that slipped between two pages stays', async () => {
    for (let at = 0; at < 150; at++) fake.topic(`Topic ${at}`, '<p>x</p>');
    const connector = await open();
    await store.run(connector);
    fake.answer = (path) => {
      // The newest topic goes just before the second page is made, so that one of the second is on the first by then.
      if (path.includes('order=created') && path.includes('&page=1')) fake.topics.delete(150);
      return undefined;
    };
    await store.run(connector);
    expect(store.items.size).toBe(150);
    await store.run(connector);
    expect(store.items.size).toBe(149);
    expect(store.batches.flatMap(({ deletes }) => deletes)).toEqual(['150']);
  });

  it('of mail addresses come with the reading of a topic', async () => {
    for (let at = 0; at < 230; at++) fake.user(`user${at}`, `User ${at}`);
    const topic = fake.topic('a', '<p>x</p>', { author: 'user229' });
    const requests = await requestsOf(await open());
    expect(item(topic).author).toEqual({ handle: 'user229', name: 'User 229', mail: 'user229@kestrel.example' });
    // Three pages, and an empty one.
    expect(requests.filter((path) => path.startsWith('admin/users'))).toHaveLength(4);
  });
});
