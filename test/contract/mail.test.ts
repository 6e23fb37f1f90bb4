import { hash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe } from 'vitest';
import { forumArea } from '../../subgraphs/forum/area.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { escapeFrom } from '../../subgraphs/forum/connectors/mail/mbox.ts';
import { mbox } from '../../subgraphs/forum/connectors/mbox.ts';
import { ACCOUNT, isInstalled, startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { connectorContract } from './connector-contract.ts';
import { contentContract } from './content-contract.ts';
import { CANNOT_MAIL, CLOSED, FOLDER_READERS, MAIL_FOLDERS, mailFolderOf, mailOf } from './mails.ts';

interface Talk {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly replies: readonly string[];
}
const talk = (number: number): Talk => ({
  id: `t${number}@x.example`,
  title: `Topic ${number}`,
  body: `How does ${number} work`,
  author: `ann${number % 7}@x.example`,
  replies: [`Like ${number}.`],
});
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & <b> amp &amp;',
  '__proto__',
  ': < #',
  'From me to you',
];
const aboutTalks = {
  seed: talk,
  special: SPECIAL.map((text, index) => ({ ...talk(index), title: text, body: `${text}\n${text}` })),
  see: (item: ConversationItem): Talk => ({
    id: item.key,
    title: item.title,
    body: item.body,
    author: item.author?.handle ?? '',
    replies: item.replies.map(({ body }) => body),
  }),
  nameOf: ({ id }: Talk) => id,
  change: (seed: Talk) => ({ ...seed, replies: [...seed.replies, 'Thanks, that was it.'] }),
};

/** The mails of talks, by the names of their files. */
function mailsOf(seeds: readonly Talk[]): Map<string, string> {
  const encode = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
  const mail = (id: string, from: string, subject: string, body: string, answers?: string): string =>
    [
      `Message-ID: <${id}>`,
      `From: ${from}`,
      `Subject: ${encode(subject)}`,
      'Date: Tue, 2 Jan 2024 10:00:00 +0100',
      'Content-Type: text/plain; charset=utf-8',
      ...(answers === undefined ? [] : [`References: <${answers}>`]),
      '',
      body,
      '',
    ].join('\n');
  const mails = new Map<string, string>();
  for (const { id, author, title, body, replies } of seeds) {
    const [number = ''] = id.split('@');
    mails.set(`${number}.0.host`, mail(id, author, title, body));
    for (const [index, reply] of replies.entries())
      mails.set(
        `${number}.${index + 1}.host`,
        mail(`r${index}.${id}`, 'bo@x.example', `Re: ${title}`, `${reply}\n\n> ${body.replaceAll('\n', '\n> ')}`, id),
      );
  }
  return mails;
}

/** Writes files so that these are there, and touches no other: what did not change is not written. */
async function writeOnly(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!files.has(name)) await rm(join(folder, name), { recursive: true });
  for (const [name, content] of files) {
    const before = await readFile(join(folder, name)).catch(() => undefined);
    if (before?.equals(Buffer.from(content)) !== true) await writeFile(join(folder, name), content);
  }
}

describe('mbox on a folder of archives', () => {
  connectorContract<ConversationItem, Talk>({
    ...aboutTalks,
    kind: mbox,
    many: 1010,
    path: (at) => join(at, 'dev'),
    options: () => ({ path: 'dev' }),
    write: async (at, seeds) => {
      const months = ['2024-January.txt', '2024-February.txt', '2024-March.txt.gz', 'old.mbox'];
      const parts = months.map(() => '');
      // Threads run through all of them.
      for (const [name, mail] of mailsOf(seeds)) {
        const [number = 0, place = 0] = /\d+/g[Symbol.match](name)?.map(Number) ?? [];
        parts[(number + place) % parts.length] += `From x@x.example Tue Jan  2 10:00:00 2024\n${escapeFrom(mail)}\n`;
      }
      const files = months.map((name, index) => [name, parts[index] ?? ''] as const);
      const content = (name: string, text: string) => (name.endsWith('.gz') ? gzipSync(text) : text);
      await writeOnly(join(at, 'dev'), new Map(files.map(([name, text]) => [name, content(name, text)])));
    },
  });
});

describe('mbox on a maildir', () => {
  connectorContract<ConversationItem, Talk>({
    ...aboutTalks,
    kind: mbox,
    many: 1010,
    path: (at) => join(at, 'dev'),
    options: () => ({ path: 'dev' }),
    write: async (at, seeds) => {
      await mkdir(join(at, 'dev/new'), { recursive: true });
      await writeOnly(join(at, 'dev/cur'), mailsOf(seeds));
    },
  });
});

const isHere = isInstalled();
describe.skipIf(!isHere)('imap on Dovecot', () => {
  let dovecot: Dovecot;
  beforeAll(async () => void (dovecot = await startDovecot()));
  afterAll(() => dovecot?.[Symbol.asyncDispose]());
  const written = new Map<string, Map<string, string>>();
  /** Below each test's folder there may be one of mails for each set of readers. */
  const folderOf = (at: string): string => `lists/${relative(tmpdir(), at)}`;

  const optionsOf = (at: string) => ({
    host: '127.0.0.1',
    port: dovecot?.port ?? 1,
    security: 'none',
    ...ACCOUNT,
    folders: [folderOf(at)],
    readers: ['group:staff'],
  });
  /** Makes a folder hold these mails and no others. */
  const hold = async (at: string, after: Map<string, string>): Promise<void> => {
    const before = written.get(at) ?? new Map<string, string>();
    written.set(at, after);
    // A mail on a server never changes; one under the same name with another content is another mail.
    const gone = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
    if (gone.length > 0) await dovecot.remove(folderOf(at), gone);
    const fresh = [...after].filter(([name, content]) => before.get(name) !== content);
    await dovecot.deliver(folderOf(at), Object.fromEntries(fresh));
  };

  connectorContract<ConversationItem, Talk>({
    ...aboutTalks,
    kind: imap,
    many: 1010,
    mends: 'set `folders`',
    options: optionsOf,
    remove: (at) => dovecot.removeFolder(folderOf(at)),
    write: (at, seeds) => hold(at, mailsOf(seeds)),
  });

  contentContract({
    kind: imap,
    area: forumArea,
    readers: ['everyone'],
    markup: 'html',
    options: (at) => ({
      ...optionsOf(at),
      folders: MAIL_FOLDERS.map((folder) => `${folderOf(at)}/${folder}`),
      folderReaders: Object.fromEntries(
        Object.entries(FOLDER_READERS).map(([folder, readers]) => [`${folderOf(at)}/${folder}`, readers]),
      ),
      readers: ['everyone'],
      url: 'https://lists.kestrel.example/{id}',
    }),
    origin: () => 'https://lists.kestrel.example/',
    write: async (at, seeds) => {
      // To Dovecot a file of the same name is the same mail.
      const nameOf = (mail: string): string => `${hash('sha1', mail)}.host`;
      for (const folder of [...MAIL_FOLDERS, CLOSED]) {
        const mails = seeds.filter((seed) => mailFolderOf(seed) === folder).map(mailOf);
        await hold(`${at}/${folder}`, new Map(mails.map((mail) => [nameOf(mail), mail])));
      }
    },
    cannot: CANNOT_MAIL,
  });
});
