import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../gateway/config/schema.ts';
import { openSubgraph, storePath } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { identityChanges, openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import { refreshIdentities } from '../../subgraphs/kit/identity/copy.ts';
import { httpIdentityFeed } from '../../subgraphs/kit/identity/http-feed.ts';
import type { IdentityChanges, IdentityFeed } from '../../subgraphs/kit/identity/identity.ts';
import { decodeId } from '../../subgraphs/kit/ids.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { SIGNATURE_HEADER } from '../../subgraphs/kit/signing/signature.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { configOf } from '../helpers/config.ts';
import { send, signed } from '../helpers/signed.ts';
import { syncOnce } from '../helpers/sync.ts';

const SECRET = 'a secret of this test only';

let folder: string;
let config: Config;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-identity-feed-'));
  await mkdir(join(folder, 'documents'));
  config = configOf({
    data: join(folder, 'data'),
    baseDir: folder,
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [{ name: 'talk', connector: 'ndjson', path: 'talk.ndjson' }],
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A person as a directory has them: user name, and lines of LDIF. */
type Entry = readonly [uid: string, ...lines: string[]];

/** Fills the stores with these people, and a conversation by each author. */
async function fill(entries: readonly Entry[], authors: readonly string[]): Promise<void> {
  const records = entries.map(([uid, ...lines]) =>
    [`dn: uid=${uid},dc=x`, 'objectClass: inetOrgPerson', `uid: ${uid}`, `cn: ${uid}`, 'sn: Name', ...lines, ''].join(
      '\n',
    ),
  );
  await writeFile(join(folder, 'people.ldif'), records.join('\n'));
  const lines = authors.map((author, id) => JSON.stringify({ id, title: `Thread ${id}`, author }));
  await writeFile(join(folder, 'talk.ndjson'), lines.join('\n'));
  await syncOnce(config);
}

/** Whose each account is, by handle; people by user name. */
function links(): Record<string, string | null> {
  const db = Database.openReader(storePath(config, 'forum'));
  const rows = db.all<{ handle: string; person: string | null }>('SELECT handle, person FROM account ORDER BY handle');
  db.close();
  return Object.fromEntries(
    rows.map(({ handle, person }) => [handle, person === null ? null : (decodeId(person)?.key ?? person)]),
  );
}

/** Serves the directory of this test. */
async function serve() {
  const log = createLog({ level: 'silent', format: 'json' });
  const executor = openSubgraph(config, subgraphNamed('directory'), log);
  const { db } = executor.service;
  const identities = (cursor: number) => identityChanges(db, cursor);
  const server = createSubgraphServer({ name: 'directory', executor, secret: SECRET, log, identities });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server.close();
      executor.service.close();
    },
  };
}

/** All that a feed says after a cursor. */
async function pagesOf(feed: IdentityFeed, after = 0): Promise<IdentityChanges[]> {
  const pages: IdentityChanges[] = [];
  let cursor = after;
  do {
    pages.push(await feed.changes(cursor, AbortSignal.timeout(10_000)));
    cursor = pages.at(-1)?.cursor ?? 0;
  } while (pages.at(-1)?.more);
  feed.close();
  return pages;
}

it('the identity map over HTTP is that of the store, from any cursor on', async () => {
  const many = Array.from({ length: 1_200 }, (_, i): Entry => [
    `p${i}`,
    `mail: p${i}@x.example`,
    `account: talk:h${i}`,
  ]);
  await fill(many, ['h7']);
  await using directory = await serve();
  const overHttp = () => httpIdentityFeed(directory.url, SECRET);
  const first = await pagesOf(overHttp());
  expect(first).toEqual(await pagesOf(openIdentityFeed(storePath(config, 'directory'))));
  expect(first.map(({ changed, more }) => [changed.length, more])).toEqual([
    [1_000, true],
    [200, false],
  ]);
  const cursor = first.at(-1)?.cursor ?? 0;

  await fill([['p7', 'mail: new@x.example'], ...many.slice(8)], ['h7']);
  const later = await pagesOf(overHttp(), cursor);
  expect(later).toEqual(await pagesOf(openIdentityFeed(storePath(config, 'directory')), cursor));
  expect(later.flatMap(({ changed }) => changed)).toMatchObject([{ usernames: ['p7'], mails: ['new@x.example'] }]);
  const gone = later.flatMap((page) => page.gone.map((id) => decodeId(id)?.key));
  expect(gone).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
});

it('the identity map over HTTP links the same accounts', async () => {
  await fill([['ann', 'account: talk:nick'], ['bo']], ['nick', 'bo', 'nobody']);
  expect(links()).toEqual({ nick: 'ann', bo: 'bo', nobody: null });
  await using directory = await serve();
  const writer = subgraphNamed('forum').openWriter(storePath(config, 'forum'));
  for (const table of ['identity', 'identity_handle', 'identity_group']) writer.db.run(`DELETE FROM ${table}`);
  writer.db.run('UPDATE account SET person = NULL');
  writer.db.run(`DELETE FROM counter WHERE name = 'identities'`);
  const feed = httpIdentityFeed(directory.url, SECRET);
  expect(await refreshIdentities(writer.db, feed, AbortSignal.timeout(10_000))).toBe(2);
  expect(await refreshIdentities(writer.db, feed, AbortSignal.timeout(10_000))).toBe(0);
  writer.close();
  expect(links()).toEqual({ nick: 'ann', bo: 'bo', nobody: null });
});

it('the identity map is not for whoever cannot sign', async () => {
  await fill([['ann']], ['ann']);
  await using directory = await serve();
  const sign = (more: object = {}) =>
    signed({ subgraph: 'directory', secret: SECRET, path: '/identities?after=0', ...more });
  const replayed = sign();
  expect((await send(directory.url, replayed)).status).toBe(200);
  for (const refused of [
    { ...sign(), headers: {} },
    { ...sign(), headers: { [SIGNATURE_HEADER]: '' } },
    { ...sign(), headers: { [SIGNATURE_HEADER]: 'v1.x.y' } },
    { ...sign(), path: '/identities?after=1' },
    { ...sign(), path: '/identities' },
    sign({ secret: 'another secret' }),
    sign({ subgraph: 'documents' }),
    sign({ now: Date.now() - 31_000 }),
    sign({ now: Date.now() + 60_000 }),
    replayed,
  ]) {
    const response = await send(directory.url, refused);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  }
  await expect(pagesOf(httpIdentityFeed(directory.url, 'another secret'))).rejects.toMatchObject({
    name: 'ConnectorError',
    code: 'UNAVAILABLE',
  });
  // With a signature any cursor is answered.
  for (const after of ['', 'x', '-1', '1e400']) {
    const response = await send(directory.url, sign({ path: `/identities?after=${after}` }));
    expect(await response.json()).toMatchObject({ changed: [{ usernames: ['ann'] }], more: false });
  }
});

it('accounts stay linked as they were when the identity map cannot be had', async () => {
  await fill([['ann', 'account: talk:nick']], ['nick']);
  let url: string;
  {
    await using directory = await serve();
    ({ url } = directory);
  }
  const writer = subgraphNamed('forum').openWriter(storePath(config, 'forum'));
  const feed = httpIdentityFeed(url, SECRET);
  await expect(refreshIdentities(writer.db, feed, AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  writer.close();
  expect(links()).toEqual({ nick: 'ann' });
});
