import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { SERVICE, startCloud, type FakeCloud } from '../servers/nextcloud.ts';

const HOUR_MS = 3_600_001;

let cloud: FakeCloud;
let store: MemoryStore<DocumentItem>;
beforeEach(async () => {
  store = new MemoryStore();
  cloud = await startCloud();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cloud[Symbol.asyncDispose]();
});

const open = (options: object = {}, below = ''): Promise<Connector<DocumentItem>> =>
  openWith(webdav, { url: `${cloud.url}${below}`, ...SERVICE, ...options }, '/');
const pathOf = (item: DocumentItem): string =>
  decodeURIComponent(item.url ?? '').replace(decodeURIComponent(cloud.url), '');
const readers = (): Record<string, readonly string[]> =>
  Object.fromEntries([...store.items.values()].map((item) => [pathOf(item), item.readers]));
const paths = (): string[] => Object.keys(readers()).sort();
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
const asked = async (work: () => Promise<unknown>): Promise<string[]> => {
  cloud.requests.length = 0;
  await work();
  return [...cloud.requests];
};
const LOOK = [
  'PROPFIND files/svc/',
  'GET ocs/v2.php/apps/files_sharing/api/v1/shares',
  'GET ocs/v2.php/apps/files_sharing/api/v1/shares',
];

describe('webdav on Nextcloud: who may read', () => {
  it('is the owner, and whom the file or a folder above is shared with', async () => {
    const { files } = cloud;
    files.write('Team/sub/plan.md', 'Plan', { owner: 'ann' });
    files.write('Team/own.md', '---\nauthors: cy\n---\nx', { owner: 'ann' });
    files.write('private.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    cloud.share({ path: 'Team/sub/plan.md', type: 0, with: 'bo', by: 'svc' });
    await store.run(await open());
    expect(readers()).toEqual({
      'Team/sub/plan.md': ['person:ann', 'group:staff', 'person:bo'],
      'Team/own.md': ['person:ann', 'group:staff'],
      'private.md': ['person:svc'],
    });
    const authors = Object.fromEntries([...store.items.values()].map((item) => [pathOf(item), item.accounts]));
    expect(authors).toMatchObject({
      'Team/sub/plan.md': [{ account: { handle: 'ann', name: 'Ann' }, role: 'AUTHOR' }],
      'Team/own.md': [{ account: { handle: 'cy' }, role: 'AUTHOR' }],
    });
  });

  it.each([
    ['a group’s own place for a share', { type: 2, with: 'bo' }, []],
    ['a public link', { type: 3, with: null }, []],
    ['a mail address', { type: 4, with: 'bo@other.example' }, []],
    ['another server', { type: 6, with: 'bo@far.example' }, []],
    ['nobody', { type: 0, with: '' }, []],
    ['a drop box, which may be written to and not read', { type: 1, with: 'staff', permissions: 4 }, []],
    ['what has ended', { type: 1, with: 'staff', expiration: '2020-01-31 00:00:00' }, []],
    ['what ends on a day that cannot be read', { type: 1, with: 'staff', expiration: 'soon' }, []],
    ['what has not ended', { type: 1, with: 'staff', expiration: '2999-01-31 00:00:00' }, ['group:staff']],
    ['an account, to read alone', { type: 0, with: 'bo', permissions: 1 }, ['person:bo']],
    ['somebody, by one it was shared with', { type: 0, with: 'cy', by: 'bo' }, ['person:cy']],
  ])('counts a share with %s', async (_what, share, expected) => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', ...share });
    await store.run(await open());
    expect(readers()).toEqual({ 'Team/a.md': ['person:svc', ...expected] });
    expect(problems()).toEqual([]);
  });

  it.each([
    [7, 'a team'],
    [10, 'a conversation'],
  ])('says that members of a share of kind %i are not known', async (type, what) => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', type, with: 'x8sw0dk2' });
    cloud.share({ path: 'Team', type, with: 'y8sw0dk2' });
    await store.run(await open());
    expect(readers()).toEqual({ 'Team/a.md': ['person:svc'] });
    expect(problems()).toEqual([
      `Team: is shared with ${what}, whose members the server does not tell; name them in \`readers\` if they are to find it`,
    ]);
  });

  it('asks who else reads what is shared with the account, and learns it if the account may share on', async () => {
    cloud.files.folder('Ann’s', { owner: 'ann' });
    cloud.files.write('Ann’s/deep/a.md', 'x');
    cloud.files.write('bo.md', 'x', { owner: 'bo' });
    cloud.share({ path: 'Ann’s', type: 0, with: 'svc', permissions: 17 });
    cloud.share({ path: 'Ann’s', type: 1, with: 'board' });
    cloud.share({ path: 'bo.md', type: 1, with: 'services', permissions: 1 });
    cloud.share({ path: 'bo.md', type: 1, with: 'board' });
    await store.run(await open());
    expect(readers()).toEqual({
      'Ann’s/deep/a.md': ['person:ann', 'person:svc', 'group:board'],
      'bo.md': ['person:bo', 'group:services'],
    });
  });

  it('takes shares of folders above the address for those of what is in it', async () => {
    cloud.files.write('A/B ü/C/a.md', 'x');
    cloud.share({ path: 'A', type: 1, with: 'staff' });
    cloud.share({ path: 'A/B ü', type: 0, with: 'bo' });
    cloud.share({ path: 'A/B ü/C', type: 0, with: 'cy' });
    await store.run(await open({}, 'A/B%20%C3%BC/'));
    expect(Object.values(readers())).toEqual([['person:svc', 'group:staff', 'person:bo', 'person:cy']]);
  });

  it('believes no share of a folder that has another’s name meanwhile', async () => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    // Between the shares and the walk.
    cloud.answer = ({ method }) => {
      if (method !== 'PROPFIND' || !cloud.requests.some((line) => line.endsWith('/shares'))) return undefined;
      cloud.answer = () => undefined;
      cloud.files.move('Team', 'Old');
      cloud.files.write('Team/secret.md', 'x');
      return undefined;
    };
    await store.run(await open());
    expect(readers()['Team/secret.md']).toEqual(['person:svc']);
  });

  it('lets a path of `readers` decide alone', async () => {
    cloud.files.write('HR/pay.md', 'x');
    cloud.files.write('HR/wide.md', '---\nreaders: everyone\n---\nx');
    cloud.files.write('HR/narrow.md', '---\nreaders: person:cy\n---\nx');
    cloud.files.write('own.md', '---\nreaders: everyone\n---\nx');
    cloud.share({ path: 'HR', type: 1, with: 'staff' });
    cloud.share({ path: 'HR/pay.md', type: 0, with: 'bo' });
    await store.run(await open({ readers: { HR: ['group:hr', 'person:cy'] } }));
    expect(readers()).toEqual({
      'HR/pay.md': ['group:hr', 'person:cy'],
      'HR/wide.md': ['group:hr', 'person:cy'],
      'HR/narrow.md': ['person:cy'],
      'own.md': ['person:svc'],
    });
  });

  it('closes what the server does not tell the owner of, as in team folders', async () => {
    cloud.files.folder('Shared drive', { mount: 'group' });
    cloud.files.write('Shared drive/a.md', 'x');
    cloud.files.write('nobody.md', 'x', { owner: '' });
    await store.run(await open());
    expect(readers()).toEqual({});
    expect(problems()).toEqual([
      'Shared drive/a.md: the server does not say whose it is; name its readers in `readers`',
      'nobody.md: the server does not say whose it is; name its readers in `readers`',
    ]);
    await store.run(await open({ readers: { 'Shared drive': ['group:staff'] } }));
    expect([...store.items.values()]).toMatchObject([{ readers: ['group:staff'], accounts: [] }]);
  });

  it('without the sharing app has files for their owners alone', async () => {
    cloud.files.write('a.md', 'x');
    cloud.share({ path: 'a.md', type: 1, with: 'staff' });
    cloud.hasShares = false;
    await store.run(await open());
    expect(readers()).toEqual({ 'a.md': ['person:svc'] });
  });

  it.each([
    ['refuses', { status: 403 }, 'FORBIDDEN', 'does not list shares for this account'],
    ['fails over', { status: 500 }, 'UNAVAILABLE', 'status 500'],
    ['writes a page for', { status: 200, body: '<html>' }, 'BAD_RESPONSE', 'not JSON'],
    [
      'has no list of',
      { status: 200, body: '{"ocs":{"meta":{"statuscode":200},"data":{}}}' },
      'BAD_RESPONSE',
      'no list',
    ],
    ['logs out at', { status: 200, body: '{"ocs":{"meta":{"statuscode":997},"data":[]}}' }, 'UNAUTHORIZED', '997'],
  ])('ends, and changes nothing, when the server %s shares', async (_what, answer, code, message) => {
    cloud.files.write('a.md', 'x');
    cloud.share({ path: 'a.md', type: 1, with: 'staff' });
    const connector = await open();
    await store.run(connector);
    cloud.files.write('b.md', 'x');
    cloud.answer = ({ path }) => (path.endsWith('/shares') ? answer : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(readers()).toEqual({ 'a.md': ['person:svc', 'group:staff'] });
    expect(await connector.health(call)).toMatchObject({ status: code === 'UNAVAILABLE' ? 'unknown' : 'failed' });
  });

  it('leaves out a share that cannot be read, and says so', async () => {
    cloud.files.write('a.md', 'x');
    const good = {
      share_type: '1',
      share_with: 'staff',
      permissions: '1',
      path: '/a.md',
      file_source: cloud.files.get('a.md').id,
    };
    const bad = [null, { ...good, share_type: null }, { ...good, permissions: 'all' }, { ...good, path: 3 }];
    const body = JSON.stringify({ ocs: { meta: { statuscode: 200 }, data: [...bad, good] } });
    let isFirst = true;
    cloud.answer = ({ path }) => {
      if (!path.endsWith('/shares') || !isFirst) return undefined;
      isFirst = false;
      return { status: 200, body };
    };
    await store.run(await open());
    expect(readers()).toEqual({ 'a.md': ['person:svc', 'group:staff'] });
    expect(problems()).toEqual(
      ['', 'share_type', 'permissions', 'path'].map(
        (field) => `shares: a share is left out, its \`${field}\` cannot be read; fewer may read than might`,
      ),
    );
  });
});

describe('webdav on Nextcloud: what changed', () => {
  beforeEach(() => {
    for (const path of ['A/B/C/deep.md', 'A/B/b.md', 'A/a.md', 'Z/Y/z.md', 'top.md']) cloud.files.write(path, path);
  });

  it('looks at nothing while all is as it was, and only where something is not', async () => {
    const connector = await open();
    await store.run(connector);
    expect(await asked(() => store.run(connector))).toEqual(LOOK);
    cloud.files.write('A/B/b.md', 'other');
    expect(await asked(() => store.run(connector))).toEqual([
      ...LOOK,
      'PROPFIND files/svc/',
      'PROPFIND files/svc/A/',
      'PROPFIND files/svc/A/B/',
      'GET files/svc/A/B/b.md',
    ]);
    expect(paths()).toHaveLength(5);
  });

  it('sees what is added, moved and taken away, at once; what is moved keeps its key', async () => {
    const connector = await open();
    await store.run(connector);
    const keys = new Map([...store.items.values()].map((item) => [pathOf(item), item.key]));
    cloud.files.move('A/B/C/deep.md', 'Z/shallow.md');
    cloud.files.remove('A/a.md');
    cloud.files.write('new.md', 'x', { mtime: 1_000_000_000 });
    await store.run(connector);
    expect(paths()).toEqual(['A/B/b.md', 'Z/Y/z.md', 'Z/shallow.md', 'new.md', 'top.md']);
    const moved = [...store.items.values()].find((item) => pathOf(item) === 'Z/shallow.md');
    expect(moved).toMatchObject({ key: keys.get('A/B/C/deep.md'), space: 'Z', title: 'shallow' });

    cloud.files.move('A/B', 'Z/Y/B');
    await store.run(connector);
    expect(paths()).toEqual(['Z/Y/B/b.md', 'Z/Y/z.md', 'Z/shallow.md', 'new.md', 'top.md']);
    const last = [...store.items.values()].find((item) => pathOf(item) === 'Z/Y/B/b.md');
    expect(last?.key).toBe(keys.get('A/B/b.md'));
  });

  it('narrows at once what is moved into a private folder, shared no longer or shared less', async () => {
    cloud.share({ path: 'A', type: 1, with: 'staff' });
    const share = cloud.share({ path: 'Z', type: 1, with: 'staff' });
    const connector = await open();
    await store.run(connector);
    cloud.files.move('A/a.md', 'Private/a.md');
    cloud.unshare(share);
    await store.run(connector);
    expect(readers()).toEqual({
      'A/B/C/deep.md': ['person:svc', 'group:staff'],
      'A/B/b.md': ['person:svc', 'group:staff'],
      'Private/a.md': ['person:svc'],
      'Z/Y/z.md': ['person:svc'],
      'top.md': ['person:svc'],
    });
    cloud.share({ path: 'Z/Y/z.md', type: 0, with: 'bo' });
    await store.run(connector);
    expect(readers()['Z/Y/z.md']).toEqual(['person:svc', 'person:bo']);
  });

  it('reads tags, not favourites and not those that people do not see, and sees a change within the hour', async () => {
    const visible = { name: 'Approved & final', visible: true };
    cloud.files.tag('A/a.md', { tags: ['mine'], systemTags: [visible, { name: 'retention', visible: false }] });
    const connector = await open();
    await store.run(connector);
    const tags = (): unknown => [...store.items.values()].find((item) => pathOf(item) === 'A/a.md')?.tags;
    expect(tags()).toEqual(['mine', 'Approved & final']);
    cloud.files.tag('A/a.md', { tags: [], systemTags: [visible] });
    await store.run(connector);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR_MS);
    await store.run(connector);
    expect(tags()).toEqual(['Approved & final']);
  });

  it('looks again into a folder where something could not be read, though it is as it was', async () => {
    const connector = await open();
    cloud.answer = ({ method, path }) => (method === 'GET' && path.endsWith('/deep.md') ? { status: 423 } : undefined);
    await store.run(connector);
    expect(paths()).not.toContain('A/B/C/deep.md');
    cloud.answer = () => undefined;
    expect(await asked(() => store.run(connector))).not.toContain('PROPFIND files/svc/Z/');
    expect(paths()).toContain('A/B/C/deep.md');
  });

  it('reads later what was locked when it was edited', async () => {
    const connector = await open();
    await store.run(connector);
    cloud.files.write('A/B/C/deep.md', 'other');
    cloud.answer = ({ method, path }) => (method === 'GET' && path.endsWith('/deep.md') ? { status: 423 } : undefined);
    await store.run(connector);
    const body = (): unknown => [...store.items.values()].find((item) => pathOf(item) === 'A/B/C/deep.md')?.body;
    expect(body()).toBe('A/B/C/deep.md');
    cloud.answer = () => undefined;
    await store.run(connector);
    expect(body()).toBe('other');
  });

  it('lists everything within the hour, however often it looked only where something changed', async () => {
    const connector = await open();
    await store.run(connector);
    const start = Date.now();
    cloud.files.tag('A/a.md', { tags: ['new'] });
    const clock = vi.spyOn(Date, 'now').mockReturnValue(start + HOUR_MS * 0.6);
    cloud.files.write('top.md', 'other');
    expect(await asked(() => store.run(connector))).not.toContain('PROPFIND files/svc/A/');
    clock.mockReturnValue(start + HOUR_MS * 1.1);
    cloud.files.write('top.md', 'another');
    expect(await asked(() => store.run(connector))).toContain('PROPFIND files/svc/A/');
  });

  it('goes by nothing that a walk saw only the rest of', async () => {
    for (let number = 0; number < 250; number++) cloud.files.write(`many/${number}.md`, 'x');
    const connector = await open();
    await store.run(connector, 1);
    await store.run(connector);
    cloud.files.write('top.md', 'other');
    await store.run(connector);
    expect(paths()).toHaveLength(255);
  });

  it('reads again what the store has lost', async () => {
    const connector = await open();
    await store.run(connector);
    store = new MemoryStore();
    await store.run(connector);
    expect(paths()).toHaveLength(5);
  });

  it('reads anew with other options, though the server is as it was', async () => {
    await store.run(await open());
    await store.run(await open({ readers: { A: ['group:a'] } }));
    expect(readers()['A/B/b.md']).toEqual(['group:a']);
    expect(await asked(async () => store.run(await open({ readers: { '': ['group:all'] } })))).not.toContain(LOOK[1]);
    expect(readers()['A/B/b.md']).toEqual(['group:all']);
  });

  it('reads nothing more while a path of `readers` is not there', async () => {
    const connector = await open({ readers: { 'A/B': ['group:b'], 'A/a.md': ['group:a'] } });
    await store.run(connector);
    cloud.files.write('top.md', 'other');
    await store.run(connector);
    expect(store.problems).toEqual([]);
    cloud.files.remove('A/a.md');
    await expect(store.run(connector)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('`readers` names "A/a.md", which'),
    });
    expect(paths()).toContain('A/a.md');
  });

  it('has a file once that is there under two names', async () => {
    cloud.files.write('Z/twice.md', 'x');
    Object.assign(cloud.files.get('Z/twice.md'), { id: cloud.files.get('A/a.md').id });
    const connector = await open();
    await store.run(connector);
    cloud.files.write('Z/Y/z.md', 'Z/Y/z.md');
    const again = await store.run(connector);
    expect(again.flatMap(({ upserts }) => upserts.map(pathOf))).toEqual(['Z/Y/z.md']);
    expect(paths()).toEqual(['A/B/C/deep.md', 'A/B/b.md', 'A/a.md', 'Z/Y/z.md', 'top.md']);
  });
});

describe('webdav on Nextcloud: after a start', () => {
  const minutesAgo = (minutes: number): number => Math.floor(Date.now() / 1000) - minutes * 60;
  beforeEach(() => {
    for (let number = 0; number < 3; number++) cloud.files.write(`old/${number}.md`, 'x', { mtime: minutesAgo(600) });
    cloud.files.write('Team/shared.md', 'x', { mtime: minutesAgo(600) });
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
  });

  it('has first what was edited meanwhile, then all the rest', async () => {
    await store.run(await open());
    cloud.files.write('Team/shared.md', 'other');
    cloud.files.write('.hidden/a.md', 'x');
    cloud.files.write('picture.png', 'x');
    cloud.files.remove('old/1.md');
    const requests = await asked(async () => store.run(await open()));
    expect(requests.indexOf('GET files/svc/Team/shared.md')).toBeLessThan(requests.indexOf('PROPFIND files/svc/Team/'));
    expect(requests.filter((line) => line.startsWith('SEARCH'))).toHaveLength(1);
    expect(requests.filter((line) => line.startsWith('GET files'))).toHaveLength(1);
    expect(readers()).toEqual({
      'Team/shared.md': ['person:svc', 'group:staff'],
      'old/0.md': ['person:svc'],
      'old/2.md': ['person:svc'],
    });
  });

  it('knows whom they are shared with, above the address as well', async () => {
    cloud.files.write('Team/sub/deep/a.md', 'x');
    cloud.share({ path: 'Team/sub/deep', type: 0, with: 'bo' });
    await store.run(await open({}, 'Team/sub/'));
    cloud.files.write('Team/sub/deep/a.md', 'other');
    const [first] = await store.run(await open({}, 'Team/sub/'), 1);
    expect(first?.upserts.map((item) => [item.body, item.readers])).toEqual([
      ['other', ['person:svc', 'group:staff', 'person:bo']],
    ]);
    expect(first?.sweep).toBeUndefined();
  });

  it.each([
    ['all of one second', () => minutesAgo(1)],
    ['most of one second', (number: number) => minutesAgo(2) + (number < 300 ? 0 : number - 299)],
    ['of many', (number: number) => minutesAgo(4) + Math.floor(number / 7)],
  ])('finds them by pages, %s', async (_what, mtimeOf) => {
    await store.run(await open());
    for (let number = 0; number < 450; number++) cloud.files.write(`new/${number}.md`, 'x', { mtime: mtimeOf(number) });
    const before = store.batches.length;
    await store.run(await open(), 3);
    expect(cloud.requests.filter((line) => line === 'SEARCH').length).toBeGreaterThanOrEqual(3);
    // The walk comes after all of them.
    expect(store.batches.slice(before).map(({ sweep }) => sweep)).toEqual([undefined, undefined, undefined]);
    const found = store.batches.slice(before).flatMap(({ upserts }) => upserts);
    expect(new Set(found.map(({ key }) => key)).size).toBe(450);
    expect(found).toHaveLength(450);
  });

  it('forgets what it found when it is killed before the walk', async () => {
    await store.run(await open());
    cloud.files.write('new.md', 'x');
    await store.run(await open(), 1);
    expect(paths()).toContain('new.md');
    cloud.files.remove('new.md');
    await store.run(await open());
    expect(paths()).toEqual(['Team/shared.md', 'old/0.md', 'old/1.md', 'old/2.md']);
  });

  it.each([
    ['refuses', { status: 400 }],
    ['does not know', { status: 501 }],
    ['fails over', { status: 500 }],
    ['answers with a page to', { status: 207, body: '<html></html>' }],
  ])('walks all the same where the server %s the search', async (_what, answer) => {
    await store.run(await open());
    cloud.files.write('new.md', 'x');
    cloud.answer = ({ method }) => (method === 'SEARCH' ? answer : undefined);
    await store.run(await open());
    expect(paths()).toContain('new.md');
  });

  it('walks without a search at the old address, which names no account', async () => {
    const url = cloud.url.replace(/dav\/files\/.*/, 'webdav/Team/');
    await store.run(await openWith(webdav, { url, ...SERVICE }, '/'));
    cloud.files.write('Team/new.md', 'x');
    await store.run(await openWith(webdav, { url, ...SERVICE }, '/'));
    expect([...store.items.values()].map((item) => item.url?.replace(url, ''))).toEqual(['shared.md', 'new.md']);
    expect([...store.items.values()].map((item) => item.readers)).toEqual(
      Array.from({ length: 2 }, () => ['person:svc', 'group:staff']),
    );
    expect(cloud.requests).not.toContain('SEARCH');
  });
});

describe('webdav on ownCloud', () => {
  it('is known by its capabilities, and tells of shares in its own way', async () => {
    cloud.product = 'ownCloud';
    cloud.files.write('Team/a.md', 'x', { owner: 'ann', tags: ['mine'] });
    cloud.files.write('pending.md', 'x', { owner: 'ann' });
    cloud.files.write('mine.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    cloud.share({ path: 'Team/a.md', type: 1, with: 'services', state: 0, permissions: 17 });
    cloud.share({ path: 'Team/a.md', type: 0, with: 'bo' });
    cloud.share({ path: 'pending.md', type: 1, with: 'services', state: 1 });
    const connector = await open();
    await store.run(connector);
    expect(readers()).toEqual({
      'Team/a.md': ['person:ann', 'group:staff', 'group:services', 'person:bo'],
      'pending.md': ['person:ann'],
      'mine.md': ['person:svc'],
    });
    expect(cloud.requests.filter((line) => line.startsWith('GET ocs/v2'))).toEqual([]);
    expect([...store.items.values()].find((item) => pathOf(item) === 'Team/a.md')?.tags).toEqual(['mine']);

    const [key] = [...store.items.keys()];
    cloud.files.move('Team/a.md', 'Team/b.md');
    await store.run(await open());
    expect(store.items.get(key ?? '')?.url).toMatch(/b\.md$/);
    expect(cloud.requests).not.toContain('SEARCH');
  });
});

describe('webdav on a cloud, misconfigured', () => {
  it.each([
    [
      'a wrong password',
      { password: 'wrong' },
      '',
      'UNAUTHORIZED',
      'refuses the credentials; correct `user` and `password`',
    ],
    ['a folder that is not there', {}, 'nothing/', 'MISCONFIGURED', 'there is nothing at'],
    ['a file', {}, 'a.md', 'MISCONFIGURED', 'is a file'],
  ])('says what to change about %s', async (_what, options, below, code, message) => {
    cloud.files.write('a.md', 'x');
    const error = await open(options, below).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(String(error)).not.toContain(SERVICE.password);
  });
});
