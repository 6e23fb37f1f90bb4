import { join } from 'node:path';
import { afterAll, afterEach, describe } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import { isInstalled, READER, startMediaWiki, type MediaWiki } from '../servers/mediawiki.ts';
import { connectorContract } from './connector-contract.ts';

const isHere = isInstalled();

/** Each test has a folder of its own, and a wiki with it. */
const wikis = new Map<string, { readonly wiki: MediaWiki; readonly texts: Map<string, string> }>();
const end = async (): Promise<void> => {
  for (const { wiki } of wikis.values()) await wiki[Symbol.asyncDispose]();
  wikis.clear();
};
afterEach(end);
afterAll(end);

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
    write: async (at, seeds) => {
      const own = wikis.get(at) ?? {
        wiki: await startMediaWiki(Array.from({ length: 5 }, (_, index) => `Author${index}`)),
        texts: new Map<string, string>(),
      };
      wikis.set(at, own);
      const wanted = new Map(seeds.map((seed) => [titleOf(seed), seed]));
      for (const title of own.texts.keys()) {
        if (wanted.has(title)) continue;
        await own.wiki.act({ action: 'delete', title });
        own.texts.delete(title);
      }
      const isFirst = own.texts.size === 0;
      // Recent changes made anew leave out those of this very second.
      const now = new Date(Date.now() - 10_000).toISOString().replace(/\.\d+/, '');
      const fresh: Parameters<MediaWiki['load']>[0] = Object.fromEntries(
        [...wanted]
          .filter(([title]) => !own.texts.has(title))
          .map(([title, { author, body }]) => [
            title,
            [{ at: isFirst ? '2024-01-02T03:04:05Z' : now, by: author, text: escaped(body) }],
          ]),
      );
      for (const [title, { body }] of wanted) {
        const before = own.texts.get(title);
        own.texts.set(title, body);
        if (before !== undefined && before !== body) await own.wiki.edit(title, escaped(body));
      }
      if (Object.keys(fresh).length > 0) await own.wiki.load(fresh);
      if (!isFirst) await own.wiki.rebuildChanges();
    },
  });
});

function titleOf({ space, title }: Page): string {
  return `${SPACES.find((one) => one.space === space)?.prefix ?? ''}${title}`;
}

function escaped(text: string): string {
  return `<nowiki>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</nowiki>`;
}
