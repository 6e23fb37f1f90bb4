import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { emptyCompany, smallCompany, type Company } from '../helpers/company.ts';

let company: Company;

beforeEach(async () => {
  company = await smallCompany();
});
afterEach(() => company.close());

async function get(app: App, url: string): Promise<{ status: number; body: unknown; cacheControl: unknown }> {
  const response = await app.http.inject(url);
  return {
    status: response.statusCode,
    body: response.json(),
    cacheControl: response.headers['cache-control'],
  };
}

const LIVE = { status: 200, body: { status: 'live' }, cacheControl: 'no-store' };
const READY = { status: 200, body: { status: 'ready', cache: 'reachable' }, cacheControl: 'no-store' };
const SYNCING = { status: 503, body: { status: 'syncing', cache: 'reachable' }, cacheControl: 'no-store' };

describe('/ready', () => {
  it('says no before the first sync, and yes after it; /live says yes all the time', async () => {
    const app = await company.open();
    expect(await get(app, '/ready')).toEqual(SYNCING);
    expect(await get(app, '/live')).toEqual(LIVE);
    await company.sync();
    expect(await get(app, '/ready')).toEqual(READY);
    expect(await get(app, '/live')).toEqual(LIVE);
  });

  it('says no as long as one source was never synced', async () => {
    await company.sync();
    const forum = { name: 'more', connector: 'ndjson', everySeconds: 300, options: {} };
    const app = await company.open({ forum: { sources: [...company.config.forum.sources, forum] } });
    expect(await get(app, '/ready')).toEqual(SYNCING);
  });

  it('says yes when a tool is down: what is stored is served', async () => {
    await company.sync();
    await company.delete('talk.ndjson');
    await company.sync();
    const app = await company.open();
    const { data } = await app.ask({ query: '{ sources { forum { state itemCount } } }' });
    expect(data).toEqual({ sources: { forum: [{ state: 'FAILING', itemCount: 2 }] } });
    expect(await get(app, '/ready')).toEqual(READY);
  });

  it('says yes where all subgraphs are elsewhere, for there is nothing to wait for', async () => {
    const elsewhere = { url: 'http://127.0.0.1:1', sources: [] };
    const app = await company.open({
      directory: elsewhere,
      documents: elsewhere,
      forum: elsewhere,
      subgraphSecret: 'a secret of at least 16 characters',
    });
    expect(await get(app, '/ready')).toEqual(READY);
  });

  it('tells nothing of sources, to anybody', async () => {
    const other = await emptyCompany();
    const app = await other.open();
    expect(JSON.stringify(await get(app, '/ready'))).not.toMatch(/people|docs|talk/);
    await other.close();
  });
});
