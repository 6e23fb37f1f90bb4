import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { Access } from '../../subgraphs/documents/connectors/webdav/access.ts';
import type { Entry } from '../../subgraphs/documents/connectors/webdav/entries.ts';
import { ReaderRules } from '../../subgraphs/documents/connectors/webdav/rules.ts';
import { Shares } from '../../subgraphs/documents/connectors/webdav/shares.ts';
import type { Vendor } from '../../subgraphs/documents/connectors/webdav/vendors.ts';
import type { Reader } from '../../subgraphs/kit/content/item.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import type { Batch, Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { fakeDav, FOLDER, multistatus, response, type FakeDav } from './dav-fake.ts';

let fake: FakeDav;
let store: MemoryStore<DocumentItem>;
const files = { 'a/one.md': '1', 'b/two.md': '22', 'c/three.md': '333' };
beforeEach(async () => {
  fake = await fakeDav(files);
  store = new MemoryStore();
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<DocumentItem>> =>
  openWith(webdav, { url: fake.url, ...options }, '/');
const keys = (): string[] => [...store.items.keys()];
const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
const isSwept = (batches: readonly Batch<DocumentItem>[]): boolean => batches.at(-1)?.sweep === true;

describe('webdav: listings that are none', () => {
  const whole = multistatus(response('/dav/b/', FOLDER) + response('/dav/b/two.md', ''));
  it.each([
    ['cut short', whole.slice(0, whole.length / 2), 'cut short'],
    ['cut short before its last element', whole.slice(0, -5), 'cut short'],
    ['empty', '', 'cut short'],
    ['HTML', '<html><body>Sign in</body></html>', 'not a multistatus'],
    ['JSON', '{"files":[]}', 'cut short'],
    [
      'a bomb of entities',
      `<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${whole.replace('two', '&b;')}`,
      'document type',
    ],
    ['a reader of local files', `<!DOCTYPE m SYSTEM "file:///etc/passwd">${whole}`, 'document type'],
    ['nested without end', multistatus('<d:x>'.repeat(100_000)), 'nested more than 40 deep'],
    ['of another folder', multistatus(response('/dav/a/', FOLDER)), 'of another address'],
    [
      'of another server',
      multistatus(response('http://elsewhere.example/dav/b/', FOLDER)),
      'it begins with http://elsewhere.example',
    ],
    ['without namespaces', '<multistatus><response/></multistatus>', 'not a multistatus'],
  ])('%s: ends the run, deletes nothing, and goes on later', async (_what, body, message) => {
    const connector = await open();
    await store.run(connector);
    fake.nodes.delete('a/one.md');
    fake.answer = ({ method, path }) => (method === 'PROPFIND' && path === 'b/' ? { status: 207, body } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining(message),
    });
    expect(keys()).toHaveLength(3);
    fake.answer = () => undefined;
    await store.run(connector);
    expect(keys()).toEqual(['b/two.md', 'c/three.md']);
  });

  it('HTML with status 200 is no WebDAV folder', async () => {
    fake.answer = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Files</h1>' });
    await expect(open()).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('is not a WebDAV folder'),
    });
  });

  it('a file is no folder', async () => {
    await expect(open({ url: `${fake.url}a/one.md` })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  });
});

describe('webdav: addresses in listings', () => {
  it('are absolute or paths, in any encoding', async () => {
    await using other = await fakeDav({ 'ü ~.md': 'x', 'Ordner/b.md': 'y' });
    const { origin } = new URL(other.url);
    const odd = new Map([
      ['ü', '%c3%bc'],
      ['~', '%7E'],
      [' ', '%20'],
    ]);
    other.href = (path) => `${origin}/%64av/${path.replaceAll(/[ü~ ]/g, (character) => odd.get(character) ?? '')}`;
    await store.run(await openWith(webdav, { url: other.url.slice(0, -1) }, '/'));
    expect(keys()).toEqual(['Ordner/b.md', 'ü ~.md']);
  });

  it('that lead out of the folder, or have no fit name, are left out and reported', async () => {
    const odd = [
      'http://elsewhere.example/dav/x.md',
      '//elsewhere.example/dav/x.md',
      '/x.md',
      '/dav/../x.md',
      '/dav/%2e%2e/x.md',
      '/dav/a/deep.md',
      '/davx/x.md',
      '/dav/x.md?y',
      'file:///etc/passwd',
      '/dav/%ff.md',
      '/dav/a%2Fb.md',
      '/dav/nul%00.md',
      'http://[',
    ];
    fake.answer = ({ path, method }) =>
      method === 'PROPFIND' && path === ''
        ? {
            status: 207,
            body: multistatus(
              [response('/dav/', FOLDER), ...odd.map((href) => response(href, '')), response('/dav/good.md', '')].join(
                '',
              ),
            ),
          }
        : undefined;
    fake.nodes.set('good.md', { body: 'good' });
    await store.run(await open());
    expect(keys()).toEqual(['good.md']);
    expect(problems()).toHaveLength(odd.length);
    expect(fake.requests.filter((line) => line.startsWith('GET'))).toEqual(['GET good.md']);
  });

  it('that go deeper and deeper end somewhere', async () => {
    fake.answer = ({ method, path }) =>
      method === 'PROPFIND'
        ? { status: 207, body: multistatus(response(`/dav/${path}`, FOLDER) + response(`/dav/${path}again/`, FOLDER)) }
        : undefined;
    await store.run(await open());
    expect(problems()).toEqual([expect.stringContaining('more than 50 folders deep')]);
  });
});

describe('webdav: properties', () => {
  it('with status 404 are absent, whatever their value', async () => {
    const absent =
      '<d:getetag>"same"</d:getetag><d:getcontentlength>99999999999</d:getcontentlength><d:displayname>Wrong</d:displayname>';
    fake.nodes.set('a/one.md', { body: 'first', props: '<d:resourcetype/>', absent });
    const connector = await open();
    await store.run(connector);
    expect(store.items.get('a/one.md')).toMatchObject({ title: 'one', body: 'first' });
    // Without ETag and date the content alone tells.
    expect((await store.run(connector)).flatMap(({ upserts }) => upserts)).toEqual([]);
    fake.nodes.set('a/one.md', { body: 'other', props: '<d:resourcetype/>', absent });
    await store.run(connector);
    expect(store.items.get('a/one.md')?.body).toBe('other');
  });

  it('of an entry that is refused as a whole are not looked for', async () => {
    const refused = (href: string, status: string): string =>
      `<d:response><d:href>${href}</d:href><d:status>HTTP/1.1 ${status}</d:status></d:response>`;
    await store.run(await open());
    fake.answer = ({ path, method }) =>
      method === 'PROPFIND' && path === ''
        ? {
            status: 207,
            body: multistatus(
              response('/dav/', FOLDER) +
                refused('/dav/a/', '403 Forbidden') +
                refused('/dav/b/', '404 Not Found') +
                response('/dav/c/', FOLDER),
            ),
          }
        : undefined;
    await store.run(await open());
    expect(keys()).toEqual(['c/three.md']);
    expect(problems()).toEqual([expect.stringMatching(/^a: the account may not read it/)]);
  });
});

describe('webdav: refusals and faults on the way', () => {
  it.each([423, 500])('a folder with status %i is not gone, and hides no other change', async (status) => {
    const connector = await open();
    await store.run(connector);
    fake.nodes.delete('a/one.md');
    fake.nodes.set('c/three.md', { body: 'changed' });
    fake.answer = ({ path }) => (path === 'b/' ? { status } : undefined);
    const batches = await store.run(connector);
    expect(isSwept(batches)).toBe(false);
    expect(store.items.get('c/three.md')?.body).toBe('changed');
    expect(keys()).toHaveLength(3);
    fake.answer = () => undefined;
    // What the run without a sweep has seen does not count for the next one.
    fake.nodes.delete('c/three.md');
    expect(isSwept(await store.run(connector))).toBe(true);
    expect(keys()).toEqual(['b/two.md']);
  });

  it.each([
    ['locked', { status: 423 }, 'is locked; it is tried again'],
    ['broken', { status: 500 }, 'the server fails over it (status 500); it is tried again'],
    ['behind a page to log in', { status: 302, headers: { location: '/login' } }, 'something else than the file'],
    [
      'elsewhere',
      { status: 302, headers: { location: 'http://elsewhere.example/two.md' } },
      'redirects to another address',
    ],
    ['odd', { status: 418 }, 'status 418'],
  ])('a file that is %s stays as it was, for those who might read it', async (_what, answer, reason) => {
    await store.run(await open());
    fake.nodes.set('b/two.md', { body: 'changed' });
    fake.nodes.set('/login', { body: 'Sign in' });
    fake.answer = ({ method, path }) => (method === 'GET' && path === 'b/two.md' ? answer : undefined);
    expect(isSwept(await store.run(await open()))).toBe(true);
    expect(store.items.get('b/two.md')?.body).toBe('22');
    expect(store.problems).toEqual([{ place: 'b/two.md', item: 'b/two.md', reason: expect.stringContaining(reason) }]);
    // The old text was read for everyone; for the group alone nothing has been read yet.
    await store.run(await open({ readers: { b: ['group:few'] } }));
    expect(keys()).toEqual(['a/one.md', 'c/three.md']);
  });

  it.each([403, 404])('a file with status %i is gone', async (status) => {
    await store.run(await open());
    fake.nodes.set('b/two.md', { body: 'changed' });
    fake.answer = ({ method, path }) => (method === 'GET' && path === 'b/two.md' ? { status } : undefined);
    await store.run(await open());
    expect(keys()).toEqual(['a/one.md', 'c/three.md']);
  });

  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'MISCONFIGURED'],
    [503, 'UNAVAILABLE'],
  ])(
    'an account or server that is closed in the middle (%i) empties nothing',
    { timeout: 60_000 },
    async (status, code) => {
      await store.run(await open());
      let isClosed = false;
      fake.answer = ({ path }) => {
        isClosed ||= path === 'b/';
        return isClosed ? { status } : undefined;
      };
      await expect(store.run(await open())).rejects.toMatchObject({ code });
      expect(keys()).toHaveLength(3);
    },
  );

  it('a file without a length is cut off at the limit', async () => {
    fake.answer = ({ method, path, response: reply }) => {
      if (method !== 'GET' || path !== 'b/two.md') return undefined;
      const timer = setInterval(() => reply.write('x'.repeat(1000)), 1);
      reply.on('close', () => clearInterval(timer));
      return true;
    };
    await store.run(await open({ maxBytes: 10_000 }));
    expect(keys()).toEqual(['a/one.md', 'c/three.md']);
    expect(problems()).toEqual(['b/two.md: the tool answered with more than 10000 bytes; it is tried again']);
  });

  it('health says what is seen, by reading', async () => {
    const connector = await open({ user: 'ann', password: 'pw', readers: { '': ['everyone'] } });
    expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found documents.' });
    fake.answer = () => ({ status: 401 });
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('correct `user` and `password`'),
    });
  });
});

it('what an account reads from a server that does not say whose it is, is for nobody without a rule', () => {
  const file = { path: 'b/two.md' } as Entry;
  const readersOf = (isLoggedIn: boolean, rules: Readonly<Record<string, readonly Reader[]>>): readonly Reader[] =>
    new Access(new ReaderRules(rules), { belongs: 'open' } as Vendor, new Shares([]), {
      inside: [],
      isLoggedIn,
    }).ofFile(file, []);
  expect(readersOf(true, {})).toEqual([]);
  expect(readersOf(true, { b: ['group:few'] })).toEqual(['group:few']);
  expect(readersOf(false, {})).toEqual(['everyone']);
});
