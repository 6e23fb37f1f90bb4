import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
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
const keys = (): number[] => [...store.items.keys()].map(Number).sort((a, b) => a - b);
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);

describe('nodebb: a topic', () => {
  it('becomes a conversation, whole', async () => {
    fake.user('Ann', { fullname: 'Ann Archer', email: 'Ann.Archer@Kestrel.example' });
    const topic = fake.topic('Backups <of> "all" & more', '<p dir="auto">We run <code>restic</code> nightly.</p>\n', {
      tags: ['backup', 'ops team'],
    });
    const reply = fake.reply(
      topic,
      'Maria Garcia',
      '<p>See <a href="/topic/7">this</a>, <a class="plugin-mentions-user plugin-mentions-a" href="/user/ann">@<bdi>Ann</bdi></a>.</p>',
    );
    Object.assign(reply, { upvotes: 3, downvotes: 1 });
    topic.posts[0]!.upvotes = 5;
    await store.run(await open());
    expect(item(topic)).toEqual({
      key: '1',
      version: expect.any(String),
      url: `${fake.url}topic/1/backups-of-all-more`,
      title: 'Backups <of> "all" & more',
      body: 'We run restic nightly.',
      createdAt: new Date(topic.timestamp).toISOString(),
      updatedAt: new Date(reply.timestamp).toISOString(),
      tags: ['backup', 'ops team'],
      links: [`${fake.url}topic/7`],
      container: '1',
      readers: ['everyone'],
      channel: 'FORUM',
      category: 'General',
      author: { handle: 'ann', name: 'Ann Archer', mail: 'ann.archer@kestrel.example' },
      isQuestion: false,
      votes: 5,
      mentions: [{ handle: 'ann', mail: 'ann.archer@kestrel.example' }],
      replies: [
        {
          key: String(reply.pid),
          author: { handle: 'maria-garcia', name: 'Maria Garcia', mail: 'maria-garcia@kestrel.example' },
          body: 'See this, @Ann.',
          createdAt: new Date(reply.timestamp).toISOString(),
          votes: 2,
          accepted: false,
        },
      ],
    });
    expect(problems()).toEqual([]);
  });

  it('of 65 posts is read whole, page by page', async () => {
    const topic = fake.topic('Long', '<p>0</p>');
    for (let number = 1; number < 65; number++) fake.reply(topic, 'Bo', `<p>${number}</p>`);
    await store.run(await open());
    expect(item(topic).replies.map(({ body }) => body)).toEqual(Array.from({ length: 64 }, (_, at) => String(at + 1)));
    expect(topic.views).toBe(4);
  });

  it('keeps a dot and an underscore in slugs, and letters of all scripts', async () => {
    const authors = ['Amara.Okafor', 'li_wei', 'Zoë', 'Anna Maria'].map((name) =>
      fake.topic('x', '<p>x</p>', { author: name }),
    );
    await store.run(await open());
    expect(authors.map((topic) => item(topic).author?.handle)).toEqual(['amara.okafor', 'li_wei', 'zoë', 'anna-maria']);
  });

  it('says what its author says: no quote, no line that names the one quoted, no emoji by name', async () => {
    const mention = '<a class="plugin-mentions-user plugin-mentions-a" href="/user/ann">@<bdi>ann</bdi></a>';
    const topic = fake.topic('Quotes', '<p>One.</p>');
    fake.reply(
      topic,
      'Bo',
      `<p dir="auto">First:</p>\n<p dir="auto">${mention} said in <a href="/post/1">Quotes</a>:</p>\n<blockquote>\n<p>One. ${mention}</p>\n</blockquote>\n` +
        '<p dir="auto">No: <img class="not-responsive emoji" alt="😄" src="/x.png" /> <img class="emoji" alt=":parrot:" src="/y.png" />two &lt;b&gt;.</p>\n',
    );
    fake.reply(topic, 'Bo', '<p>See <a href="/post/1">it</a>:</p><pre><code>x</code></pre>');
    await store.run(await open());
    expect(item(topic).replies.map(({ body }) => body)).toEqual(['First:\n\nNo: 😄 two <b>.', 'See it:\n\nx']);
    expect(item(topic).mentions).toEqual([]);
  });

  it('is the same on NodeBB 3, which escapes names, has dashes for dots and mentions ids', async () => {
    const staff = fake.category('R&amp;D', ['Staff &amp; Co']);
    const amara = fake.user('Amara.Okafor', { userslug: 'amara-okafor', fullname: 'O&#x27;Kafor' });
    const mention = `<a class="plugin-mentions-user plugin-mentions-a" href="${fake.url}uid/${amara.uid}">@amara</a>`;
    const topic = fake.topic('x', `<p>${mention}</p>`, { author: 'Amara.Okafor', cid: staff.cid });
    const escape = (text: string): string =>
      text.replaceAll('"title":"x"', '"title":"A&amp;B","titleRaw":"A&B &lsqb;&lsqb;c&rsqb;&rsqb;"');
    fake.answer = (path) => {
      if (!/\/topics\?|\/topic\/1\?/.test(path)) return undefined;
      const row = fake.shown(1);
      const shown = path.includes('/topic/1') ? row : { response: { topics: [row] } };
      return { status: 200, body: escape(JSON.stringify(shown)) };
    };
    const connector = await open();
    await store.run(connector);
    const account = { handle: 'amara.okafor', mail: 'amara.okafor@kestrel.example' };
    expect(item(topic)).toMatchObject({
      title: 'A&B [[c]]',
      category: 'R&D',
      readers: ['group:Staff & Co'],
      author: { ...account, name: "O'Kafor" },
      mentions: [account],
    });
    amara.groups.push('Staff &amp; Co');
    expect([...((await connector.readable?.('amara.okafor', ['1'], call))?.keys() ?? [])]).toEqual(['1']);
  });

  it('is a question, with an answer, by the question-and-answer plugin', async () => {
    const topic = fake.topic('Restore', '<p>how</p>', { isQuestion: true });
    const answers = ['no', 'yes', 'thanks'].map((text) => fake.reply(topic, 'Bo', `<p>${text}</p>`));
    const connector = await open();
    await store.run(connector);
    expect(item(topic)).toMatchObject({ isQuestion: true, replies: [{}, { accepted: false }, {}] });
    // The plugin shows the answer twice.
    topic.solvedPid = answers[1]!.pid;
    await store.run(connector);
    expect(item(topic).replies.map(({ body, accepted }) => [body, accepted])).toEqual([
      ['no', false],
      ['yes', true],
      ['thanks', false],
    ]);
    topic.isQuestion = false;
    topic.solvedPid = undefined;
    await store.run(connector);
    expect(item(topic)).toMatchObject({ isQuestion: false, replies: [{}, { accepted: false }, {}] });
  });

  it('keeps what banned users wrote, and names nobody for users that are gone', async () => {
    const [banned, gone] = ['Bad', 'Gone'].map((author) => fake.topic('x', '<p>x</p>', { author }));
    fake.named('Bad').isBanned = true;
    fake.users.delete(fake.named('Gone').uid);
    await store.run(await open());
    expect(item(banned!).author?.handle).toBe('bad');
    expect(item(gone!).author).toBeUndefined();
  });

  it('takes neither reputation nor presence, both of which the forum has wrong', async () => {
    const topic = fake.topic('x', '<p>x</p>');
    const connector = await open();
    await store.run(connector);
    Object.assign(fake.named('Ann'), { reputation: 500, lastonline: 1, isBanned: true });
    expect((await store.run(connector)).flatMap(({ upserts }) => upserts)).toEqual([]);
    expect(Object.keys(item(topic).author ?? {})).toEqual(['handle', 'name', 'mail']);
  });
});

describe('nodebb: mail addresses', () => {
  it('are taken once they are confirmed, and reach what was written before', async () => {
    fake.user('Ann', { isConfirmed: false });
    const topic = fake.topic('x', '<p>x</p>');
    const connector = await open();
    await store.run(connector);
    expect(item(topic).author).toEqual({ handle: 'ann', name: 'Ann' });
    fake.named('Ann').isConfirmed = true;
    // Somebody new makes the list be read again.
    const other = fake.topic('y', '<p>y</p>', { author: 'New' });
    await store.run(connector);
    expect(item(other).author?.mail).toBe('new@kestrel.example');
    expect(item(topic).author?.mail).toBe('ann@kestrel.example');
    expect((await store.run(connector)).flatMap(({ upserts }) => upserts)).toEqual([]);
  });

  it('of 1,200 people take three requests', async () => {
    for (let number = 0; number < 1_200; number++) fake.user(`user${number}`);
    fake.topic('x', '<p>x</p>', { author: 'user1199' });
    await store.run(await open());
    expect(fake.requests.filter((line) => line.includes('/admin/'))).toHaveLength(3);
    expect(store.items.get('1')?.author?.mail).toBe('user1199@kestrel.example');
  });
});

describe('nodebb: readers', () => {
  it('are those of `readers` where guests read, else the groups and users with both rights', async () => {
    const staff = fake.category('Staff & <Co>', ['Staff & Co', 'Global Moderators', 'banned-users', 'spiders']);
    const both = fake.category('Both', ['board', 'staff']);
    const users = fake.category('Users', ['registered-users']);
    const secret = fake.category('Nobody', []);
    const one = fake.category('One', []);
    one.users.push(fake.user('Li_Wei').uid);
    const topics = [1, staff, both, users, secret, one].map((category) =>
      fake.topic('x', '<p>x</p>', { cid: typeof category === 'number' ? category : category.cid }),
    );
    const readers = (): unknown[] => topics.map(({ tid }) => store.items.get(String(tid))?.readers);
    await store.run(await open());
    expect(readers()).toEqual([
      ['everyone'],
      ['group:Global Moderators', 'group:Staff & Co'],
      ['group:board', 'group:staff'],
      ['group:registered-users'],
      undefined,
      ['person:li_wei'],
    ]);
    expect(item(topics[1]!).category).toBe('Staff & <Co>');
    expect(problems()).toEqual([
      'groups: "Users" is open to all users of the forum, but not to guests: say in `groups` who its "registered-users" are',
    ]);
    store.problems.length = 0;
    const groups = {
      'Staff & Co': ['person:boss'],
      'Global Moderators': ['group:it'],
      board: ['group:directors'],
      'registered-users': ['group:employees'],
    };
    await store.run(await open({ readers: ['group:employees'], groups }));
    expect(readers()).toEqual([
      ['group:employees'],
      ['group:it', 'person:boss'],
      ['group:directors', 'group:staff'],
      ['group:employees'],
      undefined,
      ['person:li_wei'],
    ]);
    expect(problems()).toEqual([]);
  });

  it('follow restrictions and moves with the next run, and what is closed goes before anything is listed', async () => {
    const other = fake.category('Other');
    const [shown, moved] = [fake.topic('a', '<p>x</p>', { cid: other.cid }), fake.topic('b', '<p>x</p>')];
    const connector = await open();
    await store.run(connector);
    other.groups = ['staff'];
    const requests = fake.requests.length;
    for await (const batch of connector.changes(store.cursor, store.known, call)) {
      expect(batch).toMatchObject({ deletes: [String(shown.tid)], upserts: [] });
      expect(fake.requests.slice(requests).filter((line) => /\/topics?[/?]|recent/.test(line))).toEqual([]);
      store.commit(batch);
      break;
    }
    await store.run(connector);
    expect(item(shown).readers).toEqual(['group:staff']);
    moved.cid = other.cid;
    await store.run(connector);
    expect(item(moved)).toMatchObject({ readers: ['group:staff'], category: 'Other' });
    other.groups = ['guests', 'registered-users'];
    await store.run(connector);
    expect(item(moved).readers).toEqual(['everyone']);
    other.isDisabled = true;
    await store.run(connector);
    expect(keys()).toEqual([]);
  });

  it('that cannot be seen close the category: the user is no administrator', async () => {
    const reader = fake.user('reader');
    fake.topic('a', '<p>x</p>');
    await store.run(await open());
    expect(keys()).toEqual([1]);
    await store.run(await open({ uid: reader.uid }));
    expect(keys()).toEqual([]);
    expect(problems()).toEqual([
      expect.stringContaining('users: mail addresses cannot be read'),
      expect.stringMatching(/^General: who may read this category cannot be seen/),
    ]);
  });

  it('are nobody for what is deleted or waits for its hour, and chats and queues are never asked for', async () => {
    const [deleted, shown] = [fake.topic('a', '<p>x</p>'), fake.topic('b', '<p>x</p>')];
    const later = fake.topic('c', '<p>x</p>', { isScheduled: true });
    const gone = fake.reply(shown, 'Bo', '<p>hush</p>');
    const connector = await open();
    await store.run(connector);
    expect(keys()).toEqual([deleted.tid, shown.tid]);
    deleted.isDeleted = true;
    gone.isDeleted = true;
    await store.run(connector);
    expect(keys()).toEqual([shown.tid]);
    expect(item(shown).replies).toEqual([]);
    deleted.isDeleted = false;
    gone.isDeleted = false;
    later.isScheduled = false;
    await store.run(connector);
    expect(keys()).toEqual([deleted.tid, shown.tid, later.tid]);
    expect(item(shown).replies).toHaveLength(1);
    expect(fake.requests.filter((line) => /chat|queue|message|notification/.test(line))).toEqual([]);
  });
});
