import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';

let fake: FakeJive;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeJive.start();
  store = new MemoryStore();
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(jive, { url: fake.url, user: 'admin', password: PASSWORD, perMinute: 1_000_000, ...options }, '/');
/** Runs, and tells which requests that took. */
const requestsOf = async (connector: Connector<ConversationItem>): Promise<string[]> => {
  fake.requests.length = 0;
  await store.run(connector);
  return fake.requests.map((path) => path.replace(/\?.*/, ''));
};
const many = (count: number): void => {
  for (let at = 0; at < count; at++) fake.content(`Topic ${at}`, '<p>x</p>');
};
/** As if all contents were last listed at this time. */
const listedAt = (at: number): void =>
  void (store.cursor = JSON.stringify({ ...(JSON.parse(store.cursor ?? '') as object), listedAt: at }));

describe('jive: changes', () => {
  it('cost a few requests: contents that did not change are not read again, but for a few in turn', async () => {
    const contents = Array.from({ length: 30 }, (_, at) => fake.content(`Topic ${at}`, '<p>x</p>'));
    for (const content of contents) fake.reply(content, 'bo', '<p>y</p>');
    const connector = await open();
    await store.run(connector);
    // What no list shows.
    contents[4]!.replies[0]!.likes = 7;
    const last = contents[29]!;
    fake.reply(last, 'bo', '<p>z</p>');
    const requests = await requestsOf(connector);
    expect(requests.filter((path) => path.startsWith('messages/'))).toHaveLength(11);
    expect(requests.slice(0, 3)).toEqual(['people/@me', 'places', 'contents']);
    expect(store.items.get(String(contents[4]!.id))?.replies[0]?.votes).toBe(7);
    expect(store.items.get(String(last.id))?.replies).toHaveLength(2);
    for (const content of contents) content.replies[0]!.likes = 9;
    for (let run = 0; run < 3; run++) await store.run(connector);
    expect([...store.items.values()].every(({ replies }) => replies[0]?.votes === 9)).toBe(true);
  });

  it('of a large community cost a few requests, and deletions are found once listing all is due', async () => {
    many(1_050);
    const connector = await open();
    await store.run(connector);
    listedAt(Date.now() + 60 * 60_000);
    const [gone, active, closed] = [...fake.contents.values()];
    fake.contents.delete(gone!.id);
    fake.reply(active!, 'bo', '<p>new</p>');
    closed!.visibility = 'friends';
    closed!.activity = fake.now();
    const requests = await requestsOf(connector);
    expect(requests.length).toBeLessThanOrEqual(6);
    expect(store.items.get(String(active!.id))?.replies).toHaveLength(1);
    expect(store.items.has(String(gone!.id))).toBe(true);
    expect(store.items.has(String(closed!.id))).toBe(false);
    // More than a page.
    for (const content of [...fake.contents.values()].slice(300, 450)) fake.reply(content, 'bo', '<p>new</p>');
    await store.run(connector);
    expect([...store.items.values()].filter(({ replies }) => replies.length === 1)).toHaveLength(151);
    listedAt(0);
    await store.run(connector);
    expect(store.items.has(String(gone!.id))).toBe(false);
    expect(store.items.size).toBe(1_048);
  });

  it('of places have everything looked at, also in a large community', async () => {
    many(1_050);
    const board = fake.group('Board', 'OPEN');
    const content = fake.content('of the board', '<p>x</p>', { place: board.id, activity: 0 });
    const connector = await open();
    await store.run(connector);
    listedAt(Date.now() + 60 * 60_000);
    board.groupType = 'PRIVATE';
    await store.run(connector);
    expect(store.items.has(String(content.id))).toBe(false);
    listedAt(Date.now() + 60 * 60_000);
    fake.person('eve');
    board.members.set('eve', 'member');
    await store.run(connector);
    expect(store.items.get(String(content.id))?.readers).toEqual(['person:eve@kestrel.example']);
    listedAt(Date.now() + 60 * 60_000);
    board.members.set('eve', 'banned').set('ann', 'owner');
    await store.run(connector);
    expect(store.items.get(String(content.id))?.readers).toEqual(['person:ann@kestrel.example']);
  });

  it('of readers come before anything is read', async () => {
    fake.group('Board', 'SECRET', ['eve']);
    const moved = fake.content('moved', '<p>x</p>');
    fake.reply(moved, 'bo', '<p>y</p>');
    const connector = await open();
    await store.run(connector);
    moved.place = 2;
    fake.answer = (path) => (path.startsWith('messages/') ? { status: 200, body: '{' } : undefined);
    const batches = await store.run(connector);
    expect(batches[0]?.deletes).toEqual([String(moved.id)]);
    expect(store.items.size).toBe(0);
    fake.answer = () => undefined;
    await store.run(connector);
    expect(store.items.get(String(moved.id))?.readers).toEqual(['person:eve@kestrel.example']);
  });

  it('while the list is read lose nothing: what slips to a page already read does not count as gone', async () => {
    many(250);
    const connector = await open();
    await store.run(connector);
    let isDone = false;
    fake.answer = (path) => {
      // The oldest goes just before the second page is made, so that its first row is on the first page by then.
      if (isDone || !path.startsWith('contents') || !path.includes('startIndex=99')) return undefined;
      isDone = true;
      fake.contents.delete(101);
      return undefined;
    };
    const batches = await store.run(connector);
    expect(isDone).toBe(true);
    expect(batches.some(({ sweep }) => sweep)).toBe(false);
    expect(store.items.size).toBe(250);
    await store.run(connector);
    expect(store.items.size).toBe(249);
    expect(store.items.has('201')).toBe(true);
  });

  it('of a list that Jive trims for the account lose nothing', async () => {
    many(250);
    fake.person('clerk');
    // Every third is not shown to the clerk, so that pages have gaps, also where one ends.
    fake.group('Board', 'SECRET', ['eve']);
    for (const content of fake.contents.values()) if (content.id % 3 === 2) content.place = 2;
    await store.run(await open({ user: 'clerk' }));
    const shown = [...fake.contents.values()].filter(({ place }) => place === 1).length;
    expect(store.items.size).toBe(shown);
    expect(store.batches.at(-1)?.sweep).toBe(true);
  });
});
