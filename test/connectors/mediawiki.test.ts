import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { COUNSEL, isInstalled, READER, startMediaWiki, type MediaWiki } from '../servers/mediawiki.ts';

const isHere = isInstalled();
let wiki: MediaWiki;
/** Namespaces of their own keep what one test changes from the others. */
const open = (options: object = {}): Promise<Connector<DocumentItem>> =>
  openWith(mediawiki, { url: wiki.url, ...READER, readers: ['everyone'], ...options }, '/');

const titlesOf = (store: MemoryStore<DocumentItem>): string[] =>
  [...store.items.values()].map(({ title }) => title).sort();
const named = (store: MemoryStore<DocumentItem>, title: string): DocumentItem | undefined =>
  [...store.items.values()].find((item) => item.title === title);
const problemsOf = (store: MemoryStore<DocumentItem>): string[] =>
  store.problems.map(({ place, reason }) => `${place}: ${reason}`);
const upserted = (batches: readonly { readonly upserts: readonly DocumentItem[] }[]): string[] =>
  batches.flatMap(({ upserts }) => upserts.map(({ title }) => title)).sort();

/** A store after a first full sync. */
async function synced(connector: Connector<DocumentItem>): Promise<MemoryStore<DocumentItem>> {
  const store = new MemoryStore<DocumentItem>();
  await store.run(connector);
  return store;
}

const at = '2023-05-06T07:08:09Z';
const by = 'Amara.okafor';

beforeAll(async () => {
  if (!isHere) return;
  wiki = await startMediaWiki(['Amara.okafor', 'Li wei', 'Zoë', 'Build bot']);
  const one = (text: string): { at: string; by: string; text: string }[] => [{ at, by, text }];
  await wiki.load({
    'Deploy runbook': [
      { at: '2020-01-02T03:04:05Z', by: 'Amara.okafor', text: 'First draft.' },
      { at: '2021-02-03T04:05:06Z', by: 'Li wei', text: 'Second.' },
      {
        at,
        by: 'Zoë',
        text: [
          "== Steps ==\n'''Drain''' the node, then see [[Incident guide|the guide]], [[Not there]] and [[#Steps]].",
          '{{Warning|mind the gap}}',
          '{|\n! Host !! Port\n|-\n| db-1 || 5432\n|}',
          'More at https://docs.example/deploy and [[Help:Editing]]. <ref>A note</ref>',
          '[[Category:Operations]] [[Category:Tracked]]',
        ].join('\n\n'),
      },
    ],
    'Template:Warning': one('Warning: {{{1}}}!'),
    'Category:Tracked': one('__HIDDENCAT__'),
    'Incident guide': one('Call somebody. [[Category:Operations]]'),
    'Old guide': one('#REDIRECT [[Incident guide]]'),
    'Über uns & "日本語" 👩‍🚀': one('Grüße, עברית <nowiki><b>&amp;amp;</nowiki>'),
    'Board minutes': one('Salaries of the board'),
    'Legal:Lawsuit': one('Nobody may know'),
    'Help:Editing': one('How to edit.'),
    'Talk:Incident guide': one('Is this right?'),
    Broken: one("''Cannot'' be [[rendered|shown]]. {{Warning|x}}"),
  });
});
afterAll(() => wiki?.[Symbol.asyncDispose]());

describe.skipIf(!isHere)('mediawiki', () => {
  it('gives a page its text, people, dates, categories, links and address', async () => {
    const store = await synced(await open());
    expect(named(store, 'Deploy runbook')).toEqual({
      key: expect.stringMatching(/^\d+$/),
      version: expect.any(String),
      url: `${wiki.url}index.php/Deploy_runbook`,
      title: 'Deploy runbook',
      body: expect.stringContaining('Drain the node, then see the guide, Not there and #Steps.'),
      createdAt: '2020-01-02T03:04:05.000Z',
      updatedAt: '2023-05-06T07:08:09.000Z',
      tags: ['Operations'],
      links: [
        `${wiki.url}index.php/Incident_guide`,
        'https://docs.example/deploy',
        `${wiki.url}index.php/Help:Editing`,
      ],
      readers: ['everyone'],
      space: 'Main',
      contentType: 'text/x-wiki',
      status: 'CURRENT',
      accounts: [
        { account: { handle: 'amara.okafor', name: 'Amara.okafor' }, role: 'AUTHOR' },
        { account: { handle: 'li_wei', name: 'Li wei' }, role: 'EDITOR' },
        { account: { handle: 'zoë', name: 'Zoë' }, role: 'EDITOR' },
      ],
    });
    const { body = '' } = named(store, 'Deploy runbook') ?? {};
    // What the template writes, and the table.
    expect(body).toContain('Warning: mind the gap!');
    expect(body).toMatch(/Host\s+Port\s+db-1\s+5432/);
    expect(body).toMatch(/\[1\].*A note/s);
    expect(body).not.toMatch(/[{}<]|'''|==/);
  });

  it('reads content namespaces, without redirects, talk, and what the account may not read', async () => {
    const store = await synced(await open());
    expect([...store.items.values()].map(({ space, title }) => `${space}: ${title}`).sort()).toEqual([
      'Help: Editing',
      'Main: Broken',
      'Main: Deploy runbook',
      'Main: Incident guide',
      'Main: Main Page',
      'Main: Über uns & "日本語" 👩‍🚀',
    ]);
    expect(named(store, 'Über uns & "日本語" 👩‍🚀')?.body).toBe('Grüße, עברית <b>&amp;');
    expect(JSON.stringify(store.batches)).not.toMatch(/Salaries|Lawsuit|Board/);
    expect(problemsOf(store)).toEqual([]);
  });

  it('reads forbidden pages with an account that may, and gives a namespace its readers', async () => {
    const store = await synced(
      await open({ ...COUNSEL, spaceReaders: { legal: ['group:lawyers'] }, readers: ['group:staff'] }),
    );
    expect(named(store, 'Lawsuit')).toMatchObject({
      space: 'Legal',
      readers: ['group:lawyers'],
      body: 'Nobody may know',
    });
    expect(named(store, 'Board minutes')).toMatchObject({ readers: ['group:staff'] });
  });

  it('follows what comes in parts to the end, and more changes than fit into one request', async () => {
    const many = Array.from({ length: 60 }, (_, number) => number);
    const topics = Array.from({ length: 600 }, (_, number) => `[[Category:Topic ${number}]]`).join('');
    const connector = await open({ namespaces: ['Template talk'] });
    const store = new MemoryStore<DocumentItem>();
    await wiki.load({
      'Template talk:In many categories': [{ at, by, text: topics }],
      ...Object.fromEntries(many.map((number) => [`Template talk:Page ${number}`, [{ at, by, text: `${number}.` }]])),
    });
    await store.run(connector, 1);
    expect(store.items.size).toBe(50);
    await store.run(connector);
    expect(store.items.size).toBe(61);
    expect(store.batches.flatMap(({ upserts }) => upserts)).toHaveLength(61);
    expect(new Set(named(store, 'In many categories')?.tags).size).toBe(600);
    // Recent changes made anew leave out those of this very second.
    const now = new Date(Date.now() - 5_000).toISOString().replace(/\.\d+/, '');
    await wiki.load(
      Object.fromEntries(
        many.map((number) => [`Template talk:Page ${number}`, [{ at: now, by, text: `${number}, changed.` }]]),
      ),
    );
    await wiki.rebuildChanges();
    expect(upserted(await store.run(connector))).toHaveLength(60);
    expect(named(store, 'Page 59')?.body).toBe('59, changed.');
  }, 60_000);

  it('does not see a forbidden page that recent changes and logs tell it of', async () => {
    const connector = await open();
    const store = await synced(connector);
    await wiki.edit('Legal:Settlement', 'Nobody may know that either');
    await wiki.edit('Board minutes', 'More salaries');
    await wiki.edit('Seen', 'among forbidden ones');
    const batches = await store.run(connector);
    expect(upserted(batches)).toEqual(['Seen']);
    expect(JSON.stringify(batches)).not.toMatch(/Settlement|Board|salaries/);
  });

  it('reads namespaces by name, alias and number', async () => {
    const store = await synced(await open({ namespaces: ['help', 'Talk', 10] }));
    expect(titlesOf(store)).toEqual(['Editing', 'Incident guide', 'Warning']);
    await expect(
      synced(await openWith(mediawiki, { url: wiki.url, ...READER, readers: ['everyone'] }, '/')),
    ).resolves.toBeDefined();
    await expect(open({ namespaces: ['Hepl'] })).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringMatching(
        /`namespaces` names "Hepl", which is no namespace of the wiki; it has .*Main.*Help/,
      ),
    });
  });

  it('reads the wikitext of a page that the wiki cannot render', async () => {
    const store = await synced(await open());
    expect(named(store, 'Broken')?.body).toBe('Cannot be shown.');
  });

  it('sees edits, new pages, deletions and restorations, and reads nothing else', async () => {
    const connector = await open();
    await wiki.edit('Changing', 'one');
    await wiki.edit('Leaving', 'still here');
    const store = await synced(connector);
    await store.run(connector);
    await wiki.edit('Changing', 'two');
    await wiki.edit('Coming', 'new here');
    await wiki.act({ action: 'delete', title: 'Leaving' });
    expect(upserted(await store.run(connector))).toEqual(['Changing', 'Coming']);
    expect(named(store, 'Changing')).toMatchObject({ body: 'two', accounts: [{ account: { handle: 'admin' } }] });
    expect(titlesOf(store)).not.toContain('Leaving');
    await wiki.act({ action: 'undelete', title: 'Leaving' });
    await store.run(connector);
    expect(named(store, 'Leaving')?.body).toBe('still here');
    for (const title of ['Changing', 'Coming', 'Leaving']) await wiki.act({ action: 'delete', title });
    await store.run(connector);
    expect(titlesOf(store)).not.toEqual(expect.arrayContaining(['Changing']));
    expect(titlesOf(store)).toEqual(titlesOf(await synced(connector)));
  });

  it('keeps a moved page what it is, and forgets one moved to where nobody looks', async () => {
    const connector = await open();
    await wiki.edit('Here', 'text');
    const store = await synced(connector);
    const key = named(store, 'Here')?.key;
    await wiki.act({ action: 'move', from: 'Here', to: 'Help:There' });
    await store.run(connector);
    expect(named(store, 'Here')).toBeUndefined();
    expect(named(store, 'There')).toMatchObject({ key, space: 'Help', url: `${wiki.url}index.php/Help:There` });
    await wiki.act({ action: 'move', from: 'Help:There', to: 'Talk:There' });
    await store.run(connector);
    expect(named(store, 'There')).toBeUndefined();
    await wiki.act({ action: 'move', from: 'Talk:There', to: 'Legal:There' });
    await store.run(connector);
    expect(named(store, 'There')).toBeUndefined();
  });

  it('forgets a page that became a redirect', async () => {
    const connector = await open();
    await wiki.edit('Doubled', 'text');
    const store = await synced(connector);
    await wiki.edit('Doubled', '#REDIRECT [[Incident guide]]');
    await store.run(connector);
    expect(named(store, 'Doubled')).toBeUndefined();
  });

  it('reads a page again when a template in it changed', async () => {
    const connector = await open({ namespaces: [0] });
    await wiki.load({ 'Template:Sign': [{ at, by, text: 'red' }], Signed: [{ at, by, text: 'It is {{Sign}}.' }] });
    const store = await synced(connector);
    expect(named(store, 'Signed')?.body).toBe('It is red.');
    // What was touched in this second counts as touched by whatever comes in it.
    await sleep(1_050 - (Date.now() % 1_000));
    await wiki.edit('Template:Sign', 'green');
    await wiki.runJobs();
    forgetWalk(store);
    await store.run(connector);
    expect(named(store, 'Signed')?.body).toBe('It is green.');
  });

  it('takes out what was closed without a log, at the next walk, and brings it back', async () => {
    const connector = await open();
    await wiki.edit('Closing', 'text');
    const store = await synced(connector);
    await wiki.settings(
      `$wgHooks['getUserPermissionsErrors'][] = static function ( $title, $user, $action, &$result ) {
        if ( $action === 'read' && $title->getText() === 'Closing' ) { $result = 'badaccess-group0'; return false; }
      };`,
    );
    forgetWalk(store);
    await store.run(connector);
    expect(titlesOf(store)).not.toContain('Closing');
    await wiki.edit('Closing', 'changed while closed');
    await store.run(connector);
    expect(titlesOf(store)).not.toContain('Closing');
    await wiki.settings('');
    forgetWalk(store);
    await store.run(connector);
    expect(named(store, 'Closing')?.body).toBe('changed while closed');
  });

  it('reads everything anew with other options', async () => {
    const store = await synced(await open({ namespaces: ['Template'] }));
    await store.run(await open({ namespaces: ['Template'], readers: ['group:staff'] }));
    expect(named(store, 'Warning')?.readers).toEqual(['group:staff']);
    await store.run(await open({ namespaces: ['Help'] }));
    expect(titlesOf(store)).not.toContain('Warning');
  });

  it('leaves out pages larger than it may take', async () => {
    const store = await synced(await open({ namespaces: ['Template', 'Help'], maxBytes: 15 }));
    expect(titlesOf(store)).toContain('Editing');
    expect(problemsOf(store)).toEqual(['Template:Warning: larger than maxBytes (15); the page is left out']);
  });
});

/** As if the last walk through all pages were long ago. */
function forgetWalk(store: MemoryStore<DocumentItem>): void {
  store.cursor = JSON.stringify({ ...JSON.parse(store.cursor ?? ''), walkedAt: '2020-01-01T00:00:00Z' });
}
