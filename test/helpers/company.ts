import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createApp, type App, type AppDeps } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { configOf } from './config.ts';
import { syncOnce } from './sync.ts';

/** Somebody in the directory. */
export interface CompanyPerson {
  readonly uid: string;
  /** Default: the uid with a capital letter. */
  readonly name?: string;
  /** Default: `<uid>@x.example`. */
  readonly mails?: readonly string[];
  /** Handles in other tools: `<source>:<handle>`. */
  readonly aliases?: readonly string[];
  readonly hasLeft?: boolean;
  readonly description?: string;
}

/** A group and who is in it: user names, or `group:<name>` for a group inside it. */
export type CompanyGroups = Readonly<Record<string, readonly string[]>>;

/** A small company in the embedded formats, in a folder of its own that a test may change. */
export interface Company {
  readonly folder: string;
  readonly config: Config;
  /** Writes a file: `people.ldif`, `documents/…`, `talk.ndjson`. */
  write(path: string, text: string): Promise<void>;
  writePeople(people: readonly CompanyPerson[], groups?: CompanyGroups): Promise<void>;
  writeConversations(conversations: readonly object[]): Promise<void>;
  /** Deletes a file or folder. */
  delete(path: string): Promise<void>;
  sync(): Promise<void>;
  /** The gateway over its stores; closed with the company. */
  open(change?: Partial<Config>, deps?: AppDeps): Promise<App>;
  close(): Promise<void>;
}

/** Makes an empty company: two sources that hold nothing yet, and a directory of nobody. */
export async function emptyCompany(file: object = {}): Promise<Company> {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-company-'));
  const config = configOf({
    data: join(folder, 'data'),
    baseDir: folder,
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [{ name: 'talk', connector: 'ndjson', path: 'talk.ndjson' }],
    file: { development: { chooseViewer: true }, ...file },
  });
  const apps: App[] = [];
  const company: Company = {
    folder,
    config,
    async write(path, text) {
      const full = join(folder, path);
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, text);
    },
    writePeople: (people, groups = {}) => company.write('people.ldif', ldifOf(people, groups)),
    writeConversations: (conversations) =>
      company.write('talk.ndjson', conversations.map((each) => `${JSON.stringify(each)}\n`).join('')),
    delete: (path) => rm(join(folder, path), { recursive: true }),
    sync: () => syncOnce(config),
    async open(change = {}, deps = {}) {
      const app = await createApp({ ...config, ...change }, deps);
      apps.push(app);
      return app;
    },
    async close() {
      for (const app of apps) await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await mkdir(join(folder, 'documents'));
  await company.writePeople([]);
  await company.writeConversations([]);
  return company;
}

/** Makes a company of five people, four pages and three conversations, one of each kind restricted. */
export async function smallCompany(file: object = {}): Promise<Company> {
  const company = await emptyCompany(file);
  await company.writePeople(
    [
      { uid: 'ada', description: 'Certificates and their rotation.' },
      { uid: 'bob' },
      { uid: 'cay' },
      { uid: 'dan', hasLeft: true },
      { uid: 'eve' },
    ],
    { legal: ['group:counsel', 'dan'], counsel: ['bob'], everybody: ['ada', 'bob', 'cay', 'eve'] },
  );
  await company.write('documents/guides/rotation.md', pageOf({ title: 'Rotating certificates', author: 'ada' }));
  await company.write('documents/guides/storage.md', pageOf({ title: 'Storing certificates', author: 'bob' }));
  await company.write('documents/guides/links.md', pageOf({ title: 'Links', author: 'cay' }, 'https://x.example/t/1'));
  await company.write(
    'documents/secret/dispute.md',
    pageOf({ title: 'Certificates in dispute', author: 'bob', readers: ['group:legal'] }),
  );
  const talk = (id: number, more: object) => ({
    id: `c${id}`,
    title: `Certificate question ${id}?`,
    body: 'Where are the certificates?',
    author: 'cay',
    createdAt: `2026-01-0${id}T00:00:00Z`,
    url: `https://x.example/t/${id}`,
    tags: ['tls'],
    replies: [{ author: 'ada', body: 'In the vault of certificates.', accepted: id === 1, votes: id }],
    ...more,
  });
  await company.writeConversations([talk(1, {}), talk(2, {}), talk(3, { readers: ['group:legal'] })]);
  return company;
}

/** A page in Markdown with front matter. */
export function pageOf(fields: Readonly<Record<string, unknown>>, text = 'About certificates.'): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\n${lines.join('\n')}\n---\n\n${text}\n`;
}

/** The directory as LDIF; keys are the user names. */
function ldifOf(people: readonly CompanyPerson[], groups: CompanyGroups): string {
  const person = (each: CompanyPerson) => [
    `dn: uid=${each.uid},dc=x`,
    'objectClass: inetOrgPerson',
    `uid: ${each.uid}`,
    `displayName: ${each.name ?? `${each.uid.charAt(0).toUpperCase()}${each.uid.slice(1)}`}`,
    ...(each.mails ?? [`${each.uid}@x.example`]).map((mail) => `mail: ${mail}`),
    ...(each.aliases ?? []).map((alias) => `account: ${alias}`),
    ...(each.description === undefined ? [] : [`description: ${each.description}`]),
    `employeeType: ${each.hasLeft ? 'former' : 'active'}`,
  ];
  const group = ([name, members]: [string, readonly string[]]) => [
    `dn: cn=${name},dc=x`,
    'objectClass: groupOfNames',
    `cn: ${name}`,
    ...members.map((member) =>
      member.startsWith('group:') ? `member: cn=${member.slice('group:'.length)},dc=x` : `member: uid=${member},dc=x`,
    ),
  ];
  const entries = [...people.map(person), ...Object.entries(groups).map(group)];
  return `version: 1\n\n${entries.map((lines) => `${lines.join('\n')}\n`).join('\n')}`;
}
