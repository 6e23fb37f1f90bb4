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
const keys = (): number[] => [...store.items.keys()].map(Number).sort((a, b) => a - b);
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
/** Runs, and tells which requests that took. */
const requestsOf = async (connector: Connector<ConversationItem>): Promise<string[]> => {
  fake.requests.length = 0;
  await store.run(connector);
  return fake.requests.map((line) => line.replace('GET /', '').replace(/\?.*/, ''));
};

describe('discourse: a topic', () => {
  it('becomes a conversation, whole', async () => {
    fake.user('Ann', 'Ann Archer', 'Ann.Archer@Kestrel.example');
    const topic = fake.topic('Backups <of> "all" & more', '<p>We run <code>restic</code> nightly.</p>', {
      tags: ['backup', 'ops'],
    });
    const reply = fake.reply(
      topic,
      'Bo.B',
      '<p>See <a href="/t/x/7">this</a>, <a class="mention" href="/u/ann">@Ann</a>.</p>',
    );
    reply.likes = 3;
    topic.posts[0]!.likes = 5;
    await store.run(await open());
    expect(item(topic)).toEqual({
      key: '1',
      version: expect.any(String),
      url: `${fake.url}t/backups-of-all-more/1`,
      title: 'Backups <of> "all" & more',
      body: 'We run restic nightly.',
      createdAt: topic.createdAt,
      updatedAt: reply.createdAt,
      tags: ['backup', 'ops'],
      links: [`${fake.url}t/x/7`],
      readers: ['everyone'],
      container: '1',
      channel: 'FORUM',
      category: 'General',
      author: { handle: 'ann', name: 'Ann Archer', mail: 'ann.archer@kestrel.example' },
      isQuestion: false,
      votes: 5,
      mentions: [{ handle: 'ann', mail: 'ann.archer@kestrel.example' }],
      replies: [
        {
          key: String(reply.id),
          author: { handle: 'bo.b', mail: 'bo.b@kestrel.example' },
          body: 'See this, @Ann.',
          createdAt: reply.createdAt,
          votes: 3,
          accepted: false,
        },
      ],
    });
    expect(problems()).toEqual([]);
  });

  it('of 130 posts is read whole, the rest of it in few requests', async () => {
    const topic = fake.topic('Long', '<p>0</p>');
    for (let number = 1; number < 130; number++) fake.reply(topic, 'Bo', `<p>${number}</p>`);
    const requests = await requestsOf(await open());
    expect(item(topic).replies.map(({ body }) => body)).toEqual(Array.from({ length: 129 }, (_, at) => String(at + 1)));
    expect(requests.filter((path) => path === 't/1.json')).toHaveLength(1);
    // 110 are missing of the first 20.
    expect(requests.filter((path) => path === 't/1/posts.json')).toHaveLength(3);
  });

  it('so long that the forum does not list its posts is read as far as it goes, and reported', async () => {
    const topic = fake.topic('Mega', '<p>0</p>');
    for (let number = 1; number < 30; number++) fake.reply(topic, 'Bo', `<p>${number}</p>`);
    const connector = await open();
    fake.answer = (path) => {
      if (path !== '/t/1.json') return undefined;
      fake.answer = () => undefined;
      const whole = fake.shown(topic);
      return { status: 200, body: JSON.stringify({ ...whole, post_stream: { posts: whole.post_stream.posts } }) };
    };
    await store.run(connector);
    expect(item(topic).replies).toHaveLength(19);
    expect(problems()).toEqual([expect.stringContaining('topic 1: has too many posts')]);
  });

  it('is read without quotes, previews, captions and emoji', async () => {
    const topic = fake.topic(
      'Quotes',
      `<aside class="quote no-group" data-username="zed" data-post="1"><div class="title"><img alt="" class="avatar"> Zed:</div>
        <blockquote><p>Secret plan by <a class="mention" href="/u/zed">@zed</a></p></blockquote></aside>
       <p>I agree <img class="emoji" alt=":wave:" title=":wave:" src="/images/wave.png"> <a class="mention-group" href="/groups/staff">@staff</a></p>
       <div class="lightbox-wrapper"><a class="lightbox" href="/uploads/x.png"><img alt="Chart" src="/uploads/x.png"><div class="meta"><span>x 690×388 20 KB</span></div></a></div>
       <aside class="onebox allowlistedgeneric" data-onebox-src="https://docs.example/page"><article><p>Preview words</p></article></aside>
       <blockquote><p>A proverb</p></blockquote><script>alert(1)</script>`,
    );
    await store.run(await open());
    expect(item(topic).body).toBe('I agree @staff\n\nChart\n\nA proverb');
    expect(item(topic).links).toEqual([`${fake.url}uploads/x.png`, 'https://docs.example/page']);
    expect(item(topic).mentions).toEqual([]);
  });

  it('keeps what people said to all: no small actions, whispers, hidden posts, and nothing by bots', async () => {
    const topic = fake.topic('Talk', '<p>one</p>');
    fake.reply(topic, 'Ann', '<p>moved this</p>', 3);
    fake.reply(topic, 'Ann', '<p>psst</p>', 4);
    fake.reply(topic, 'Mod', '<p>in colour</p>', 2);
    fake.reply(topic, 'system', '<p>closed after 90 days</p>');
    fake.reply(topic, 'discobot', '<p>hi</p>');
    fake.reply(topic, 'Eve', '<p>flagged</p>').isHidden = true;
    const welcome = fake.topic('Welcome', '<p>to the forum</p>', { author: 'system' });
    const talkedAbout = fake.topic('About General', '<p>this is</p>', { author: 'system' });
    fake.reply(talkedAbout, 'Bo', '<p>good</p>');
    await store.run(await open());
    expect(item(topic).replies.map(({ body }) => body)).toEqual(['in colour']);
    expect(keys()).toEqual([topic.id, talkedAbout.id]);
    expect(item(talkedAbout)).toMatchObject({ body: '', replies: [{ body: 'good' }] });
    expect(item(talkedAbout)).not.toHaveProperty('author');
    expect(store.items.has(String(welcome.id))).toBe(false);
  });

  it('is a question by its category, its answer or its title', async () => {
    const support = fake.category('Support');
    support.hasAnswers = true;
    const plain = fake.topic('News', '<p>x</p>');
    const asked = fake.topic('Which shell?', '<p>x</p>');
    const supported = fake.topic('It breaks', '<p>x</p>', { category: support.id });
    fake.reply(supported, 'Bo', '<p>no</p>');
    const answer = fake.reply(supported, 'Cy', '<p>restart</p>');
    const connector = await open();
    await store.run(connector);
    expect([plain, asked, supported].map((topic) => item(topic).isQuestion)).toEqual([false, true, true]);
    expect(item(supported).replies.map(({ accepted }) => accepted)).toEqual([false, false]);
    answer.isAccepted = true;
    await store.run(connector);
    expect(item(supported).replies.map(({ accepted }) => accepted)).toEqual([false, true]);
  });
});

describe('discourse: readers', () => {
  it('are those of the category, exactly, and as the directory calls them', async () => {
    const staff = fake.category('Staff', ['staff']);
    const both = fake.category('Both', ['board', 'trust_level_0', 'Moderators']);
    const secret = fake.category('Nobody', []);
    const topics = [1, staff.id, both.id, secret.id].map((category) =>
      fake.topic(`In ${category}`, '<p>x</p>', { category }),
    );
    await store.run(await open());
    expect(topics.map(({ id }) => store.items.get(String(id))?.readers)).toEqual([
      ['everyone'],
      ['group:staff'],
      ['group:Moderators', 'group:board', 'group:trust_level_0'],
      undefined,
    ]);
    expect(problems()).toEqual([
      expect.stringMatching(/^Nobody: the groups that may read this category cannot be seen/),
    ]);
    const groups = {
      trust_level_0: ['group:employees', 'person:guest'],
      board: ['group:directors'],
      Moderators: ['group:x'],
    };
    await store.run(await open({ readers: ['group:employees'], groups }));
    expect(topics.map(({ id }) => store.items.get(String(id))?.readers)).toEqual([
      ['group:employees'],
      ['group:staff'],
      ['group:directors', 'group:employees', 'group:x', 'person:guest'],
      undefined,
    ]);
  });

  it('follow restrictions and moves with the next run, and what is closed goes before anything is read', async () => {
    const other = fake.category('Other');
    const [open1, moved] = [fake.topic('a', '<p>x</p>', { category: other.id }), fake.topic('b', '<p>x</p>')];
    const connector = await open();
    await store.run(connector);
    other.groups = ['staff'];
    const batches = await store.run(connector);
    expect(batches[0]).toMatchObject({ deletes: [String(open1.id)], upserts: [] });
    expect(item(open1).readers).toEqual(['group:staff']);
    moved.category = other.id;
    await store.run(connector);
    expect(item(moved)).toMatchObject({ readers: ['group:staff'], category: 'Other' });
    other.groups = ['staff', 'board'];
    await store.run(connector);
    expect(item(moved).readers).toEqual(['group:board', 'group:staff']);
    other.groups = undefined;
    await store.run(connector);
    expect(item(moved).readers).toEqual(['everyone']);
  });

  it('that cannot be seen close the category: the user is no administrator', async () => {
    fake.user('reader');
    const staff = fake.category('Staff', ['staff']);
    const [shown, hidden] = [fake.topic('a', '<p>x</p>'), fake.topic('b', '<p>x</p>', { category: staff.id })];
    await store.run(await open());
    expect(keys()).toEqual([shown.id, hidden.id]);
    await store.run(await open({ apiUser: 'reader' }));
    expect(keys()).toEqual([shown.id]);
    expect(problems()).toEqual([expect.stringContaining('users: mail addresses cannot be read')]);
  });

  it('are never those of a private message or an unlisted topic: neither is asked for', async () => {
    const shown = fake.topic('a', '<p>x</p>');
    const secret = fake.topic('Salary', '<p>x</p>', { archetype: 'private_message', category: null });
    const unlisted = fake.topic('Draft', '<p>x</p>', { isVisible: false });
    const later = fake.topic('Turns private', '<p>x</p>');
    const connector = await open();
    await store.run(connector);
    expect(keys()).toEqual([shown.id, later.id]);
    later.archetype = 'private_message';
    later.category = null;
    fake.edit(secret, secret.posts[0]!, '<p>more</p>');
    const requests = await requestsOf(connector);
    expect(keys()).toEqual([shown.id]);
    for (const { id } of [secret, unlisted, later]) expect(requests).not.toContain(`t/${id}.json`);
    shown.isVisible = false;
    fake.topic('b', '<p>x</p>');
    await store.run(connector);
    expect(store.items.has(String(shown.id))).toBe(false);
  });
});
