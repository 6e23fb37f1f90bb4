import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { forumArea } from '../../subgraphs/forum/area.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { FakeDiscourse, KEY } from '../servers/discourse.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';

let fake: FakeDiscourse;
beforeAll(async () => void (fake = await FakeDiscourse.start()));
afterAll(() => fake[Symbol.asyncDispose]());

interface Talk {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly readers: readonly string[];
  readonly replies: readonly { readonly author: string; readonly body: string }[];
}
const READERS = [['everyone'], ['group:staff'], ['group:board', 'group:staff']];
const talk = (number: number): Talk => ({
  id: number + 1,
  title: `Topic ${number}`,
  body: `How does ${number} work`,
  author: `ann${number % 7}`,
  readers: READERS[number % 3] as string[],
  replies: [{ author: 'bo', body: `Like ${number}.` }],
});
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & <b> amp &amp;',
  '__proto__',
  ': < #',
];

const cook = (text: string): string => `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`;

connectorContract<ConversationItem, Talk>({
  kind: discourse,
  // The forum is there while this folder is.
  path: (at) => join(at, 'forum'),
  mends: 'set `url`',
  options: () => ({ url: fake?.url ?? 'http://127.0.0.1/', apiKey: KEY, perMinute: 1_000_000 }),
  seed: talk,
  special: SPECIAL.map((text, index) => ({ ...talk(index), title: text, body: text })),
  change: (seed) => ({ ...seed, replies: [...seed.replies, { author: 'cy', body: 'Thanks, that was it.' }] }),
  see: (item) => ({
    id: Number(item.key),
    title: item.title,
    body: item.body,
    author: item.author?.handle ?? '',
    readers: item.readers,
    replies: item.replies.map((reply) => ({ author: reply.author?.handle ?? '', body: reply.body })),
  }),
  nameOf: (seed) => String(seed.id),
  many: 250,
  // As people do: what is as it was is left alone.
  write: async (at, seeds) => {
    const there = join(at, 'forum');
    if (!existsSync(there)) {
      await mkdir(there);
      fake.reset();
      for (const readers of READERS.slice(1))
        fake.category(
          'Restricted',
          readers.map((name) => name.slice(6)),
        );
      fake.answer = () => (existsSync(there) ? undefined : { status: 404, body: '<h1>Not here</h1>' });
    }
    const ids = new Set(seeds.map(({ id }) => id));
    for (const id of fake.topics.keys()) if (!ids.has(id)) fake.topics.delete(id);
    for (const { id, title, body, author, readers, replies } of seeds) {
      const category = READERS.findIndex((one) => one.join() === readers.join()) + 1;
      const topic = fake.topics.get(id) ?? fake.topic(title, cook(body), { id, author, category });
      for (const reply of replies.slice(topic.posts.length - 1)) fake.reply(topic, reply.author, cook(reply.body));
    }
  },
});

/** One forum for each folder, and the ids of its topics by those of the seeds. */
const forums = new Map<string, { readonly fake: FakeDiscourse; readonly ids: Map<string, number> }>();
afterAll(async () => {
  for (const { fake: one } of forums.values()) await one[Symbol.asyncDispose]();
});
/** Categories by their readers, from the forum's second one on: its first is open. */
const CATEGORIES = [['group:staff'], ['group:board', 'group:staff'], []];

async function forumOf(at: string): Promise<{ readonly fake: FakeDiscourse; readonly ids: Map<string, number> }> {
  const held = forums.get(at);
  if (held !== undefined) return held;
  const forum = { fake: await FakeDiscourse.start(), ids: new Map<string, number>() };
  for (const readers of CATEGORIES)
    forum.fake.category(
      `For ${readers.join(', ') || 'nobody'}`,
      readers.map((name) => name.slice('group:'.length)),
    );
  forums.set(at, forum);
  return forum;
}

contentContract({
  kind: discourse,
  area: forumArea,
  readers: ['everyone'],
  markup: 'html',
  options: (at) => ({ url: forums.get(at)?.fake.url, apiKey: KEY, perMinute: 1_000_000 }),
  origin: (at) => forums.get(at)?.fake.url ?? '',
  write: async (at, seeds) => {
    const { fake: forum, ids } = await forumOf(at);
    const kept = new Set(seeds.map(({ id }) => id));
    for (const [id, topic] of ids) {
      if (kept.has(id)) continue;
      forum.topics.delete(topic);
      ids.delete(id);
    }
    for (const { id, title, body, raw, author, readers } of seeds) {
      const category = CATEGORIES.findIndex((one) => one.join() === readers.join()) + 2;
      const own = readers.includes('everyone') ? 1 : category;
      const cooked = raw ?? cook(body);
      const { handle, mail = `${handle}@nowhere.example` } = author;
      if (!forum.users.has(handle)) forum.user(handle, '', mail);
      const topic = forum.topics.get(ids.get(id) ?? 0) ?? forum.topic(title, cooked, { author: handle, category: own });
      ids.set(id, topic.id);
      topic.category = own;
      const [post] = topic.posts;
      if (post !== undefined && post.cooked !== cooked) forum.edit(topic, post, cooked);
    }
  },
  cannot: {
    'one person': 'categories are for groups, and messages between people are never asked for',
    moves: 'a topic has no place but its id; its category decides who may read it',
  },
});
