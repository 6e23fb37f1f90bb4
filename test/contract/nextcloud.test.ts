import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { SERVICE, startCloud, type FakeCloud } from '../servers/nextcloud.ts';
import type { CloudNode } from '../servers/nextcloud-files.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';
import type { ContentSeed } from './seeds.ts';

let cloud: FakeCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud[Symbol.asyncDispose]());

interface Page {
  readonly name: string;
  readonly title: string;
  readonly body: string;
  /** Beside the owner, whom the file is shared with. */
  readonly group: string;
  readonly author: string;
}
const page = (number: number): Page => ({
  name: `page ${number}.md`,
  title: `Page ${number}`,
  body: `What there is to say about ${number}.`,
  group: `group${number % 3}`,
  author: `author${number % 5}`,
});
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström',
  '日本語 עברית',
  '👩‍🚀 rocket',
  '100% & <b> &amp; %20',
  'a?b#c=d',
];

describe('webdav on Nextcloud', () => {
  connectorContract<DocumentItem, Page>({
    kind: webdav,
    remove: async (at) => cloud.files.remove(basename(at)),
    mends: 'set `url`',
    options: (at) => ({ url: `${cloud?.url ?? 'http://127.0.0.1/'}${basename(at)}/`, ...SERVICE }),
    seed: page,
    special: SPECIAL.map((title, index) => ({ ...page(index), name: `${title}.md`, title })),
    change: (seed) => ({ ...seed, body: 'Something else.' }),
    see: (item) => ({
      name: decodeURIComponent(item.url?.split('/').at(-1) ?? ''),
      title: item.title,
      body: item.body,
      group: item.readers.find((reader) => reader.startsWith('group:'))?.slice('group:'.length) ?? '',
      author: item.accounts[0]?.account.handle ?? '',
    }),
    nameOf: (seed) => seed.name,
    many: 430,
    // As people do: what did not change is not written.
    write: async (at, seeds) => {
      const own = basename(at);
      const { files } = cloud;
      const names = new Set(seeds.map((seed) => seed.name));
      for (const node of files.in(files.folder(own))) if (!names.has(node.name)) files.remove(files.pathOf(node));
      for (const { name, title, author, body, group } of seeds) {
        const path = `${own}/${name}`;
        const text = `---\n${JSON.stringify({ title })}\n---\n${body}\n`;
        const isNew = files.at(path) === undefined;
        if (files.at(path)?.body !== text) files.write(path, text, { owner: author });
        if (isNew) cloud.share({ path, type: 1, with: group, by: SERVICE.user });
      }
    },
  });

  contentContract({
    kind: webdav,
    area: documentsArea,
    readers: ['everyone'],
    markup: 'markdown',
    // No share is for everybody.
    options: (at) => ({
      url: `${cloud?.url ?? 'http://127.0.0.1/'}${basename(at)}/`,
      ...SERVICE,
      readers: { open: ['everyone'] },
    }),
    origin: () => cloud.url,
    write: async (at, seeds) => {
      const { files } = cloud;
      const ids = held.get(at) ?? new Map<string, string>();
      held.set(at, ids);
      files.folder(basename(at));
      for (const [id, path] of ids) {
        if (seeds.some((seed) => seed.id === id)) continue;
        files.remove(path);
        ids.delete(id);
      }
      for (const seed of seeds) {
        const isOpen = seed.readers.includes('everyone');
        const path = `${basename(at)}/${isOpen ? 'open' : 'shared'}/${seed.title}.md`;
        const before = ids.get(seed.id);
        if (before !== undefined && before !== path) files.move(before, path);
        ids.set(seed.id, path);
        // Its owner reads a file as well, so that one that is not for everybody is somebody's whom nobody knows.
        const text = textOf(seed);
        if (files.at(path)?.body !== text)
          files.write(path, text, { owner: isOpen ? seed.author.handle : 'a stranger' });
        share(path, seed.readers);
      }
    },
    move: async (at, from, to) => {
      const path = held.get(at)?.get(from.id) ?? '';
      cloud.files.move(path, `${dirname(path)}/${to.title}.md`);
    },
    cannot: {},
  });
});

/** Paths by the ids of seeds, of each test's folder. */
const held = new Map<string, Map<string, string>>();
const shares = new Map<CloudNode, { readonly readers: string; readonly ids: readonly number[] }>();

/** Shares a file with these and no others. */
function share(path: string, readers: readonly string[]): void {
  const node = cloud.files.get(path);
  const before = shares.get(node);
  if (before?.readers === readers.join()) return;
  for (const id of before?.ids ?? []) cloud.unshare(id);
  const ids = readers
    .filter((reader) => reader !== 'everyone')
    .map((reader) => {
      const [kind, name = ''] = reader.split(':');
      return cloud.share({ path, type: kind === 'person' ? 0 : 1, with: name, by: SERVICE.user });
    });
  shares.set(node, { readers: readers.join(), ids });
}

/** The title is the file's name where no heading has it. WebDAV shows no mail address of an owner, front matter can. */
function textOf({ title, author, body, raw }: ContentSeed): string {
  const fields = { ...(raw && { title }), ...(author.mail && { authors: [author] }) };
  return `${Object.keys(fields).length > 0 ? `---\n${JSON.stringify(fields)}\n---\n` : ''}${raw ?? body}\n`;
}
