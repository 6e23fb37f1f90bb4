import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { forumArea } from '../../subgraphs/forum/area.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';

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

/** One community for each folder, and the ids of its contents by those of the seeds. */
const communities = new Map<string, { readonly jive: FakeJive; readonly ids: Map<string, number> }>();
afterAll(async () => {
  for (const { jive: one } of communities.values()) await one[Symbol.asyncDispose]();
});
/** Places by their readers; of a space nobody can say whom it is for. */
const PLACES = [['everyone'], ['group:staff'], ['group:board', 'group:staff'], []];

async function communityOf(at: string): Promise<{ readonly jive: FakeJive; readonly ids: Map<string, number> }> {
  const held = communities.get(at);
  if (held !== undefined) return held;
  const made = { jive: await FakeJive.start(), ids: new Map<string, number>() };
  made.jive.group('staff', 'PRIVATE', ['bo']);
  made.jive.group('Both', 'SECRET', ['bo']);
  made.jive.place({ name: 'Vault', type: 'space' });
  communities.set(at, made);
  return made;
}

contentContract({
  kind: jive,
  area: forumArea,
  readers: ['everyone'],
  markup: 'html',
  options: (at) => ({
    url: communities.get(at)?.jive.url,
    user: 'admin',
    password: PASSWORD,
    members: 'group',
    places: { Both: ['group:staff', 'group:board'] },
    perMinute: 1_000_000,
  }),
  origin: (at) => communities.get(at)?.jive.url ?? '',
  write: async (at, seeds) => {
    const { jive: community, ids } = await communityOf(at);
    const kept = new Set(seeds.map(({ id }) => id));
    for (const [id, content] of ids) {
      if (kept.has(id)) continue;
      community.contents.delete(content);
      ids.delete(id);
    }
    for (const { id, title, body, raw, author, readers } of seeds) {
      // Without an address people are linked, and read, by their user names.
      const { handle, mail = '' } = author;
      if (!community.people.has(handle)) community.person(handle, handle, mail);
      const html = raw ?? written(body);
      const place = PLACES.findIndex((one) => one.join() === readers.join()) + 1;
      const users = readers.filter((one) => one.startsWith('person:')).map((one) => one.slice('person:'.length));
      const seen = users.length > 0 ? { place: undefined, visibility: 'people', users } : { place };
      const content = community.contents.get(ids.get(id) ?? 0) ?? community.content(title, html, { author: handle });
      Object.assign(content, { html, ...seen });
      ids.set(id, content.id);
    }
  },
  cannot: { moves: 'a content has no place but its id; where it lies decides who may read it' },
});
