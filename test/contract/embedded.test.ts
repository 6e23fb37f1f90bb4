import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { csv } from '../../subgraphs/directory/connectors/csv.ts';
import { ldif } from '../../subgraphs/directory/connectors/ldif.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { folder } from '../../subgraphs/documents/connectors/folder.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { escapeFrom } from '../../subgraphs/forum/connectors/mail/mbox.ts';
import { mbox } from '../../subgraphs/forum/connectors/mbox.ts';
import { ndjson } from '../../subgraphs/forum/connectors/ndjson.ts';
import { connectorContract } from './connector-contract.ts';

const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & <b> amp &amp;',
  '__proto__',
  ': < #',
];

interface Person {
  readonly id: string;
  readonly name: string;
  readonly mail: string;
  readonly title: string;
  readonly groups: readonly string[];
}
const person = (number: number): Person => ({
  id: `p${number}`,
  name: `Person ${number}`,
  mail: `p${number}@kestrel.example`,
  title: 'Engineer',
  groups: [],
});
const people = SPECIAL.map((name, index) => ({ ...person(index), name, title: name }));
const seePerson = (item: DirectoryItem): Person | undefined =>
  item.kind === 'person'
    ? { id: item.key, name: item.name, mail: item.mails[0] ?? '', title: item.title ?? '', groups: [] }
    : undefined;
const aboutPeople = {
  seed: person,
  special: people,
  see: seePerson,
  nameOf: (p: Person) => p.id,
  many: 1300,
  change: (p: Person) => ({ ...p, title: 'Head of Engineering' }),
};

connectorContract<DirectoryItem, Person>({
  ...aboutPeople,
  kind: ldif,
  path: (at) => join(at, 'people.ldif'),
  options: () => ({ path: 'people.ldif' }),
  write: (at, seeds) => {
    const line = (name: string, value: string): string =>
      `${name}:: ${Buffer.from(value).toString('base64')}`.replace(/(.{70})(?=.)/g, '$1\n ');
    const entries = seeds.map((p) =>
      [
        `dn: uid=${p.id},ou=people,dc=x`,
        'objectClass: inetOrgPerson',
        `uid: ${p.id}`,
        line('cn', p.name),
        line('title', p.title),
        `mail: ${p.mail}`,
      ].join('\n'),
    );
    return writeFile(join(at, 'people.ldif'), `version: 1\n\n${entries.join('\n\n')}\n`);
  },
});

connectorContract<DirectoryItem, Person>({
  ...aboutPeople,
  kind: csv,
  path: (at) => join(at, 'people.csv'),
  options: () => ({ path: 'people.csv' }),
  write: (at, seeds) => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = seeds.map((p) => [p.id, p.name, p.mail, p.title].map(cell).join(','));
    return writeFile(join(at, 'people.csv'), ['id,Name,E-Mail,Job title', ...rows, ''].join('\r\n'));
  },
});

interface Page {
  readonly name: string;
  readonly title: string;
  readonly body: string;
  readonly readers: readonly string[];
  readonly author: string;
}
const readersOf = (number: number): string[] =>
  [['everyone'], ['group:staff'], ['person:ann', 'group:board']][number % 3] as string[];
const page = (number: number): Page => ({
  name: `page ${number}.md`,
  title: `Page ${number}`,
  body: `What there is to say about ${number}.`,
  readers: readersOf(number),
  author: `author${number % 5}`,
});

connectorContract<DocumentItem, Page>({
  kind: folder,
  path: (at) => join(at, 'docs'),
  options: () => ({ path: 'docs' }),
  seed: page,
  special: SPECIAL.map((text, index) => ({ ...page(index), name: `${text.replaceAll('/', ' ')}.md`, title: text })),
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
  // As people do: what did not change is not written.
  write: async (at, seeds) => {
    const docs = join(at, 'docs');
    await mkdir(docs, { recursive: true });
    const names = new Set(seeds.map((seed) => seed.name));
    for (const name of await readdir(docs)) if (!names.has(name)) await rm(join(docs, name));
    for (const { name, title, readers, author, body } of seeds) {
      const text = `---\n${JSON.stringify({ title, readers, authors: [author] })}\n---\n${body}\n`;
      const before = await readFile(join(docs, name), 'utf8').catch(() => undefined);
      if (before !== text) await writeFile(join(docs, name), text);
    }
  },
});

interface Talk {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly readers: readonly string[];
  readonly replies: readonly { readonly author: string; readonly body: string }[];
}
const talk = (number: number): Talk => ({
  id: `t${number}`,
  title: `Topic ${number}`,
  body: `How does ${number} work`,
  author: `ann${number % 7}@x.example`,
  readers: readersOf(number),
  replies: [{ author: 'bo@x.example', body: `Like ${number}.` }],
});
const seeTalk = (item: ConversationItem): Talk => ({
  id: item.key,
  title: item.title,
  body: item.body,
  author: item.author?.handle ?? '',
  readers: item.readers,
  replies: item.replies.map((reply) => ({ author: reply.author?.handle ?? '', body: reply.body })),
});
const aboutTalks = {
  seed: talk,
  see: seeTalk,
  nameOf: (t: Talk) => t.id,
  many: 1300,
  change: (t: Talk) => ({ ...t, replies: [...t.replies, { author: 'cy@x.example', body: 'Thanks, that was it.' }] }),
};

connectorContract<ConversationItem, Talk>({
  ...aboutTalks,
  kind: ndjson,
  path: (at) => join(at, 'talks.ndjson'),
  options: () => ({ path: 'talks.ndjson' }),
  special: SPECIAL.map((text, index) => ({ ...talk(index), title: text, author: text })),
  write: (at, seeds) => writeFile(join(at, 'talks.ndjson'), seeds.map((seed) => `${JSON.stringify(seed)}\n`).join('')),
});

const open = (seed: Talk): Talk => ({ ...seed, id: `${seed.id}@x.example`, readers: ['group:staff'] });
connectorContract<ConversationItem, Talk>({
  ...aboutTalks,
  kind: mbox,
  seed: (number) => open(talk(number)),
  path: (at) => join(at, 'dev.mbox'),
  // An archive has no readers of its own: those of the option stand for all of it.
  options: () => ({ path: 'dev.mbox', readers: ['group:staff'] }),
  special: SPECIAL.map((text, index) => open({ ...talk(index), title: text, body: `Text: ${text}` })),
  write: (at, seeds) => {
    const encode = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
    const message = (id: string, author: string, subject: string, body: string, answers?: string): string =>
      [
        'From x@x.example Tue Jan  2 10:00:00 2024',
        `Message-ID: <${id}>`,
        `From: ${author}`,
        `Subject: ${encode(subject)}`,
        'Date: Tue, 2 Jan 2024 10:00:00 +0100',
        'Content-Type: text/plain; charset=utf-8',
        ...(answers === undefined ? [] : [`In-Reply-To: <${answers}>`]),
        '',
        escapeFrom(body),
        '',
        '',
      ].join('\n');
    const messages = seeds.flatMap((seed) => [
      message(seed.id, seed.author, seed.title, seed.body),
      ...seed.replies.map((reply, index) =>
        message(
          `r${index}.${seed.id}`,
          reply.author,
          `Re: ${seed.title}`,
          `${reply.body}\n\n> ${seed.body}\n\n-- \nBo`,
          seed.id,
        ),
      ),
    ]);
    return writeFile(join(at, 'dev.mbox'), messages.join(''));
  },
});
