import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { isInstalled, READER, startMediaWiki, type MediaWiki } from '../servers/mediawiki.ts';

interface Fault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const isHere = isInstalled();
let wiki: MediaWiki;
let proxy: Server;
let url = '';
/** What is answered in the wiki's place. */
let fault: (params: URLSearchParams) => Fault | undefined = () => undefined;
let dropsCookies = false;
/** Of the connector’s last request. */
let cookie = '';

beforeAll(async () => {
  if (!isHere) return;
  wiki = await startMediaWiki([]);
  await wiki.load({
    'Help:One': [{ at: '2023-01-01T00:00:00Z', by: 'Admin', text: 'One.' }],
    'Help:Two': [{ at: '2023-01-01T00:00:00Z', by: 'Admin', text: 'Two.' }],
  });
  proxy = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const own = fault(new URLSearchParams(body));
      if (own !== undefined) return response.writeHead(own.status ?? 200, own.headers).end(own.body);
      const headers = new Headers({ 'content-type': request.headers['content-type'] ?? '' });
      cookie = request.headers.cookie ?? '';
      if (!dropsCookies) headers.set('cookie', cookie);
      const answer = await fetch(new URL(request.url ?? '', wiki.url), { method: 'POST', body, headers });
      response.setHeaders(new Map([['set-cookie', answer.headers.getSetCookie()]]));
      return response.writeHead(answer.status).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(proxy.address() as { port: number }).port}/`;
});
afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await wiki?.[Symbol.asyncDispose]();
});

let store: MemoryStore<DocumentItem>;
beforeEach(() => {
  store = new MemoryStore();
  fault = () => undefined;
  dropsCookies = false;
});

const open = (): Promise<Connector<DocumentItem>> =>
  openWith(mediawiki, { url, ...READER, readers: ['everyone'] }, '/');
const keep = (): string[] => [...store.items.values()].map(({ title }) => title).sort();
const ALL = ['Main Page', 'One', 'Two'];
const inHelp = (params: URLSearchParams): boolean => params.get('gapnamespace') === '12';
/** As if the last walk through all pages were long ago. */
const walkAgain = (): void =>
  void (store.cursor = JSON.stringify({ ...JSON.parse(store.cursor ?? ''), walkedAt: '2020-01-01T00:00:00Z' }));

describe.skipIf(!isHere)('mediawiki: answers that are none', () => {
  it.each([
    ['other shapes', { body: '{"batchcomplete":true,"query":{"pages":{"1":"x"}}}' }, 'BAD_RESPONSE'],
    ['an error of its own', { body: '{"error":{"code":"toomanyvalues","info":"Too many"}}' }, 'BAD_RESPONSE'],
    ['a fault of its own', { body: '{"error":{"code":"internal_api_error_DBQueryError","info":"x"}}' }, 'UNAVAILABLE'],
    ['no right to read any more', { body: '{"error":{"code":"readapidenied","info":"x"}}' }, 'FORBIDDEN'],
    ['too many requests, in its own words', { body: '{"error":{"code":"ratelimited","info":"x"}}' }, 'RATE_LIMITED'],
  ] as const)('%s: ends the run, deletes nothing, and goes on later', async (_what, answer, code) => {
    const connector = await open();
    await store.run(connector);
    expect(keep()).toEqual(ALL);
    walkAgain();
    fault = (params) => (inHelp(params) ? answer : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ name: 'ConnectorError', code });
    expect(keep()).toEqual(ALL);
    fault = () => undefined;
    await store.run(connector);
    expect(keep()).toEqual(ALL);
  });

  it('believes no wiki that is suddenly empty, or lets nothing be read', async () => {
    const connector = await open();
    await store.run(connector);
    walkAgain();
    fault = (params) => (params.has('gapnamespace') ? { body: '{"batchcomplete":true}' } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({
      code: 'SHRUNK',
      message: expect.stringMatching(/^test: the wiki shows none of the pages there were, so the sync stopped/),
    });
    const closed = { pageid: 9, ns: 12, title: 'Help:One', lastrevid: 1, actions: { read: false } };
    const body = JSON.stringify({ batchcomplete: true, query: { pages: [closed] } });
    fault = (params) => (params.has('gapnamespace') ? { body } : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(keep()).toEqual(ALL);
    fault = (params) => (params.has('gapnamespace') ? { body: '{"batchcomplete":true}' } : undefined);
    store.mayShrink = true;
    await store.run(connector);
    expect(keep()).toEqual([]);
    store.mayShrink = false;
    await store.run(connector);
  });

  it('leaves out a page whose text is lost, with a problem, and keeps what it had of it', async () => {
    const broken = { body: '{"error":{"code":"internal_api_error_BlobAccessException","info":"x"}}' };
    const isTextOf = (params: URLSearchParams, id: string): boolean =>
      params.get('pageid') === id || (params.get('pageids') === id && params.get('rvprop') === 'content');
    const connector = await open();
    await store.run(connector);
    const [key = ''] = [...store.items].find(([, { title }]) => title === 'Two') ?? [];
    fault = (params) => (isTextOf(params, key) ? broken : undefined);
    await wiki.edit('Help:Two', 'Two, changed.');
    await store.run(connector);
    expect(keep()).toEqual(ALL);
    expect(store.problems).toEqual([
      { place: 'Help:Two', item: key, reason: 'the wiki can neither render nor show it' },
    ]);
    const fresh = new MemoryStore<DocumentItem>();
    await fresh.run(connector);
    expect([...fresh.items.values()].map(({ title }) => title).sort()).toEqual(['Main Page', 'One']);
    fault = () => undefined;
    await store.run(connector);
    expect(store.items.get(key)?.body).toBe('Two, changed.');
  });

  it('asks no text of two pages at once, since one that is forbidden fails them both', async () => {
    await wiki.edit('Legal:Secret', 'secret');
    const asked: URLSearchParams[] = [];
    fault = (params) => void asked.push(params);
    await store.run(await open());
    const isText = (params: URLSearchParams): boolean =>
      params.get('action') === 'parse' || params.get('rvprop')?.includes('content') === true;
    expect(asked.filter(isText)).toHaveLength(ALL.length);
    expect(asked.filter((params) => isText(params) && /\|/.test(params.get('pageids') ?? ''))).toEqual([]);
    // The session is guarded in each request but those that begin it.
    expect(asked.slice(2).every((params) => params.get('assertuser') === 'Atrium bot')).toBe(true);
    const both = { titles: 'Help:One|Legal:Secret', prop: 'revisions', rvprop: 'content', rvslots: 'main' };
    const body = new URLSearchParams({ action: 'query', format: 'json', formatversion: '2', ...both });
    const answer = await fetch(`${wiki.url}api.php`, { method: 'POST', body, headers: { cookie } });
    expect([answer.status, await answer.json()]).toMatchObject([200, { error: { code: 'accessdenied' } }]);
  });

  it('says that a wiki keeps no session, and what is no wiki', async () => {
    dropsCookies = true;
    await expect(open()).rejects.toMatchObject({ name: 'ConnectorError', message: expect.stringContaining('session') });
    dropsCookies = false;
    const connector = await open();
    fault = () => ({ body: '<html>Welcome</html>' });
    const said = `test: ${url}api.php is not MediaWiki’s Action API; set \`url\` to the wiki’s script path`;
    expect(await connector.health(call)).toMatchObject({ status: 'failed', detail: expect.stringContaining(said) });
  });
});
