import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { folder } from '../../subgraphs/documents/connectors/folder.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import * as apacheServer from '../servers/apache.ts';
import * as wikiServer from '../servers/mediawiki.ts';
import { SERVICE, startCloud } from '../servers/nextcloud.ts';
import { openWith } from './connector-contract.ts';
import { documentsContract, MARKDOWN, WIKITEXT, type Audience } from './documents-contract.ts';

const READERS: Readonly<Record<Audience, string>> = { all: 'everyone', staff: 'group:staff', bo: 'person:bo' };

/** Front matter says whom a page is for, where there are only files. */
const file = (audience: Audience, author: string, text: string): string =>
  `---\nreaders: [${READERS[audience]}]\nauthors: [${author}]\n---\n${text}`;
const admitted = (text: string, audience: Audience): string =>
  text.replace(/readers: \[.*?\]/, `readers: [${READERS[audience]}]`);

documentsContract({
  name: 'folder',
  keepsKey: false,
  authorReads: false,
  async stage() {
    const path = await mkdtemp(join(tmpdir(), 'atrium-'));
    const at = (name: string): string => join(path, `${name}.md`);
    return {
      open: () => openWith(folder, { path }, '/'),
      put: (name, audience, author) => writeFile(at(name), file(audience, author, MARKDOWN)),
      move: (from, to) => rename(at(from), at(to)),
      admit: async (name, audience) => writeFile(at(name), admitted(await readFile(at(name), 'utf8'), audience)),
      remove: (name) => rm(at(name)),
      [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
    };
  },
});

const hasApache = apacheServer.isInstalled();
describe.skipIf(!hasApache)('on Apache', () => {
  let apache: apacheServer.Apache;
  beforeAll(async () => {
    if (hasApache) apache = await apacheServer.startApache();
  });
  afterAll(() => apache?.[Symbol.asyncDispose]());

  documentsContract({
    name: 'webdav',
    keepsKey: false,
    authorReads: false,
    async stage() {
      const own = basename(await mkdtemp(join(apache.root, 'own-')));
      await rm(join(apache.root, own), { recursive: true });
      const at = (name: string): string => `${own}/${name}.md`;
      return {
        open: () =>
          openWith(webdav, { url: `${apache.url}${own}/`, ...apacheServer.ANN, readers: { '': ['everyone'] } }, '/'),
        put: (name, audience, author) => apache.write({ [at(name)]: file(audience, author, MARKDOWN) }),
        move: (from, to) => rename(join(apache.root, at(from)), join(apache.root, at(to))),
        admit: async (name, audience) => {
          const text = await readFile(join(apache.root, at(name)), 'utf8');
          await apache.write({ [at(name)]: admitted(text, audience) });
        },
        remove: (name) => apache.remove(at(name)),
        [Symbol.asyncDispose]: () => rm(join(apache.root, own), { recursive: true }),
      };
    },
  });
});

documentsContract({
  name: 'webdav on Nextcloud',
  keepsKey: true,
  authorReads: true,
  async stage() {
    const cloud = await startCloud();
    const given = new Map<number, number>();
    const at = (name: string): string => `Pages/${name}.md`;
    const share = (name: string, audience: Audience): void => {
      const path = at(name);
      const { id } = cloud.files.get(path);
      const before = given.get(id);
      if (before !== undefined) cloud.unshare(before);
      const whom = {
        all: { type: 1, with: 'everybody' },
        staff: { type: 1, with: 'staff' },
        bo: { type: 0, with: 'bo' },
      };
      given.set(id, cloud.share({ path, by: SERVICE.user, ...whom[audience] }));
    };
    return {
      open: () => openWith(webdav, { url: cloud.url, ...SERVICE }, '/'),
      put: async (name, audience, author) => {
        cloud.files.write(at(name), MARKDOWN, { owner: author });
        share(name, audience);
      },
      move: async (from, to) => cloud.files.move(at(from), at(to)),
      admit: async (name, audience) => share(name, audience),
      remove: async (name) => cloud.files.remove(at(name)),
      [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
    };
  },
});

// Whom a page of a wiki is for is a matter of its namespace: it is moved into another.
const PREFIXES: Readonly<Record<Audience, string>> = { all: '', staff: 'Help:', bo: 'Project:' };
const SPACES: Readonly<Record<string, Audience>> = { Main: 'all', Help: 'staff', Throwaway: 'bo' };

describe.skipIf(!wikiServer.isInstalled())('on SQLite', () => {
  documentsContract({
    name: 'mediawiki',
    keepsKey: true,
    authorReads: false,
    async stage() {
      const wiki = await wikiServer.startMediaWiki(['Dora']);
      const titles = new Map<string, string>();
      const move = async (name: string, to: string): Promise<void> => {
        const from = titles.get(name) ?? name;
        await wiki.act({ action: 'move', from, to, noredirect: '1' });
      };
      // The page that every wiki is born with.
      await wiki.act({ action: 'delete', title: 'Main Page' });
      return {
        open: () =>
          openWith(
            mediawiki,
            {
              url: wiki.url,
              ...wikiServer.READER,
              readers: ['everyone'],
              namespaces: Object.keys(SPACES),
              spaceReaders: Object.fromEntries(
                Object.entries(SPACES).map(([space, audience]) => [space, [READERS[audience]]]),
              ),
            },
            '/',
          ),
        put: async (name, audience, author) => {
          const title = `${PREFIXES[audience]}${name}`;
          titles.set(name, title);
          const by = `${author.charAt(0).toUpperCase()}${author.slice(1)}`;
          await wiki.load({ [title]: [{ at: '2024-01-02T03:04:05Z', by, text: WIKITEXT }] });
        },
        move: async (from, to) => {
          const title = (titles.get(from) ?? from).replace(/[^:]+$/, to);
          await move(from, title);
          titles.delete(from);
          titles.set(to, title);
        },
        admit: async (name, audience) => {
          const title = `${PREFIXES[audience]}${name}`;
          await move(name, title);
          titles.set(name, title);
        },
        remove: async (name) => void (await wiki.act({ action: 'delete', title: titles.get(name) ?? name })),
        [Symbol.asyncDispose]: () => wiki[Symbol.asyncDispose](),
      };
    },
  });
});
