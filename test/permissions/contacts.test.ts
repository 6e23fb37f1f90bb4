import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { withoutContacts } from '../../subgraphs/kit/contact.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { configOf } from '../helpers/config.ts';
import { derivedWays } from '../helpers/derived-ways.ts';
import { everyWay, type Way } from '../helpers/every-way.ts';
import { SAMPLE, sampleApp, WIDE_LIMITS, type SampleApp } from '../helpers/sample.ts';
import { syncOnce } from '../helpers/sync.ts';

/** Sees all that is not contact data: even the problems of the tools. */
const WITHOUT: Viewer = { ...NOBODY, signedIn: true, operator: true, scopes: ['reports:read'] };
const WITH: Viewer = { ...WITHOUT, scopes: ['reports:read', 'people:contact'] };

/** A page of whatever was asked for. */
interface Page {
  readonly edges: readonly { readonly node: Record<string, unknown> }[];
}

/** What people wrote, and what only repeats the question. */
const CONTENT = /(?:^|_)(?:body|title|summary|text|description|query)$/;

/** All texts of an answer but content; and what they are in clear, where they are encoded. */
function textsOf(value: unknown, key = '', texts: string[] = []): string[] {
  if (typeof value === 'string') {
    const decoded = Buffer.from(value.replace(/^\w+:/, ''), 'base64url').toString('utf8');
    if (!CONTENT.test(key) && !decoded.startsWith('topic:')) texts.push(value.toLowerCase(), decoded.toLowerCase());
  } else if (Array.isArray(value)) for (const each of value) textsOf(each, key, texts);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) textsOf(each, name, texts);
  }
  return texts;
}

/** Asks every way, and gives the contacts found with the ways they were found by. */
async function contactsFound(app: App, ways: readonly Way[], viewer: Viewer, contacts: readonly string[]) {
  const found = new Map<string, string>();
  for (const { name, query, variables } of ways) {
    const answer = await app.ask({ query, variables, viewer });
    const texts = textsOf({ data: answer.data, errors: answer.errors }).join('\n');
    for (const contact of contacts) if (texts.includes(contact) && !found.has(contact)) found.set(contact, name);
  }
  return found;
}

async function schemaOf(app: App) {
  const { data } = await app.ask({ query: getIntrospectionQuery() });
  return buildClientSchema(data as IntrospectionQuery);
}

describe('the sample', { timeout: 240_000 }, () => {
  let sample: SampleApp;
  beforeAll(async () => (sample = await sampleApp(undefined, WIDE_LIMITS)));
  afterAll(() => sample.close());

  it('shows no address and no telephone number to those without the scope, and all of them to those with it', async () => {
    const ldif = (await readFile(join(SAMPLE, 'people.ldif'), 'utf8')).replaceAll(/\n /g, '');
    const contacts = [...ldif.matchAll(/^(?:mail|telephoneNumber): (.+)$/gm)].map(([, text = '']) =>
      text.toLowerCase(),
    );
    expect(contacts.length).toBeGreaterThan(200);
    const mail = contacts.find((contact) => contact.includes('@')) ?? '';
    const tried = { ids: ['gareth.pugh', mail, `acct:mail:${mail}`], texts: ['certificate rotation', mail] };
    const ways = [
      ...derivedWays(await schemaOf(sample.app), tried, { steps: 1, page: 100 }),
      ...everyWay(['TLS certificate rotation', mail], [mail]),
    ];
    expect([...(await contactsFound(sample.app, ways, WITHOUT, contacts))]).toEqual([]);
    // The ways do come by.
    expect((await contactsFound(sample.app, ways, WITH, contacts)).size).toBeGreaterThan(contacts.length / 3);
  });
});

describe('a company with mail', { timeout: 120_000 }, () => {
  let folder: string;
  let app: App;
  let reopen: () => Promise<App>;
  const apps: App[] = [];

  const LDIF = `version: 1

dn: uid=ada,dc=x
objectClass: inetOrgPerson
uid: ada
displayName: Ada
mail: ada.king@x.example
mail: countess@x.example
telephoneNumber: +49 30 1234567
labeledURI: https://photos.example/ada.king@x.example.jpg photo

dn: uid=eve,dc=x
objectClass: inetOrgPerson
uid: eve.moor@x.example
displayName: eve.moor@x.example
mail: eve.moor@x.example
manager: uid=nobody.else@x.example,dc=x
`;
  const CSV = 'name,mail,phone\nCay,cay.dow@x.example,+43 1 7654321\n';
  const mailOf = (from: string, n: number) =>
    `From x Thu Jan  1 00:00:0${n} 2026\nFrom: ${from}\nDate: Thu, 1 Jan 2026 00:00:0${n} +0000\nMessage-ID: <m${n}@list.example>\nSubject: Plan ${n}\n\nAbout the plan.\n\n`;
  const FROM = [
    'Ada <ada.king@x.example>',
    'eve.moor@x.example',
    '"cay.dow@x.example" <cay.dow@x.example>',
    'strange.man at y.example (strange.man at y.example)',
    '"Ring +44 20 5550123" <ring.me@y.example>',
  ];
  const TALK = [
    {
      id: 'c1',
      title: 'Plan',
      body: 'Where?',
      author: 'countess@x.example',
      replies: [{ author: '+49301234567', body: 'Here.' }],
    },
    { id: 'c2', title: 'Plan', body: 'When?', author: { handle: 'u17', name: 'cay.dow (at) x.example' } },
  ];
  const CONTACTS = [
    ...['ada.king', 'countess', 'eve.moor', 'cay.dow', 'nobody.else'].flatMap((user) => [`${user}@x.example`, user]),
    'strange.man',
    'ring.me',
    '1234567',
    '7654321',
    '+44 20',
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atrium-contacts-'));
    const files: Record<string, string> = {
      'people.ldif': LDIF,
      'staff.csv': CSV,
      'lists/plans.mbox': FROM.slice(0, 3).map(mailOf).join(''),
      'talk.ndjson': TALK.map((each) => `${JSON.stringify(each)}\n`).join(''),
      'documents/plan.md': '---\ntitle: Plan\nauthor: ada.king@x.example\n---\n\nAbout the plan.\n',
    };
    for (const [index, from] of FROM.slice(3).entries()) {
      files[`maildir/cur/${index}.x:2,S`] = mailOf(from, index + 5).replace(/^From x.*\n/, '');
    }
    for (const name of ['new', 'tmp']) await mkdir(join(folder, 'maildir', name), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const config = configOf({
      data: join(folder, 'data'),
      baseDir: folder,
      directory: [
        { name: 'people', connector: 'ldif', path: 'people.ldif', attributes: { photo: 'labeledURI' } },
        { name: 'staff', connector: 'csv', path: 'staff.csv' },
      ],
      documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
      forum: [
        { name: 'lists', connector: 'mbox', path: 'lists' },
        { name: 'box', connector: 'mbox', path: 'maildir' },
        { name: 'talk', connector: 'ndjson', path: 'talk.ndjson' },
      ],
      file: { limits: WIDE_LIMITS, introspection: true },
    });
    await syncOnce(config);
    reopen = async () => {
      const opened = await createApp(config);
      apps.push(opened);
      return opened;
    };
    app = await reopen();
  });
  afterAll(async () => {
    for (const each of apps) await each.close();
    await rm(folder, { recursive: true });
  });

  const ask = async (query: string, viewer: Viewer, on = app) => {
    const { data, errors } = await on.ask({ query, viewer });
    return JSON.parse(JSON.stringify({ data, errors })) as { data: Record<string, Page> };
  };

  async function waysWith(address: string): Promise<Way[]> {
    const ids = [address, ...['lists', 'talk', 'docs'].map((source) => `acct:${source}:${address}`), 'ada'];
    const tried = { ids, texts: [address, address.slice(0, 6), 'plan'] };
    const schema = await schemaOf(app);
    return [
      ...derivedWays(schema, tried, { steps: 1, page: 20 }),
      ...derivedWays(schema, tried, { steps: 2, page: 3, most: 2 }).filter(({ query }) => query.length < 60_000),
    ];
  }

  it('shows no address and no telephone number to those without the scope, and all of them to those with it', async () => {
    const ways = await waysWith('ada.king@x.example');
    expect([...(await contactsFound(app, ways, WITHOUT, CONTACTS))]).toEqual([]);
    const all = await contactsFound(app, ways, WITH, CONTACTS);
    expect(CONTACTS.filter((contact) => !all.has(contact))).toEqual([]);
  });

  it('answers those without the scope the same of an address that is somebody’s as of any other', async () => {
    const blank = (answer: unknown) =>
      JSON.stringify(answer, (key, value: unknown) =>
        /^(?:.*_)?query$/.test(key) || (typeof value === 'string' && value.startsWith('dG9waWM6')) ? '' : value,
      ).replaceAll(/ada\.king|zoe\.king/g, '');
    const [real, other] = [await waysWith('ada.king@x.example'), await waysWith('zoe.king@x.example')];
    const differing: Record<'without' | 'with', string[]> = { without: [], with: [] };
    for (const [index, way] of real.entries()) {
      for (const [name, viewer] of Object.entries({ without: WITHOUT, with: WITH })) {
        const answers = await Promise.all([way, other[index]!].map((each) => app.ask({ ...each, viewer })));
        const [a, b] = answers.map(({ data, errors }) => blank({ data, errors }));
        if (a !== b) differing[name as 'without' | 'with'].push(way.name);
      }
    }
    expect(differing.without).toEqual([]);
    for (const field of ['person', 'people', 'documents', 'conversations']) {
      expect(differing.with.map((name) => name.split(' ')[0])).toContain(field);
    }
  });

  it('gives accounts ids that stay, and by which their items are found', async () => {
    const AUTHORS =
      '{ conversations(filter: { source: "lists" }, orderBy: CREATED_ASC) { edges { node { id author { id handle name } } } } }';
    const authors = async (viewer: Viewer, on = app) =>
      (await ask(AUTHORS, viewer, on)).data['conversations']?.edges.map(({ node }) => node['author']) as {
        id: string;
        handle: string | null;
        name: string;
      }[];
    const hidden = await authors(WITHOUT);
    expect(hidden.map(({ handle, name }) => [handle, name])).toEqual([
      [null, 'Ada'],
      [null, 'eve…'],
      [null, 'Cay'],
    ]);
    const shown = await authors(WITH);
    expect(shown.map(({ handle }) => handle)).toEqual([
      'ada.king@x.example',
      'eve.moor@x.example',
      'cay.dow@x.example',
    ]);
    expect(shown.map(({ id }) => id)).toEqual(hidden.map(({ id }) => id));
    expect((await authors(WITHOUT, await reopen())).map(({ id }) => id)).toEqual(hidden.map(({ id }) => id));
    for (const filter of ['author', 'participant']) {
      const query = `{ conversations(filter: { ${filter}: ${JSON.stringify(hidden[1]?.id)} }) { totalCount } }`;
      expect(await ask(query, WITHOUT)).toEqual({ data: { conversations: { totalCount: 1 } } });
    }
  });

  it('finds people by their ids, whatever their keys', async () => {
    const { data } = await ask('{ people(first: 10) { edges { node { id name source } } } }', WITHOUT);
    const people = data['people']?.edges.map(({ node }) => node) as { id: string; name: string }[];
    expect(people.map(({ name }) => name).toSorted()).toEqual(['Ada', 'Cay', 'eve…']);
    for (const { id, name } of people) {
      const found = await ask(`{ node(id: "${id}") { ... on Person { name } } person(id: "${id}") { name } }`, WITHOUT);
      expect(found).toEqual({ data: { node: { name }, person: { name } } });
    }
  });

  it('shortens addresses in whatever way they are written, and nothing else', () => {
    expect(withoutContacts('Jo Roe <jo.roe@x.example>, tel. +49 (30) 123-4567')).toBe('Jo Roe <jo.…>, tel. …');
    expect(withoutContacts('a@b')).toBe('…');
    for (const text of ['jane.roe', '@jane', 'Jane Roe', '12345678', 'c++ 2 3', 'people.ldif:120', 'Team at work']) {
      expect(withoutContacts(text)).toBe(text);
    }
    expect(withoutContacts(`${'a'.repeat(300)}@x.example`)).toBe('aaa…');
  });

  it('looks at each character of a long text a few times, not hundreds of times', () => {
    // As long as ten requests may be; else it takes minutes, and everybody else waits for them.
    for (const piece of ['a', 'a@', '@', 'a at a', `${'x'.repeat(199)} at ${'b.'.repeat(100)} `]) {
      expect(withoutContacts(piece.repeat(2_000_000 / piece.length))).not.toBe('');
    }
  });
});
