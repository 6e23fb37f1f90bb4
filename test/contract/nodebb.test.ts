import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { forumArea } from '../../subgraphs/forum/area.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';

let fake: FakeNodebb;
beforeAll(async () => void (fake = await FakeNodebb.start()));
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

const parsed = (text: string): string => `<p dir="auto">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>\n`;

connectorContract<ConversationItem, Talk>({
  kind: nodebb,
  // The forum is there while this folder is.
  path: (at) => join(at, 'forum'),
  mends: 'set `url`',
  options: () => ({ url: fake?.url ?? 'http://127.0.0.1/', token: TOKEN, perMinute: 1_000_000 }),
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
      const cid = READERS.findIndex((one) => one.join() === readers.join()) + 1;
      const topic = fake.topics.get(id) ?? fake.topic(title, parsed(body), { tid: id, author, cid });
      for (const reply of replies.slice(topic.posts.length - 1)) fake.reply(topic, reply.author, parsed(reply.body));
    }
  },
});

/** One forum for each folder, and the ids of its topics by those of the seeds. */
const forums = new Map<string, { readonly forum: FakeNodebb; readonly ids: Map<string, number> }>();
afterAll(async () => {
  for (const { forum } of forums.values()) await forum[Symbol.asyncDispose]();
});

async function forumOf(at: string): Promise<{ readonly forum: FakeNodebb; readonly ids: Map<string, number> }> {
  const held = forums.get(at);
  if (held !== undefined) return held;
  const made = { forum: await FakeNodebb.start(), ids: new Map<string, number>() };
  forums.set(at, made);
  return made;
}

/** The category for these readers, which is made where there is none. */
function categoryFor(forum: FakeNodebb, readers: readonly string[]): number {
  if (readers.includes('everyone')) return 1;
  const name = `For ${readers.join(', ') || 'nobody'}`;
  const found = [...forum.categories.values()].find((category) => category.name === name);
  if (found !== undefined) return found.cid;
  const named = (kind: string) => readers.filter((one) => one.startsWith(kind)).map((one) => one.slice(kind.length));
  const category = forum.category(name, named('group:'));
  for (const handle of named('person:')) category.users.push(forum.named(handle).uid);
  return category.cid;
}

contentContract({
  kind: nodebb,
  area: forumArea,
  readers: ['everyone'],
  markup: 'html',
  options: (at) => ({ url: forums.get(at)?.forum.url, token: TOKEN, perMinute: 1_000_000 }),
  origin: (at) => forums.get(at)?.forum.url ?? '',
  write: async (at, seeds) => {
    const { forum, ids } = await forumOf(at);
    const kept = new Set(seeds.map(({ id }) => id));
    for (const [id, topic] of ids) {
      if (kept.has(id)) continue;
      forum.topics.delete(topic);
      ids.delete(id);
    }
    for (const { id, title, body, raw, author, readers } of seeds) {
      const { handle, mail = `${handle}@nowhere.example` } = author;
      if (![...forum.users.values()].some(({ username }) => username === handle)) forum.user(handle, { email: mail });
      const cid = categoryFor(forum, readers);
      const content = raw ?? parsed(body);
      const topic = forum.topics.get(ids.get(id) ?? 0) ?? forum.topic(title, content, { author: handle, cid });
      ids.set(id, topic.tid);
      topic.cid = cid;
      const [post] = topic.posts;
      if (post !== undefined) post.content = content;
    }
  },
  cannot: { moves: 'a topic has no place but its id; its category decides who may read it' },
});
