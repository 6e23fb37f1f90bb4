import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe } from 'vitest';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import { isInstalled, READER, startMediaWiki, type MediaWiki } from '../servers/mediawiki.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';
import type { ContentSeed } from './seeds.ts';

const isHere = isInstalled();

/** Each test has a folder of its own, and a wiki with it. */
const wikis = new Map<string, { readonly wiki: MediaWiki; readonly texts: Map<string, string> }>();
const end = async (isOver: (folder: string) => boolean): Promise<void> => {
  for (const [folder, { wiki }] of wikis) {
    if (!isOver(folder)) continue;
    await wiki[Symbol.asyncDispose]();
    wikis.delete(folder);
  }
};
afterEach(() => end((folder) => !existsSync(folder)));
afterAll(() => end(() => true));

interface Page {
  readonly title: string;
  readonly body: string;
  readonly space: string;
  readonly readers: readonly string[];
  readonly author: string;
}
// Whom a namespace is for is configured: a wiki cannot tell.
const SPACES = [
  { space: 'Main', prefix: '', readers: ['everyone'] },
  { space: 'Help', prefix: 'Help:', readers: ['group:staff'] },
  // The project's own is called as the wiki is.
  { space: 'Throwaway', prefix: 'Project:', readers: ['person:ann', 'group:board'] },
] as const;
const spaceOf = (number: number): (typeof SPACES)[number] => SPACES[number % 3] ?? SPACES[0];
const page = (number: number): Page => {
  const { space, readers } = spaceOf(number);
  const author = `author${number % 5}`;
  return { title: `Page ${number}`, body: `What there is to say about ${number}.`, space, readers, author };
};
// What MediaWiki allows in titles.
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & amp; ?query=1&x=/',
  'A+b c++ (d), e=f!',
];

describe.skipIf(!isHere)('mediawiki on SQLite', () => {
  connectorContract<DocumentItem, Page>({
    kind: mediawiki,
    path: (at) => join(wikis.get(at)?.wiki.home ?? '/nowhere', 'LocalSettings.php'),
    mends: 'set `url`',
    options: (at) => ({
      url: wikis.get(at)?.wiki.url ?? 'http://127.0.0.1:9/',
      ...READER,
      readers: ['everyone'],
      namespaces: SPACES.map(({ space }) => space),
      spaceReaders: Object.fromEntries(SPACES.map(({ space, readers }) => [space, readers])),
    }),
    seed: page,
    special: SPECIAL.map((title, index) => ({ ...page(index), title, body: `Of ${title}: <b>&lt;` })),
    change: (seed) => ({ ...seed, body: 'Something else.' }),
    // The page that every wiki is born with.
    see: ({ title, body, space, readers, accounts }) =>
      title === 'Main Page' ? undefined : { title, body, space, readers, author: accounts[0]?.account.handle ?? '' },
    nameOf: (seed) => seed.title,
    // Each namespace is at least one batch.
    many: 12,
    write: (at, seeds) =>
      hold(
        at,
        Array.from({ length: 5 }, (_, index) => `Author${index}`),
        new Map(seeds.map((seed) => [titleOf(seed), { author: seed.author, text: escaped(seed.body) }])),
      ),
  });

  contentContract({
    kind: mediawiki,
    area: documentsArea,
    readers: ['everyone'],
    markup: 'wikitext',
    options: (at) => ({
      url: wikis.get(at)?.wiki.url,
      ...READER,
      readers: ['everyone'],
      namespaces: NAMESPACES.map(({ space }) => space),
      spaceReaders: Object.fromEntries(
        NAMESPACES.filter(({ readers }) => readers.length > 0).map(({ space, readers }) => [space, readers]),
      ),
    }),
    origin: (at) => wikis.get(at)?.wiki.url ?? '',
    write: (at, seeds) =>
      hold(
        at,
        ['Ann', 'Cyrus', 'Zoe'],
        new Map(
          seeds.map((seed) => [placeOf(seed), { author: seed.author.handle, text: seed.raw ?? escaped(seed.body) }]),
        ),
      ),
    async move(at, from, to) {
      await wikis.get(at)?.wiki.act({ action: 'move', from: placeOf(from), to: placeOf(to) });
    },
    cannot: { 'a mail address': 'a wiki shows no mail addresses' },
  });
});

/** Namespaces by whom they are for; the account may not read the last one. */
const NAMESPACES: readonly { readonly space: string; readonly prefix: string; readonly readers: readonly string[] }[] =
  [
    { space: 'Main', prefix: '', readers: ['everyone'] },
    { space: 'Help', prefix: 'Help:', readers: ['group:staff'] },
    { space: 'Throwaway', prefix: 'Project:', readers: ['group:board', 'group:staff'] },
    { space: 'Template', prefix: 'Template:', readers: ['person:ann'] },
    { space: 'Legal', prefix: 'Legal:', readers: [] },
  ];

function placeOf({ title, readers }: ContentSeed): string {
  const own = NAMESPACES.find((one) => one.readers.join() === readers.join());
  return `${own?.prefix ?? 'Legal:'}${title}`;
}

/** Makes a folder's wiki hold these pages and no others; what is as it was is left alone. */
async function hold(
  at: string,
  users: readonly string[],
  pages: ReadonlyMap<string, { readonly author: string; readonly text: string }>,
): Promise<void> {
  const own = wikis.get(at) ?? { wiki: await startMediaWiki(users), texts: new Map<string, string>() };
  wikis.set(at, own);
  for (const title of own.texts.keys()) {
    if (pages.has(title)) continue;
    await own.wiki.act({ action: 'delete', title });
    own.texts.delete(title);
  }
  const isFirst = own.texts.size === 0;
  // Recent changes made anew leave out those of this very second.
  const now = new Date(Date.now() - 10_000).toISOString().replace(/\.\d+/, '');
  const fresh: Parameters<MediaWiki['load']>[0] = Object.fromEntries(
    [...pages]
      .filter(([title]) => !own.texts.has(title))
      .map(([title, { author, text }]) => [title, [{ at: isFirst ? '2024-01-02T03:04:05Z' : now, by: author, text }]]),
  );
  for (const [title, { text }] of pages) {
    const before = own.texts.get(title);
    own.texts.set(title, text);
    if (before !== undefined && before !== text) await own.wiki.edit(title, text);
  }
  if (Object.keys(fresh).length > 0) await own.wiki.load(fresh);
  if (!isFirst) await own.wiki.rebuildChanges();
}

function titleOf({ space, title }: Page): string {
  return `${SPACES.find((one) => one.space === space)?.prefix ?? ''}${title}`;
}

function escaped(text: string): string {
  return `<nowiki>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</nowiki>`;
}
