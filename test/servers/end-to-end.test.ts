import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { configOf } from '../helpers/config.ts';
import { pageOf } from '../helpers/company.ts';
import { openSyncing, type Syncing } from '../helpers/sync.ts';
import { ANN, isInstalled as hasApache, startApache, type Apache } from './apache.ts';
import { FakeDiscourse, KEY } from './discourse.ts';
import { COUNSEL, isInstalled as hasMediaWiki, startMediaWiki, type MediaWiki } from './mediawiki.ts';
import { FakeNodebb, TOKEN as MASTER } from './nodebb.ts';
import { ScimServer, TOKEN } from './scimmy.ts';
import { isInstalled as hasSlapd, READER, startSlapd, type Slapd } from './slapd.ts';

const isHere = [hasSlapd(), hasMediaWiki(), hasApache()].every(Boolean);

/** In LDAP: Ada knows certificates, Bob is the company's lawyer, Cay is neither. */
const PEOPLE = { ada: 'Ada Ash', bob: 'Bob Birch', cay: 'Cay Cole' } as const;

/** In SCIM: two of them under other names, and Dov of the board, who is nowhere else. */
const STAFF = {
  ada: { userName: 'a.ash', displayName: 'Ash, Ada', title: 'Engineer' },
  bob: { userName: 'b.birch', displayName: 'Birch, Bob', title: 'Counsel' },
  dov: { userName: 'dov', displayName: 'Dov Dale', title: 'Chair' },
} as const;

const QUERY = `{ topic(query: "certificates") {
  people { totalCount edges { score confidence node { name } reasons { area share hits } } }
  content { totalCount edges { score excerpt { text } node { title space author { person { name } } } } }
  conversations { totalCount edges { score node { title category author { person { name } } } } }
  coverage { source status } } }`;

interface Person {
  readonly person: { readonly name: string } | null;
}
interface Found<Node> {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: Node }[];
}
interface Topic {
  readonly people: Found<{ readonly name: string }>;
  readonly content: Found<{ readonly title: string; readonly author: Person | null }>;
  readonly conversations: Found<{ readonly title: string; readonly author: Person | null }>;
  readonly coverage: readonly { readonly source: string; readonly status: string }[];
}

describe.skipIf(!isHere)('one company in seven tools, two directories among them', { timeout: 120_000 }, () => {
  let slapd: Slapd;
  let wiki: MediaWiki;
  let apache: Apache;
  let hr: ScimServer;
  let desk: FakeDiscourse;
  let talk: FakeNodebb;
  let folder: string;
  let config: Config;
  let app: App;
  let syncing: Syncing;
  let mails = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atrium-end-to-end-'));
    [slapd, wiki, apache] = await Promise.all([startSlapd(), startMediaWiki(Object.keys(PEOPLE)), startApache()]);
    for (const [uid, name] of Object.entries(PEOPLE)) {
      const mail = `${uid}@kestrel.example`;
      await slapd.add(dnOf(uid), { objectClass: 'inetOrgPerson', cn: name, sn: name, displayName: name, uid, mail });
    }
    await slapd.add(`cn=legal,${slapd.suffix}`, { objectClass: 'groupOfNames', member: dnOf('bob') });
    [hr, desk, talk] = await Promise.all([ScimServer.start(), FakeDiscourse.start(), FakeNodebb.start()]);
    const ids: Record<string, string> = {};
    for (const [uid, user] of Object.entries(STAFF))
      ids[uid] = await hr.addUser({ ...user, emails: [{ value: `${uid}@kestrel.example`, primary: true }] });
    const members = [ids['bob'], ids['dov']].map((value) => ({ value, type: 'User' }));
    await hr.addGroup({ displayName: 'board', members });
    discuss();
    await wiki.load({
      'Rotating certificates': [{ at: '2024-01-02T03:04:05Z', by: 'Ada', text: 'How certificates are rotated.' }],
      'Legal:Lunch': [{ at: '2024-01-02T03:04:05Z', by: 'Bob', text: 'At noon.' }],
    });
    await apache.write({
      'guides/vault.md': pageOf({ title: 'The vault', author: 'ada@kestrel.example' }, 'Where certificates are kept.'),
      'legal/lunch.md': pageOf({ title: 'Lunch', author: 'bob@kestrel.example' }, 'At noon.'),
    });
    await mkdir(join(folder, 'mail'));
    await mail('help', 'cay', 'Which certificates do I need?');
    await mail('help', 'ada', 'Certificates for printers');
    await mail('board', 'bob', 'Lunch');
    config = configOf({
      data: join(folder, 'data'),
      baseDir: folder,
      directory: [
        { name: 'people', connector: 'ldap', url: slapd.url, baseDn: slapd.suffix, ...READER },
        { name: 'staff', connector: 'scim', url: hr.url, token: TOKEN },
      ],
      documents: [
        {
          name: 'wiki',
          connector: 'mediawiki',
          url: wiki.url,
          ...COUNSEL,
          readers: ['everyone'],
          spaceReaders: { Legal: ['group:legal'] },
        },
        {
          name: 'files',
          connector: 'webdav',
          url: apache.url,
          ...ANN,
          readers: { '': ['everyone'], legal: ['group:legal'] },
        },
      ],
      forum: [
        { name: 'lists', connector: 'mbox', path: 'mail', folderReaders: { board: ['group:legal'] } },
        { name: 'desk', connector: 'discourse', url: desk.url, apiKey: KEY, perMinute: 1_000_000 },
        { name: 'talk', connector: 'nodebb', url: talk.url, token: MASTER, perMinute: 1_000_000 },
      ],
      file: { development: { chooseViewer: true }, cache: { answerSeconds: 0 } },
    });
    syncing = openSyncing(config);
    await syncing.sync();
    app = await createApp(config, { readable: syncing.readable });
  }, 180_000);

  afterAll(async () => {
    await app?.close();
    await syncing?.stop();
    for (const server of [slapd, wiki, apache, hr, desk, talk]) await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const dnOf = (uid: string): string => `uid=${uid},${slapd.suffix}`;

  /** Fills both forums: one is as a group of LDAP has it, the other as one of SCIM. */
  function discuss(): void {
    desk.user('ada', 'Ada');
    desk.user('bob').groups = ['legal'];
    const renewing = desk.topic('Renewing certificates', '<p>In spring.</p>', { author: 'ada' });
    desk.reply(renewing, 'dov', '<p>Certificates last a year.</p>');
    const { id } = desk.category('Legal', ['legal']);
    desk.topic('Certificates before the judge', '<p>Soon.</p>', { author: 'bob', category: id });
    for (const name of ['bob', 'dov']) talk.user(name, { groups: ['board'] });
    talk.topic('Lost certificates', '<p>Where are they?</p>', { author: 'cay' });
    const { cid } = talk.category('Board', ['board']);
    talk.topic('Certificates of the board', '<p>Framed.</p>', { author: 'dov', cid });
  }

  /** Appends a mail that begins a thread. */
  async function mail(list: string, from: keyof typeof PEOPLE, subject: string): Promise<void> {
    mails++;
    const head = [
      `From ${from}@kestrel.example Tue Jan  2 03:04:05 2024`,
      `From: ${PEOPLE[from]} <${from}@kestrel.example>`,
      `Date: Tue, 2 Jan 2024 03:04:05 +0000`,
      `Message-ID: <${mails}@kestrel.example>`,
      `Subject: ${subject}`,
      'Content-Type: text/plain; charset=utf-8',
    ];
    const text = `${head.join('\n')}\n\n${subject}: about certificates, in short.\n\n`;
    await writeFile(join(folder, 'mail', `${list}.mbox`), text, { flag: 'a' });
  }

  async function ask(viewer: string): Promise<Topic> {
    const { data, errors } = await app.ask({ query: QUERY, viewer });
    expect(errors).toBeUndefined();
    return (JSON.parse(JSON.stringify(data)) as { topic: Topic }).topic;
  }

  /** Syncs until somebody sees it: the gateway remembers for a few seconds which groups somebody is in. */
  async function syncUntil(viewer: string, isSeen: (topic: Topic) => boolean): Promise<Topic> {
    for (let tries = 0; tries < 40; tries++) {
      await syncing.sync();
      const topic = await ask(viewer);
      if (isSeen(topic)) return topic;
      await sleep(500);
    }
    throw new Error(`Not seen by ${viewer}: ${JSON.stringify(await ask(viewer))}`);
  }

  const titles = ({ edges }: Topic['content'] | Topic['conversations']): string[] =>
    edges.map(({ node }) => `${node.title} (${node.author?.person?.name ?? 'nobody'})`).toSorted();
  const names = ({ people }: Topic): string[] => people.edges.map(({ node }) => node.name);
  const PUBLIC = ['Rotating certificates (Ada Ash)', 'The vault (Ada Ash)'];
  const OPEN = [
    'Certificates for printers (Ada Ash)',
    'Lost certificates (Cay Cole)',
    'Renewing certificates (Ada Ash)',
    'Which certificates do I need? (Cay Cole)',
  ];

  it('answers one question out of all of them, and knows each person in every tool', async () => {
    const topic = await ask('cay');
    expect(titles(topic.content)).toEqual(PUBLIC);
    expect(titles(topic.conversations)).toEqual(OPEN);
    expect(names(topic)[0]).toBe('Ada Ash');
    expect(topic.people.edges[0]).toMatchObject({
      reasons: expect.arrayContaining([
        expect.objectContaining({ area: 'DOCUMENTS', hits: 2 }),
        expect.objectContaining({ area: 'FORUM', hits: 2 }),
      ]) as unknown,
    });
    expect(names(topic)).not.toContain('Bob Birch');
    const sources = ['people', 'staff', 'files', 'wiki', 'desk', 'lists', 'talk'];
    // Cay has no account at the desk: whether there is more for her there, nobody can be asked.
    expect(topic.coverage).toEqual(
      sources.map((source) => ({ source, status: source === 'desk' ? 'PARTIAL' : 'COMPLETE' })),
    );
    expect((await ask('bob')).coverage).toEqual(sources.map((source) => ({ source, status: 'COMPLETE' })));
  });

  it('knows people of both directories as one, in all their groups and by all their accounts', async () => {
    const query = `{ people { totalCount } person(id: "bob@kestrel.example") {
      name title groups { edges { node { name } } } accounts { source handle } } }`;
    const { data, errors } = await app.ask({ query, viewer: 'bob' });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      people: { totalCount: 4 },
      person: {
        name: 'Bob Birch',
        title: 'Counsel',
        groups: { edges: [{ node: { name: 'board' } }, { node: { name: 'legal' } }] },
        accounts: [
          { source: 'files', handle: 'bob@kestrel.example' },
          { source: 'wiki', handle: 'bob' },
          { source: 'desk', handle: 'bob' },
          { source: 'lists', handle: 'bob@kestrel.example' },
        ],
      },
    });
  });

  it('shows forums by groups of either directory, and nothing of them to others', async () => {
    const LEGAL = ['Certificates before the judge (Bob Birch)', 'Lunch (Bob Birch)'];
    const BOARD = 'Certificates of the board (Dov Dale)';
    const [bob, dov, cay] = [await ask('bob'), await ask('dov'), await ask('cay')];
    expect(titles(bob.conversations)).toEqual([...OPEN, ...LEGAL, BOARD].toSorted());
    expect(titles(dov.conversations)).toEqual([...OPEN, BOARD].toSorted());
    expect(titles(cay.conversations)).toEqual(OPEN);
    expect(cay.conversations.totalCount).toBe(OPEN.length);
    expect(names(bob)).toContain('Bob Birch');
    for (const other of [dov, cay]) expect(names(other)).not.toContain('Bob Birch');
  });

  it('shows what is restricted to those who may read it, and leaves no trace of it for others', async () => {
    const before = await ask('cay');
    await wiki.edit('Legal:Dispute', 'Certificates, certificates: the dispute on certificates.');
    const settlement = pageOf({ title: 'Settlement', author: 'bob@kestrel.example' }, 'Certificates settled.');
    await apache.write({ 'legal/settlement.md': settlement });
    await mail('board', 'bob', 'Certificates in court');

    const seen = await syncUntil('bob', ({ content }) => content.totalCount === 4);
    // In the wiki it was the administrator, whom the directory does not know.
    expect(titles(seen.content)).toEqual(['Dispute (nobody)', PUBLIC[0], 'Settlement (Bob Birch)', PUBLIC[1]]);
    expect(titles(seen.conversations)).toContain('Certificates in court (Bob Birch)');
    expect(names(seen)).toContain('Bob Birch');
    // To the last decimal of every score.
    expect(await ask('cay')).toEqual(before);
  });

  it('has a change in each tool after the next sync', async () => {
    await slapd.modify(dnOf('ada'), { displayName: 'Ada Ashdown' });
    await wiki.act({ action: 'delete', title: 'Rotating certificates' });
    await wiki.edit('New certificates', 'All about certificates.');
    await apache.write({
      'guides/vault.md': pageOf({ title: 'The new vault', author: 'ada@kestrel.example' }, 'Certificates move.'),
    });
    await mail('help', 'ada', 'Certificates for phones');

    const isNew = ({ content }: Topic) => titles(content).some((title) => title.startsWith('New certificates'));
    const topic = await syncUntil('cay', isNew);
    expect(titles(topic.content)).toEqual(['New certificates (nobody)', 'The new vault (Ada Ashdown)']);
    expect(titles(topic.conversations)).toEqual([
      'Certificates for phones (Ada Ashdown)',
      'Certificates for printers (Ada Ashdown)',
      'Lost certificates (Cay Cole)',
      'Renewing certificates (Ada Ashdown)',
      'Which certificates do I need? (Cay Cole)',
    ]);
    // Who joins the lawyers reads what they read.
    await slapd.modify(`cn=legal,${slapd.suffix}`, { member: [dnOf('bob'), dnOf('cay')] });
    const joined = await syncUntil('cay', ({ content }) => content.totalCount === 4);
    expect(titles(joined.conversations)).toContain('Certificates in court (Bob Birch)');
    await slapd.modify(`cn=legal,${slapd.suffix}`, { member: [dnOf('bob')] });
    expect(await syncUntil('cay', ({ content }) => content.totalCount === 2)).toEqual(topic);
  });

  it('answers all the same when a tool is down, and says whose answer is old', async () => {
    const before = await ask('bob');
    await Promise.all([apache.stop(), slapd.stop()]);
    await mail('help', 'cay', 'Certificates while the files are away');
    await syncing.sync();
    const during = await ask('bob');
    expect(during.coverage).toEqual([
      { source: 'people', status: 'STALE' },
      { source: 'staff', status: 'COMPLETE' },
      { source: 'files', status: 'STALE' },
      ...['wiki', 'desk', 'lists', 'talk'].map((source) => ({ source, status: 'COMPLETE' })),
    ]);
    expect(during.content).toEqual(before.content);
    expect(during.conversations.totalCount).toBe(before.conversations.totalCount + 1);
    // Rights hold as they were.
    expect((await ask('cay')).content.totalCount).toBe(2);

    await Promise.all([apache.start(), slapd.start()]);
    const after = await syncUntil('bob', ({ coverage }) => coverage.every(({ status }) => status === 'COMPLETE'));
    expect(after.content).toEqual(before.content);
  });
});
