import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';
import { connectorContract } from './connector-contract.ts';

let fake: FakeJive;
beforeAll(async () => void (fake = await FakeJive.start()));
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

const written = (text: string): string => `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`;

connectorContract<ConversationItem, Talk>({
  kind: jive,
  // The community is there while this folder is.
  path: (at) => join(at, 'community'),
  mends: 'set `url`',
  options: () => ({
    url: fake?.url ?? 'http://127.0.0.1/',
    user: 'admin',
    password: PASSWORD,
    members: 'group',
    places: { Both: ['group:staff', 'group:board'] },
    perMinute: 1_000_000,
  }),
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
    const there = join(at, 'community');
    if (!existsSync(there)) {
      await mkdir(there);
      fake.reset();
      fake.group('staff', 'PRIVATE', ['bo']);
      fake.group('Both', 'SECRET', ['bo']);
      fake.answer = () => (existsSync(there) ? undefined : { status: 404, body: '<h1>Not here</h1>' });
    }
    const ids = new Set(seeds.map(({ id }) => id));
    for (const id of fake.contents.keys()) if (!ids.has(id)) fake.contents.delete(id);
    for (const { id, title, body, author, readers, replies } of seeds) {
      const place = READERS.findIndex((one) => one.join() === readers.join()) + 1;
      const content = fake.contents.get(id) ?? fake.content(title, written(body), { id, author, place });
      for (const reply of replies.slice(content.replies.length)) fake.reply(content, reply.author, written(reply.body));
    }
  },
});
