import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { JiveApi } from '../../subgraphs/forum/connectors/jive/api.ts';
import { Members } from '../../subgraphs/forum/connectors/jive/members.ts';
import { People } from '../../subgraphs/forum/connectors/jive/people.ts';
import { filter } from '../../subgraphs/forum/connectors/jive/query.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { FakeJive, PASSWORD, TOKEN } from '../servers/jive.ts';

let fake: FakeJive;
let store: MemoryStore<ConversationItem>;
beforeEach(async () => {
  fake = await FakeJive.start();
  store = new MemoryStore();
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(jive, { url: fake.url, user: 'admin', password: PASSWORD, perMinute: 1_000_000, ...options }, '/');
const item = ({ id }: { readonly id: number }): ConversationItem => {
  const found = store.items.get(String(id));
  if (found === undefined) throw new Error(`content ${id} is not in the store`);
  return found;
};
const titles = (): string[] => [...store.items.values()].map(({ title }) => title).sort();
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);

describe('jive: a content', () => {
  it('becomes a conversation, whole, under the id of addresses and not the other one', async () => {
    fake.person('Ann', 'Ann Archer', 'Ann.Archer@Kestrel.example');
    const content = fake.content('Backups <of> "all" & more', '<p>We run <code>restic</code> nightly.</p>', {
      author: 'Ann',
      tags: ['backup', 'ops'],
      likes: 5,
    });
    const reply = fake.reply(
      content,
      'Bo.B',
      '<p>See <a href="/docs/DOC-7">this</a>, <a class="jive-link-profile-small" href="/people/Ann">Ann Archer</a>.</p>',
    );
    reply.likes = 3;
    await store.run(await open());
    expect(item(content)).toEqual({
      key: String(content.id),
      version: expect.any(String),
      url: `${fake.url}thread/${content.id + 9_000}`,
      title: 'Backups <of> "all" & more',
      body: 'We run restic nightly.',
      createdAt: new Date(content.published).toISOString(),
      updatedAt: new Date(reply.published).toISOString(),
      tags: ['backup', 'ops'],
      links: [`${fake.url}docs/DOC-7`],
      readers: ['everyone'],
      container: 'place 1 place discussion',
      channel: 'FORUM',
      category: 'General',
      author: { handle: 'ann', name: 'Ann Archer', mail: 'ann.archer@kestrel.example' },
      isQuestion: false,
      votes: 5,
      mentions: [{ handle: 'ann' }],
      replies: [
        {
          key: String(reply.id),
          author: { handle: 'bo.b', name: 'Bo.B', mail: 'bo.b@kestrel.example' },
          body: 'See this, Ann Archer.',
          createdAt: new Date(reply.published).toISOString(),
          votes: 3,
          accepted: false,
        },
      ],
    });
    expect(problems()).toEqual([]);
  });

  it('may be a question with an answer; being helpful is a vote', async () => {
    const asked = fake.content('Rotating certificates', '<p>How</p>', { isQuestion: true });
    const [helpful, answer] = [fake.reply(asked, 'bo', '<p>a</p>'), fake.reply(asked, 'cy', '<p>b</p>')];
    helpful.isHelpful = true;
    answer.isAnswer = true;
    answer.likes = 2;
    await store.run(await open());
    expect(item(asked).isQuestion).toBe(true);
    expect(item(asked).replies.map(({ votes, accepted }) => [votes, accepted])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('may be a blog post, idea, poll or announcement, with comments; documents are left alone', async () => {
    for (const type of ['post', 'idea', 'announcement', 'document', 'file']) {
      const content = fake.content(type, '<p>x</p>', { type });
      fake.reply(content, 'bo', '<p>A comment.</p>');
    }
    const poll = fake.content('Which', '<p>Vote</p>', { type: 'poll', options: ['tea', 'coffee'] });
    await store.run(await open());
    expect(titles()).toEqual(['Which', 'announcement', 'idea', 'post']);
    expect(item(poll).body).toBe('Vote\n\n- tea\n- coffee');
    expect([...store.items.values()].flatMap(({ replies }) => replies)).toHaveLength(3);
  });

  it('with 230 replies is read whole', async () => {
    const content = fake.content('Long', '<p>0</p>');
    for (let number = 1; number <= 230; number++) fake.reply(content, 'bo', `<p>${number}</p>`);
    await store.run(await open());
    expect(item(content).replies.map(({ body }) => body)).toEqual(
      Array.from({ length: 230 }, (_, at) => String(at + 1)),
    );
    expect(fake.requests.filter((path) => path.startsWith('messages/'))).toHaveLength(3);
  });

  it('is read without quotes, emoticons and scripts', async () => {
    const content = fake.content(
      'Quotes',
      `<blockquote class="jive-quote"><p>Secret by <a class="jive_macro_user" href="/people/zed">Zed</a></p></blockquote>
       <pre class="jive_text_macro jive_macro_quote">older</pre><p>I agree <span class="emoticon-inline emoticon_happy">:)</span></p>
       <blockquote><p>A proverb</p></blockquote><script>alert(1)</script><img alt="Chart" src="x.png" onerror="alert(1)">`,
    );
    await store.run(await open());
    expect(item(content).body).toBe('I agree\n\nA proverb\n\nChart');
    expect(item(content).mentions).toEqual([]);
  });

  it('keeps what was said to all: no drafts, and no replies that wait for approval', async () => {
    fake.content('Draft', '<p>x</p>', { status: 'draft' });
    const content = fake.content('Talk', '<p>x</p>');
    fake.reply(content, 'bo', '<p>spam</p>').status = 'pending_approval';
    fake.reply(content, '', '<p>by a guest</p>');
    await store.run(await open());
    expect(titles()).toEqual(['Talk']);
    expect(item(content).replies).toEqual([expect.not.objectContaining({ author: expect.anything() })]);
  });

  it('is asked for without what nobody needs, and filters escape what Jive takes for its own', async () => {
    fake.content('Talk', '<p>x</p>');
    await store.run(await open());
    const lists = fake.requests.filter((path) => path.includes('count='));
    expect(lists.length).toBeGreaterThan(2);
    for (const path of lists) expect(path).toContain('fields=');
    expect(decodeURIComponent(filter('tag', String.raw`a,b (c) \d`, 'e'))).toBe(
      String.raw`filter=tag(a\,b \(c\) \\d,e)`,
    );
  });

  it.each([true, false])('is read whether or not JSON has its prefix: %s', async (hasPrefix) => {
    fake.hasPrefix = hasPrefix;
    fake.content('Talk', "<p>throw 'allowIllegalResourceCall is false.'; is not cut out</p>");
    await store.run(await open());
    expect([...store.items.values()].map(({ body }) => body)).toEqual([
      "throw 'allowIllegalResourceCall is false.'; is not cut out",
    ]);
  });
});

describe('jive: readers', () => {
  it('come from the place: an open group, its members, or the directory’s group', async () => {
    fake.group('Board', 'PRIVATE', ['ann', 'eve']).members.set('pat', 'pending').set('owen', 'owner');
    fake.person('pat');
    fake.person('owen');
    const open_ = fake.content('open', '<p>x</p>');
    const closed = fake.content('closed', '<p>x</p>', { place: 2 });
    await store.run(await open({ readers: ['group:all'] }));
    expect(item(open_).readers).toEqual(['group:all']);
    expect(item(closed).readers).toEqual([
      'person:ann@kestrel.example',
      'person:eve@kestrel.example',
      'person:owen@kestrel.example',
    ]);
    await store.run(await open({ readers: ['group:all'], members: 'group' }));
    expect(item(closed).readers).toEqual(['group:Board']);
  });

  it.each(['MEMBER_ONLY', 'PRIVATE', 'SECRET'])('of a group that is %s are not everyone', async (groupType) => {
    fake.group('Closed', groupType, ['ann']);
    const content = fake.content('x', '<p>x</p>', { place: 2 });
    await store.run(await open());
    expect(item(content).readers).toEqual(['person:ann@kestrel.example']);
  });

  it('of spaces are those configured, and without that nobody', async () => {
    fake.place({ name: 'Engineering', type: 'space' });
    fake.place({ name: 'Launch', type: 'project', parent: '/places/2' });
    fake.place({ name: 'Launch news', type: 'blog', parent: '/places/3' });
    for (const place of [2, 3, 4]) fake.content(`in ${place}`, '<p>x</p>', { place });
    await store.run(await open());
    expect(titles()).toEqual([]);
    expect(problems()).toEqual([expect.stringMatching(/^Engineering: who may read a space/)]);
    await store.run(await open({ spaces: ['group:staff'] }));
    expect([...store.items.values()].map(({ readers }) => readers.join())).toEqual(Array(3).fill('group:staff'));
    await store.run(await open({ places: { Engineering: ['group:eng'], 4: ['group:press'] } }));
    expect([...store.items.values()].map(({ title, readers }) => [title, readers[0]])).toEqual([
      ['in 2', 'group:eng'],
      ['in 3', 'group:eng'],
      ['in 4', 'group:press'],
    ]);
  });

  it('are nobody where the place, its kind or its group is unknown', async () => {
    fake.group('Odd', 'SOMETHING');
    fake.group('Empty', 'SECRET');
    fake.place({ name: 'Lost', type: 'project', parent: '/places/77' });
    const one = fake.place({ name: 'One', type: 'project', parent: '/places/6' });
    fake.place({ name: 'Other', type: 'project', parent: `/places/${one.id}` });
    fake.place({ name: 'Newer', type: 'hub' });
    for (const place of [2, 3, 4, 5, 6, 7]) fake.content(`in ${place}`, '<p>x</p>', { place });
    fake.content('nowhere', '<p>x</p>', { place: undefined });
    fake.content('strange', '<p>x</p>', { visibility: 'friends' });
    await store.run(await open({ spaces: ['everyone'] }));
    expect(titles()).toEqual([]);
  });

  it('of a name that is configured are nobody while several have it', async () => {
    fake.place({ name: 'News', type: 'space' });
    const content = fake.content('x', '<p>x</p>', { place: 2 });
    const connector = await open({ places: { News: ['everyone'], Olds: ['everyone'] } });
    await store.run(connector);
    expect(item(content).readers).toEqual(['everyone']);
    expect(problems()).toEqual([expect.stringContaining('Olds: `places` names this')]);
    fake.group('News', 'SECRET', ['eve']);
    fake.content('secret', '<p>x</p>', { place: 3 });
    await store.run(connector);
    expect(titles()).toEqual([]);
    expect(problems().at(-1)).toContain('several places have this name');
    await store.run(await open({ places: { 2: ['everyone'] } }));
    expect(titles()).toEqual(['secret', 'x']);
    expect([...store.items.values()].find(({ title }) => title === 'secret')?.readers).toEqual([
      'person:eve@kestrel.example',
    ]);
  });

  it('of what is for some people are those, of what is hidden its author, of what is for all everybody', async () => {
    fake.person('bo');
    const some = fake.content('some', '<p>x</p>', { visibility: 'people', users: ['bo', 'cy'], author: 'ann' });
    const hidden = fake.content('hidden', '<p>x</p>', { visibility: 'hidden', place: undefined });
    const all = fake.content('all', '<p>x</p>', { visibility: 'all', place: undefined });
    fake.group('Board', 'PRIVATE', ['eve']);
    const inside = fake.content('inside', '<p>x</p>', { visibility: 'all', place: 2 });
    await store.run(await open());
    expect(item(some).readers).toEqual(['ann', 'bo', 'cy'].map((name) => `person:${name}@kestrel.example`));
    expect(item(hidden).readers).toEqual(['person:ann@kestrel.example']);
    expect(item(all).readers).toEqual(['everyone']);
    expect(item(inside).readers).toEqual(['person:eve@kestrel.example']);
  });

  it('go by user name where mail addresses are not shown, which is reported and not asked for again and again', async () => {
    fake.showsMail = false;
    fake.group(
      'Board',
      'PRIVATE',
      Array.from({ length: 40 }, (_, at) => `m${at}`),
    );
    const content = fake.content('x', '<p>x</p>', { place: 2 });
    await store.run(await open());
    expect(item(content).readers).toHaveLength(40);
    expect(item(content).readers).toContain('person:m7');
    expect(fake.requests.filter((path) => /^people\/\d/.test(path)).length).toBeLessThanOrEqual(10);
    expect(problems()).toEqual([expect.stringContaining('people: profiles show no mail addresses')]);
  });
});

it('jive: members of many groups are asked for less often than of few', async () => {
  fake.group('Board', 'SECRET', ['eve']);
  const authorization = `Bearer ${TOKEN}`;
  const limits = { perMinute: 1_000_000, timeoutMs: 5_000, maxBytes: 1_000_000 };
  const api = new JiveApi({ url: fake.url, authorization, types: [], ...limits }, 'test');
  const members = new Members(api, new People(api), 10);
  const asked = (): number => fake.requests.filter((path) => path.startsWith('members/')).length;
  members.begin(1);
  for (let run = 0; run < 2; run++) expect(await members.of('2', call)).toEqual(['person:eve@kestrel.example']);
  expect(asked()).toBe(2);
  members.begin(50);
  await members.of('2', call);
  expect(asked()).toBe(2);
});

it('jive: takes an OAuth token, and either that or a user', async () => {
  fake.content('Talk', '<p>x</p>');
  await store.run(await open({ user: undefined, password: undefined, token: TOKEN }));
  expect(titles()).toEqual(['Talk']);
  for (const options of [{ token: TOKEN }, { password: undefined }, { user: undefined, password: undefined }])
    expect(jive.options.safeParse({ url: fake.url, user: 'admin', password: PASSWORD, ...options }).success).toBe(
      false,
    );
});
