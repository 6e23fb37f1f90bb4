import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ANN, BOSS, isInstalled, startApache, type Apache } from '../servers/apache.ts';

const isHere = isInstalled();
let apache: Apache;
beforeAll(async () => {
  if (isHere) apache = await startApache();
});
afterAll(() => apache?.[Symbol.asyncDispose]());

/** The connector on a folder of the server. */
const open = (folder: string, options: object = {}): Promise<Connector<DocumentItem>> =>
  openWith(webdav, { url: `${apache.url}${folder}`, ...ANN, readers: { '': ['everyone'] }, ...options }, '/');

/** No name server has to be asked whether it exists: no label is longer than 63. */
const NOWHERE = `${'x'.repeat(64)}.invalid`;

const keysOf = (store: MemoryStore<DocumentItem>): string[] => [...store.items.keys()];
const problemsOf = (store: MemoryStore<DocumentItem>): string[] =>
  store.problems.map(({ place, reason }) => `${place}: ${reason}`);

describe.skipIf(!isHere)('webdav on Apache', () => {
  let store: MemoryStore<DocumentItem>;
  let folder = '';
  let count = 0;
  beforeEach(() => {
    store = new MemoryStore();
    folder = `own${count++}`;
  });
  const write = (files: Readonly<Record<string, string | Uint8Array>>): Promise<void> =>
    apache.write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content])));

  it('gives a document its address, space, date and kind', async () => {
    await write({ 'top.txt': 'Top\n\ntext', 'Hand bücher/Über uns.md': '# Über\n\nSee [next](next.md).' });
    await utimes(join(apache.root, folder, 'top.txt'), 1_700_000_000, 1_700_000_000);
    await store.run(await open(folder));
    expect([...store.items.values()]).toMatchObject([
      {
        key: 'Hand bücher/Über uns.md',
        url: `${apache.url}${folder}/Hand%20b%C3%BCcher/%C3%9Cber%20uns.md`,
        title: 'Über',
        body: 'See next.',
        space: 'Hand bücher',
        contentType: 'text/markdown',
        links: [`${apache.url}${folder}/Hand%20b%C3%BCcher/next.md`],
        readers: ['everyone'],
      },
      { key: 'top.txt', title: 'Top', space: 'test', updatedAt: '2023-11-14T22:13:20.000Z' },
    ]);
    expect(problemsOf(store)).toEqual([]);
  });

  it('fetches what changed and nothing else, and lists each folder with depth 1', async () => {
    await write({ 'a/one.md': '1', 'a/b/two.md': '2', 'three.md': '3', 'left.exe': 'x' });
    const connector = await open(folder);
    await apache.requests();
    await store.run(connector);
    expect((await apache.requests()).filter((line) => line.startsWith('GET'))).toHaveLength(3);
    await write({ 'a/b/two.md': 'other' });
    await store.run(connector);
    const base = `/dav/${folder}`;
    expect(await apache.requests()).toEqual([
      `PROPFIND ${base}/ 207`,
      `PROPFIND ${base}/ 207`,
      `PROPFIND ${base}/a/ 207`,
      `PROPFIND ${base}/a/b/ 207`,
      `GET ${base}/a/b/two.md 200`,
    ]);
    expect(store.items.get('a/b/two.md')?.body).toBe('other');
  });

  it('takes a weak ETag and the strong one after it for the same', async () => {
    await write({ 'new.md': 'x' });
    // Apache marks the ETags of files as weak that are younger than a second; from the future they are for good.
    const path = join(apache.root, folder, 'new.md');
    await utimes(path, new Date(Date.now() + 1_500), new Date(Date.now() + 1_500));
    const etag = async (): Promise<string | null> => (await dav('GET', `${folder}/new.md`)).get('etag');
    expect(await etag()).toMatch(/^W/);
    const connector = await open(folder);
    await store.run(connector);
    await expect.poll(etag, { timeout: 10_000 }).toMatch(/^"/);
    const batches = await store.run(connector);
    expect(batches.flatMap(({ upserts }) => upserts)).toEqual([]);
    expect(keysOf(store)).toEqual(['new.md']);
  });

  it('sees a moved and a deleted file', async () => {
    await write({ 'a/one.md': '1', 'two.md': '2', 'three.md': '3' });
    const connector = await open(folder);
    await store.run(connector);
    await dav('MOVE', `${folder}/a/one.md`, { destination: `${apache.url}${folder}/moved.md` });
    await dav('DELETE', `${folder}/two.md`);
    await store.run(connector);
    expect(keysOf(store).sort()).toEqual(['moved.md', 'three.md']);
  });

  it('reads locked files, which are locked against writing, and a display name as title', async () => {
    await write({ 'locked.md': 'still readable' });
    const lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
    await dav(
      'PROPPATCH',
      `${folder}/locked.md`,
      {},
      `<propertyupdate xmlns="DAV:"><set><prop><displayname>Shown &amp; told</displayname></prop></set></propertyupdate>`,
    );
    await dav('LOCK', `${folder}/locked.md`, { timeout: 'Second-600' }, lock, BOSS);
    await expect(dav('PUT', `${folder}/locked.md`, {}, 'other')).rejects.toThrow('423');
    await store.run(await open(folder));
    expect(store.items.get('locked.md')).toMatchObject({ title: 'Shown & told', body: 'still readable' });
  });

  it('reports a folder that another account alone may enter, and takes it out once it is closed', async () => {
    await apache.write({ 'secret/plan.md': 'x', 'zz/open.md': 'x' });
    const boss = await openWith(webdav, { url: apache.url, ...BOSS, readers: { '': ['everyone'] } }, '/');
    await store.run(boss);
    expect(keysOf(store)).toEqual(expect.arrayContaining(['secret/plan.md', 'zz/open.md']));
    await store.run(await openWith(webdav, { url: apache.url, ...ANN, readers: { '': ['everyone'] } }, '/'));
    expect(keysOf(store)).toContain('zz/open.md');
    expect(keysOf(store)).not.toContain('secret/plan.md');
    expect(problemsOf(store)).toEqual([
      'secret: the account may not read it; what was read from it before is taken out',
    ]);
  });

  it('lets the longest path of `readers` decide, and reads nothing while one is not there', async () => {
    await write({
      'HR/Pay/all.md': 'x',
      'HR/news.md': 'x',
      'HRx/a.md': 'x',
      'HR/Pay/narrow.md': '---\nreaders: person:cy\n---\nx',
    });
    const readers = { '/HR/': ['group:staff'], 'HR/Pay': ['group:hr', 'person:cy'], '': ['everyone'] };
    await store.run(await open(folder, { readers }));
    expect(Object.fromEntries([...store.items.values()].map((item) => [item.key, item.readers]))).toEqual({
      'HR/Pay/all.md': ['group:hr', 'person:cy'],
      'HR/Pay/narrow.md': ['person:cy'],
      'HR/news.md': ['group:staff'],
      'HRx/a.md': ['everyone'],
    });
    expect(problemsOf(store)).toEqual([]);
    const misspelt = await open(folder, { readers: { ...readers, 'Hr/pay': ['group:hr'], 'HR/Pay/x': ['group:hr'] } });
    const detail = `test: \`readers\` names "HR/Pay/x", "Hr/pay", which ${apache.url}${folder} does not have; write it as on the server, or take it out`;
    const fresh = new MemoryStore<DocumentItem>();
    await expect(fresh.run(misspelt)).rejects.toMatchObject({ code: 'MISCONFIGURED', message: detail });
    expect(keysOf(fresh)).toEqual([]);
    expect(await misspelt.health(call)).toEqual({ status: 'failed', detail });
    await store.run(await open(folder, { readers: { '': ['group:all'] } }));
    expect(store.items.get('HR/Pay/all.md')?.readers).toEqual(['group:all']);
  });

  it('leaves out what is too large, and files that are sent to another origin', async () => {
    await apache.write({ 'away.md': 'x' });
    await write({ 'big.txt': 'x'.repeat(1000), 'small.txt': 'x' });
    await store.run(await open(folder, { maxBytes: 999 }));
    expect(keysOf(store)).toEqual(['small.txt']);
    expect(problemsOf(store)).toEqual(['big.txt: larger than maxBytes (999); the file is left out']);
    const whole = new MemoryStore<DocumentItem>();
    await whole.run(await openWith(webdav, { url: apache.url, ...ANN, readers: { '': ['everyone'] } }, '/'));
    expect(keysOf(whole)).not.toContain('away.md');
    expect(problemsOf(whole).filter((line) => line.startsWith('away.md'))).toEqual([
      'away.md: the tool redirects to another address: give that one, if it is the tool’s; it is tried again',
    ]);
    await apache.remove('away.md');
  });

  it('does not believe a folder that is suddenly empty', async () => {
    await write({ 'a.md': 'x' });
    const connector = await open(folder);
    await store.run(connector);
    await apache.remove(`${folder}/a.md`);
    await expect(store.run(connector)).rejects.toMatchObject({
      code: 'SHRUNK',
      message: expect.stringContaining('is empty'),
    });
    expect(keysOf(store)).toEqual(['a.md']);
  });

  it('emptied for real, and accepted, goes on', async () => {
    await write({ 'a.md': 'x' });
    const connector = await open(folder);
    await store.run(connector);
    await apache.remove(`${folder}/a.md`);
    store.mayShrink = true;
    await store.run(connector);
    expect(keysOf(store)).toEqual([]);
    store.mayShrink = false;
    await write({ 'b.md': 'x' });
    await store.run(connector);
    expect(keysOf(store)).toEqual(['b.md']);
  });

  it('deletes nothing while the server is down', async () => {
    await write({ 'a.md': 'x' });
    const connector = await open(folder);
    await store.run(connector);
    await apache.stop();
    try {
      await expect(store.run(connector)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/nothing listens at 127\.0\.0\.1:\d+; is the server up/),
      });
      expect(await connector.health(call)).toMatchObject({ status: 'unknown' });
    } finally {
      await apache.start();
    }
    // A new one: the old leaves a server that failed so often alone for a while.
    await store.run(await open(folder));
    expect(keysOf(store)).toEqual(['a.md']);
  });

  it.each([
    [
      'a wrong password',
      () => ({ password: 'wrong' }),
      'UNAUTHORIZED',
      'refuses the credentials; correct `user` and `password`',
    ],
    ['no password', () => ({ user: undefined, password: undefined }), 'UNAUTHORIZED', 'asks for a user and a password'],
    [
      'a wrong host',
      () => ({ url: `http://${NOWHERE}/dav/` }),
      'MISCONFIGURED',
      `there is no host "${NOWHERE}"; set \`url\``,
    ],
    [
      'a wrong path',
      () => ({ url: `${apache.url}nothing/` }),
      'MISCONFIGURED',
      "there is nothing at {url}; set `url` to the folder's address",
    ],
    [
      'an address without WebDAV',
      () => ({ url: apache.plainUrl }),
      'MISCONFIGURED',
      '{url} is not a WebDAV folder (PROPFIND gets status 405)',
    ],
    ['a closed folder', () => ({ url: `${apache.url}secret/` }), 'UNAUTHORIZED', 'or they may not enter this folder'],
    [
      'an address on another origin',
      () => ({ url: apache.url.replace('dav', 'moved') }),
      'MISCONFIGURED',
      'redirects to another address',
    ],
  ])('says what to change about %s', async (_what, options, code, message) => {
    const wrong = { url: apache.url, ...ANN, readers: { '': ['everyone'] }, ...options() };
    const error = await openWith(webdav, wrong, '/').catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'ConnectorError',
      code,
      message: expect.stringContaining(message.replace('{url}', wrong.url)),
    });
    expect(String(error)).not.toContain(ANN.password);
  });

  it('keeps to requests a minute', async () => {
    await write({ 'a.md': 'x', 'b.md': 'x', 'c.md': 'x' });
    const connector = await open(folder, { perMinute: 600 });
    const before = Date.now();
    await store.run(connector);
    // The look, the listing and three files: the first came with `open`.
    expect(Date.now() - before).toBeGreaterThanOrEqual(450);
  });
});

describe('webdav options', () => {
  it.each([
    [{ url: 'ftp://x.example/' }],
    [{ url: 'https://ann:pw@x.example/' }],
    [{ url: 'https://x.example/?a' }],
    [{ url: 'https://x.example/', user: 'a:b' }],
    [{ url: 'https://x.example/', readers: { HR: [] } }],
    [{ url: 'https://x.example/', readers: { HR: ['hr'] } }],
    [{ url: 'https://x.example/', user: 'ann', password: 'x' }],
    [{ url: 'https://x.example/', user: 'ann', password: 'x', readers: { HR: ['group:hr'] } }],
  ])('refuse %j', (options) => expect(webdav.options.safeParse(options).success).toBe(false));

  it('say what is missing where an account reads, but on Nextcloud, which tells whose a file is', () => {
    const account = { user: 'ann', password: 'x' };
    const { error } = webdav.options.safeParse({
      url: 'https://x.example/',
      ...account,
      readers: { HR: ['group:hr'] },
    });
    expect(error?.issues).toMatchObject([{ path: ['readers'], message: expect.stringContaining('the whole folder') }]);
    for (const options of [
      { url: 'https://x.example/', ...account, readers: { '/': ['group:staff'] } },
      { url: 'https://x.example/remote.php/dav/files/ann/', ...account },
      { url: 'https://x.example/' },
    ])
      expect(webdav.options.safeParse(options).success).toBe(true);
  });
});

/** What people do to the server beside us. */
async function dav(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
  { user, password }: { readonly user: string; readonly password: string } = ANN,
): Promise<Headers> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const response = await fetch(`${apache.url}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.headers;
}
