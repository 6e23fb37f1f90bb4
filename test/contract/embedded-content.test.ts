import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import { folder } from '../../subgraphs/documents/connectors/folder.ts';
import { forumArea } from '../../subgraphs/forum/area.ts';
import { escapeFrom } from '../../subgraphs/forum/connectors/mail/mbox.ts';
import { mbox } from '../../subgraphs/forum/connectors/mbox.ts';
import { ndjson } from '../../subgraphs/forum/connectors/ndjson.ts';
import { contentContract } from './content-contract.ts';
import { CANNOT_MAIL, CLOSED, FOLDER_READERS, MAIL_FOLDERS, mailFolderOf, mailOf } from './mails.ts';
import { pageOf } from './pages.ts';
import type { ContentSeed } from './seeds.ts';

contentContract({
  kind: folder,
  area: documentsArea,
  readers: ['everyone'],
  markup: 'markdown',
  options: () => ({ path: 'docs', url: 'https://wiki.kestrel.example/' }),
  origin: () => 'https://wiki.kestrel.example/',
  write: async (at, seeds) => {
    const docs = join(at, 'docs');
    await mkdir(docs, { recursive: true });
    const files = new Map(seeds.map((seed) => [`${seed.id}.md`, pageOf(seed)]));
    for (const name of await readdir(docs)) if (!files.has(name)) await rm(join(docs, name));
    for (const [name, text] of files) {
      const before = await readFile(join(docs, name), 'utf8').catch(() => undefined);
      if (before !== text) await writeFile(join(docs, name), text);
    }
  },
  cannot: {},
});

contentContract({
  kind: ndjson,
  area: forumArea,
  readers: ['everyone'],
  markup: 'markdown',
  options: () => ({ path: 'talks.ndjson' }),
  origin: () => 'https://forum.kestrel.example/',
  write: (at, seeds) => {
    const line = ({ body, raw, ...seed }: ContentSeed): string =>
      JSON.stringify({ ...seed, body: raw ?? body, url: `https://forum.kestrel.example/${seed.id}` });
    return writeFile(join(at, 'talks.ndjson'), seeds.map((seed) => `${line(seed)}\n`).join(''));
  },
  cannot: { moves: 'a line has no place but its id' },
});

contentContract({
  kind: mbox,
  area: forumArea,
  readers: ['everyone'],
  markup: 'html',
  options: () => ({
    path: 'lists',
    readers: ['everyone'],
    folderReaders: FOLDER_READERS,
    url: 'https://lists.kestrel.example/{id}',
  }),
  origin: () => 'https://lists.kestrel.example/',
  write: async (at, seeds) => {
    await mkdir(join(at, 'lists'), { recursive: true });
    for (const folder of [...MAIL_FOLDERS, CLOSED]) {
      const mails = seeds.filter((seed) => mailFolderOf(seed) === folder).map(mailOf);
      const lines = mails.map((mail) => `From x@x.example Tue Jan  2 10:00:00 2024\n${escapeFrom(mail)}\n`);
      await writeFile(join(at, folder === CLOSED ? '' : 'lists', `${folder}.mbox`), lines.join(''));
    }
  },
  cannot: CANNOT_MAIL,
});
