import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';

let fake: FakeNodebb;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeNodebb.start();
  store = new MemoryStore();
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(nodebb, { url: fake.url, token: TOKEN, perMinute: 1_000_000, ...options }, '/');
const item = (topic: { readonly tid: number }): ConversationItem => {
  const found = store.items.get(String(topic.tid));
  if (found === undefined) throw new Error(`topic ${topic.tid} is not in the store`);
  return found;
};
/** Runs, and tells which requests that took. */
const requestsOf = async (connector: Connector<ConversationItem>): Promise<string[]> => {
  fake.requests.length = 0;
  await store.run(connector);
  return fake.requests.map((line) => line.replace('GET /api/', '').replace(/\?.*/, ''));
};
/** As if listing everything were too much for every run. */
const asIfLarge = (): void => {
  store.cursor = JSON.stringify({ ...JSON.parse(store.cursor ?? ''), pages: 50_000_000 });
};

describe('nodebb: changes', () => {
  it('of all kinds show with the next run, which opens nothing else', async () => {
    const topics = Array.from({ length: 45 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    const [replied, voted, renamed, tagged, deleted, edited, hidden, split, bumped] = topics;
    for (const topic of topics) fake.reply(topic, 'Bo', '<p>first</p>');
    const connector = await open();
    await store.run(connector);
    const views = topics.map((topic) => topic.views);
    fake.reply(replied!, 'Cy', '<p>second</p>');
    voted!.posts[1]!.downvotes++;
    renamed!.title = 'Renamed';
    tagged!.tags.push('new');
    fake.topics.delete(deleted!.tid);
    edited!.posts[0]!.content = '<p>edited</p>';
    hidden!.posts[1]!.isDeleted = true;
    // A post that is moved keeps its id and its time.
    bumped!.posts.push(...split!.posts.splice(1));
    const fresh = fake.topic('Fresh', '<p>x</p>');
    const requests = await requestsOf(connector);
    expect(item(replied!).replies.at(-1)?.body).toBe('second');
    expect(item(voted!).replies[0]?.votes).toBe(-1);
    expect(item(renamed!).title).toBe('Renamed');
    expect(item(tagged!).tags).toEqual(['new']);
    expect(store.items.has(String(deleted!.tid))).toBe(false);
    expect(item(edited!).body).toBe('edited');
    expect(item(hidden!).replies).toEqual([]);
    expect(item(split!).replies).toEqual([]);
    expect(item(bumped!).replies).toHaveLength(2);
    expect(item(fresh).title).toBe('Fresh');
    const changed = [replied, voted, renamed, tagged, edited, hidden, split, bumped, fresh].map((one) => one!.tid);
    const opened = requests.filter((path) => path.startsWith('topic/')).map((path) => Number(path.slice(6)));
    expect(opened.sort((a, b) => a - b)).toEqual(changed);
    for (const [index, topic] of topics.entries())
      expect(topic.views).toBe((views[index] ?? 0) + (changed.includes(topic.tid) ? 1 : 0));
  });

  it('are not what pinning, looking and presence do', async () => {
    const topics = Array.from({ length: 30 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    const connector = await open();
    await store.run(connector);
    topics[3]!.isPinned = true;
    topics[4]!.views += 10;
    const requests = await requestsOf(connector);
    expect(requests.filter((path) => path.startsWith('topic/'))).toEqual([]);
    expect(store.items.size).toBe(30);
  });

  it('of a name show on what was written under the old one', async () => {
    const topic = fake.topic('x', '<p>x</p>');
    const connector = await open();
    await store.run(connector);
    Object.assign(fake.named('Ann'), { username: 'Anna', userslug: 'anna' });
    await store.run(connector);
    expect(item(topic).author).toEqual({ handle: 'anna', name: 'Anna', mail: 'ann@kestrel.example' });
  });

  it('in large forums: what is posted shows at once, all else when it is due', async () => {
    const topics = Array.from({ length: 60 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    const other = fake.category('Other');
    const away = fake.topic('Away', '<p>x</p>', { cid: other.cid });
    const connector = await open();
    await store.run(connector);
    asIfLarge();
    fake.reply(topics[2]!, 'Cy', '<p>new</p>');
    const fresh = fake.topic('Fresh', '<p>x</p>');
    topics[5]!.posts[0]!.content = '<p>edited</p>';
    fake.topics.delete(topics[6]!.tid);
    const requests = await requestsOf(connector);
    expect(item(topics[2]!).replies[0]?.body).toBe('new');
    expect(item(fresh).title).toBe('Fresh');
    expect(item(topics[5]!).body).toBe('x');
    expect(store.batches.at(-1)?.sweep).toBeUndefined();
    expect(requests.filter((path) => path === 'recent/posts')).toHaveLength(1);
    expect(requests.filter((path) => path.endsWith('/topics'))).toEqual([]);
    // Nothing more is opened when nothing more is posted.
    expect((await requestsOf(connector)).filter((path) => path.startsWith('topic/'))).toEqual([]);
    // Readers never wait.
    other.groups = ['staff'];
    await store.run(connector);
    expect(item(away).readers).toEqual(['group:staff']);
    expect(item(topics[5]!).body).toBe('edited');
    expect(store.items.has(String(topics[6]!.tid))).toBe(false);
  });

  it('are seen behind many posts that nobody may read', async () => {
    const old = fake.topic('Old', '<p>x</p>');
    const archive = fake.category('Archive');
    const dead = fake.topic('Dead', '<p>x</p>', { cid: archive.cid });
    for (let number = 0; number < 110; number++) fake.reply(dead, 'Bo', '<p>x</p>');
    fake.topic('New', '<p>x</p>');
    archive.isDisabled = true;
    const connector = await open();
    await store.run(connector);
    old.posts[0]!.content = '<p>edited</p>';
    await store.run(connector);
    expect(item(old).body).toBe('edited');
  });

  it('between two pages of a list lose nothing', async () => {
    const topics = Array.from({ length: 50 }, (_, at) => fake.topic(`Topic ${at}`, '<p>x</p>'));
    const connector = await open();
    await store.run(connector);
    // The newest goes while the list is read: what was 21st is 20th now, on the page already read.
    fake.answer = (path) => {
      if (path.includes('after=20')) fake.topics.delete(topics.at(-1)!.tid);
      return undefined;
    };
    await store.run(connector);
    expect(store.items.size).toBe(49);
  });
});
