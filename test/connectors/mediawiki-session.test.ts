import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ADMIN, COUNSEL, isInstalled, READER, startMediaWiki, type MediaWiki } from '../servers/mediawiki.ts';

const isHere = isInstalled();
let wiki: MediaWiki;
beforeAll(async () => {
  if (isHere) wiki = await startMediaWiki([]);
});
afterAll(() => wiki?.[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<DocumentItem>> =>
  openWith(mediawiki, { url: wiki.url, ...READER, readers: ['everyone'], ...options }, '/');

const titlesOf = (store: MemoryStore<DocumentItem>): string[] =>
  [...store.items.values()].map(({ title }) => title).sort();

describe.skipIf(!isHere)('mediawiki, who reads it', () => {
  it('logs in again when its session is lost, and only then', async () => {
    const connector = await open();
    const store = new MemoryStore<DocumentItem>();
    await store.run(connector);
    await wiki.requests();
    await store.run(connector);
    const quiet = (await wiki.requests()).length;
    await wiki.forgetSessions();
    await wiki.edit('After the loss', 'text');
    await wiki.requests();
    await store.run(connector);
    expect(titlesOf(store)).toContain('After the loss');
    await wiki.requests();
    await store.run(connector);
    expect((await wiki.requests()).length).toBe(quiet);
  });

  it('reads no more than the grants of its bot password let it, whatever its user may', async () => {
    await wiki.edit('Legal:Contract', 'Signed');
    const connector = await open(COUNSEL);
    const store = new MemoryStore<DocumentItem>();
    await store.run(connector);
    expect(titlesOf(store)).toContain('Contract');
    await wiki.settings(`unset( $wgGrantPermissions['basic']['legalread'] );`);
    const without = new MemoryStore<DocumentItem>();
    await without.run(connector);
    await wiki.settings('');
    expect(titlesOf(without)).toEqual(titlesOf(store).filter((title) => title !== 'Contract'));
  });

  it('says what to change for a wrong password, a missing user, and a wrong address', async () => {
    const said = (options: object): Promise<unknown> =>
      open(options).then(
        () => 'opened',
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      );
    expect(await said({ password: 'f0123456789abcdef0123456789abcdef' })).toMatch(
      /^UNAUTHORIZED test: the wiki refuses `user` and `password` \("Incorrect username or password.*Special:BotPasswords/,
    );
    expect(await said({ user: undefined, password: undefined })).toBe(
      'FORBIDDEN test: the wiki lets nobody read who is not logged in; set `user` and `password` to a bot password',
    );
    expect(await said({ url: `${wiki.url}wiki` })).toMatch(
      /^MISCONFIGURED test: .*api\.php.*set `url` to the wiki’s script path/,
    );
  });

  it('reports health by reading, and that no page may be read', async () => {
    const connector = await open();
    expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found documents.' });
    await wiki.edit('Legal:Lawsuit', 'Nobody may know');
    const closed = await open({ namespaces: ['Legal'] });
    expect(await closed.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('may read none of the wiki'),
    });
    await wiki.settings(`$wgGrantPermissions['basic']['read'] = false;`);
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('its bot password the grant "Basic rights"'),
    });
    const store = new MemoryStore<DocumentItem>();
    await expect(store.run(connector)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await wiki.settings('');
    expect((await connector.health(call)).status).toBe('ok');
  });

  it('ends when the call does', async () => {
    const connector = await open();
    const ended = { signal: AbortSignal.abort(new Error('enough')) };
    const run = async (): Promise<void> => {
      for await (const _ of connector.changes(undefined, () => undefined, ended)) void _;
    };
    await expect(run()).rejects.toMatchObject({ name: 'ConnectorError', code: 'CANCELLED' });
  });
});

describe('options of mediawiki', () => {
  it('refuses a user that is no bot password’s, a user without password, and addresses of scripts', () => {
    const url = 'https://wiki.example/w';
    const refuses = (options: object): boolean => !mediawiki.options.safeParse({ url, ...options }).success;
    expect(refuses({})).toBe(false);
    expect(refuses({ ...ADMIN, readers: ['everyone'] })).toBe(false);
    expect(refuses({ ...ADMIN, spaceReaders: { Main: ['everyone'] } })).toBe(true);
    expect(refuses({ user: 'Admin', password: 'x' })).toBe(true);
    expect(refuses({ user: 'Admin@x' })).toBe(true);
    expect(refuses({ url: `${url}/api.php` })).toBe(true);
    expect(refuses({ readers: ['staff'] })).toBe(true);
    expect(refuses({ pages: 1 })).toBe(true);
  });
});
