import { basename } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { SERVICE, startCloud, type FakeCloud } from '../servers/nextcloud.ts';
import { connectorContract } from './connector-contract.ts';

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
});
