import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { ANN, isInstalled, startApache, type Apache } from '../servers/apache.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';
import { pageOf } from './pages.ts';

const isHere = isInstalled();
let apache: Apache;
beforeAll(async () => {
  if (isHere) apache = await startApache();
});
afterAll(() => apache?.[Symbol.asyncDispose]());

interface Page {
  readonly name: string;
  readonly title: string;
  readonly body: string;
  readonly readers: readonly string[];
  readonly author: string;
}
const page = (number: number): Page => ({
  name: `page ${number}.md`,
  title: `Page ${number}`,
  body: `What there is to say about ${number}.`,
  readers: [['everyone'], ['group:staff'], ['person:ann', 'group:board']][number % 3] as string[],
  author: `author${number % 5}`,
});
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & <b> amp &amp; %20 %2F',
  'a?b#c=d',
  'x:y http:',
];

describe.skipIf(!isHere)('webdav on Apache', () => {
  connectorContract<DocumentItem, Page>({
    kind: webdav,
    path: (at) => join(apache.root, basename(at)),
    mends: 'set `url`',
    options: (at) => ({ url: `${apache?.url}${basename(at)}`, ...ANN, readers: { '': ['everyone'] } }),
    seed: page,
    special: SPECIAL.map((title, index) => ({ ...page(index), name: `${title.replaceAll('/', ' ')}.md`, title })),
    change: (seed) => ({ ...seed, body: 'Something else.' }),
    see: (item) => ({
      name: item.key,
      title: item.title,
      body: item.body,
      readers: item.readers,
      author: item.accounts[0]?.account.handle ?? '',
    }),
    nameOf: (seed) => seed.name,
    many: 430,
    write: (at, seeds) =>
      hold(
        at,
        new Map(
          seeds.map(({ name, title, readers, author, body }) => [
            name,
            `---\n${JSON.stringify({ title, readers, authors: [author] })}\n---\n${body}\n`,
          ]),
        ),
      ),
  });

  contentContract({
    kind: webdav,
    area: documentsArea,
    readers: ['everyone'],
    markup: 'markdown',
    options: (at) => ({ url: `${apache?.url}${basename(at)}`, ...ANN, readers: { '': ['everyone'] } }),
    origin: () => apache.url,
    write: (at, seeds) => hold(at, new Map(seeds.map((seed) => [`${seed.id}.md`, pageOf(seed)]))),
    cannot: {},
  });
});

/** Makes a folder of the server hold these files and no others. As people do: what did not change is not written. */
async function hold(at: string, files: ReadonlyMap<string, string>): Promise<void> {
  const own = join(apache.root, basename(at));
  await mkdir(own, { recursive: true });
  for (const name of await readdir(own)) if (!files.has(name)) await rm(join(own, name));
  const changed: Record<string, string> = {};
  for (const [name, text] of files) {
    const before = await readFile(join(own, name), 'utf8').catch(() => undefined);
    if (before !== text) changed[join(basename(at), name)] = text;
  }
  await apache.write(changed);
}
