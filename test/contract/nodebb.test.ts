import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';
import { connectorContract } from './connector-contract.ts';

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
