import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { createLog } from '../../gateway/log.ts';
import { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { configOf } from '../helpers/config.ts';
import { syncOnce } from '../helpers/sync.ts';
import { isInstalled } from '../servers/real.ts';
import { startRedis } from '../servers/redis.ts';

const hasRedis = isInstalled('redis');

const TITLES = '{ documents(first: 50) { totalCount edges { node { title } } } }';

let folder: string;
const apps: App[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-cache-'));
  await mkdir(join(folder, 'documents'));
  const person = (uid: string) =>
    `dn: uid=${uid},dc=x\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n`;
  const board = 'dn: cn=board,dc=x\nobjectClass: groupOfNames\ncn: board\nmember: uid=ann,dc=x\n';
  await writeFile(join(folder, 'people.ldif'), [person('ann'), person('bo'), board].join('\n'));
  await writeFile(join(folder, 'talk.ndjson'), '{"id":1,"title":"A thread"}\n');
  await writeFile(join(folder, 'documents', 'open.md'), '# Open\n');
  await writeFile(join(folder, 'documents', 'closed.md'), '---\nreaders: ["group:board"]\n---\n# Closed\n');
  await syncOnce(configWith({}));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The company of this test; nothing remembered grows old while it runs. */
function configWith(options: { redis?: string; data?: string }): Config {
  const { redis } = options;
  return configOf({
    data: options.data ?? join(folder, 'data'),
    baseDir: folder,
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [{ name: 'talk', connector: 'ndjson', path: 'talk.ndjson' }],
    file: { cache: { answerSeconds: 3_600, ...(redis !== undefined && { redis }) } },
  });
}

/** A gateway that is closed with the test. */
async function open(config: Config): Promise<App> {
  const app = await createApp(config, { log: createLog({ level: 'silent', format: 'json' }) });
  apps.push(app);
  return app;
}

/** The titles somebody sees; fails on errors. */
async function titles(app: App, viewer?: string): Promise<string[]> {
  const { data, errors } = await app.ask({ query: TITLES, viewer });
  expect(errors).toBeUndefined();
  const { documents } = data as { documents: { edges: { node: { title: string } }[] } };
  return documents.edges.map(({ node }) => node.title).toSorted();
}

/** Counts what subgraphs are asked, but for who the viewer is. */
function countAsked(): () => number {
  const spy = vi.spyOn(SubgraphExecutor.prototype, 'run');
  return () => spy.mock.calls.filter(([{ query }]) => !query.includes('viewerOf')).length;
}

async function ready(app: App): Promise<unknown> {
  const response = await app.http.inject('/ready');
  return [response.statusCode, response.json()];
}

/** A persisted query, with its text or by its hash alone. */
async function persisted(app: App, query: string, by: 'text' | 'hash'): Promise<object> {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const response = await app.http.inject({
    method: 'POST',
    url: '/graphql',
    payload: { ...(by === 'text' && { query }), extensions: { persistedQuery: { version: 1, sha256Hash } } },
  });
  return response.json<object>();
}

const UNREACHABLE = [200, { status: 'ready', cache: 'unreachable' }];
const REACHABLE = [200, { status: 'ready', cache: 'reachable' }];
const NOT_FOUND = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };

describe('answers', () => {
  it('are given again to the same viewer, and to nobody else', async () => {
    const app = await open(configWith({}));
    const asked = countAsked();
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    const once = asked();
    expect(once).toBeGreaterThan(0);
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    expect(asked()).toBe(once);
    expect(await titles(app, 'bo')).toEqual(['Open']);
    expect(asked()).toBe(2 * once);
    expect(await titles(app)).toEqual(['Open']);
    expect(asked()).toBe(3 * once);
    // Each of them by their own.
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    expect(await titles(app, 'bo')).toEqual(['Open']);
    expect(asked()).toBe(3 * once);
  });

  it('are new as soon as a sync changed something, also for the same viewer', async () => {
    const config = configWith({ data: join(folder, 'changing') });
    await syncOnce(config);
    const app = await open(config);
    const asked = countAsked();
    expect(await titles(app)).toEqual(['Open']);
    const page = join(folder, 'documents', 'later.md');
    try {
      await writeFile(page, '# Later\n');
      await syncOnce(config);
      expect(await titles(app)).toEqual(['Later', 'Open']);
      await writeFile(page, '# Later, changed\n');
      await syncOnce(config);
      expect(await titles(app)).toEqual(['Later, changed', 'Open']);
    } finally {
      await rm(page, { force: true });
    }
    await syncOnce(config);
    expect(await titles(app)).toEqual(['Open']);
    const before = asked();
    // A sync that changes nothing makes nothing old.
    await syncOnce(config);
    expect(await titles(app)).toEqual(['Open']);
    expect(asked()).toBe(before);
  });

  it('are new when rights change', async () => {
    const config = configWith({ data: join(folder, 'rights') });
    await syncOnce(config);
    const app = await open(config);
    const page = join(folder, 'documents', 'narrowed.md');
    try {
      await writeFile(page, '# Narrowed\n');
      await syncOnce(config);
      expect(await titles(app, 'bo')).toEqual(['Narrowed', 'Open']);
      await writeFile(page, '---\nreaders: ["group:board"]\n---\n# Narrowed\n');
      await syncOnce(config);
      expect(await titles(app, 'bo')).toEqual(['Open']);
      expect(await titles(app, 'ann')).toEqual(['Closed', 'Narrowed', 'Open']);
    } finally {
      await rm(page, { force: true });
    }
  });

  it('with different variables are different', async () => {
    const app = await open(configWith({}));
    const query = 'query ($first: Int) { documents(first: $first) { edges { node { title } } } }';
    const count = async (first: number) => {
      const { data } = await app.ask({ query, variables: { first }, viewer: 'ann' });
      return (data as { documents: { edges: unknown[] } }).documents.edges.length;
    };
    expect([await count(1), await count(2), await count(1)]).toEqual([1, 2, 1]);
  });
});

describe('a shared cache that is not there', () => {
  it('hinders nothing: a closed port', async () => {
    const app = await open(configWith({ redis: `redis://127.0.0.1:${await freePort()}` }));
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    expect(await ready(app)).toEqual(UNREACHABLE);
    expect(await persisted(app, TITLES, 'text')).toMatchObject({ data: { documents: { totalCount: 1 } } });
    expect(await persisted(app, TITLES, 'hash')).toMatchObject(NOT_FOUND);
  });

  it('hinders nothing: a server that never answers', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const app = await open(configWith({ redis: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }));
      expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
      expect(await titles(app, 'bo')).toEqual(['Open']);
      expect(await ready(app)).toEqual(UNREACHABLE);
      expect(sockets.size).toBeGreaterThan(0);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('does not keep the process from ending', async () => {
    const module = new URL('../../gateway/cache/key-value-cache.ts', import.meta.url).href;
    const script = `
      import { openCache } from ${JSON.stringify(module)};
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const cache = await openCache('redis://127.0.0.1:${await freePort()}', log);
      await cache.set('a', 'b');
      console.log(await cache.get('a'), await cache.isReachable());
      await cache.close();`;
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
    expect((await child).stdout).toBe('undefined false\n');
  });
});

describe.skipIf(!hasRedis)('Redis', () => {
  it('is shared: what one gateway was told, another knows', async () => {
    await using redis = await startRedis(await freePort());
    const [first, second] = [
      await open(configWith({ redis: redis.url })),
      await open(configWith({ redis: redis.url })),
    ];
    await untilReachable(first);
    await untilReachable(second);
    waitForCache();
    const query = '{ conversations { totalCount } }';
    const answer = { data: { conversations: { totalCount: 1 } } };
    expect(await persisted(second, query, 'hash')).toMatchObject(NOT_FOUND);
    expect(await persisted(first, query, 'text')).toEqual(answer);
    // Once the first one gets it back, it has arrived.
    while ('errors' in (await persisted(first, query, 'hash')));
    expect(await persisted(second, query, 'hash')).toEqual(answer);
  });

  it('shares answers between gateways, never between viewers', async () => {
    await using redis = await startRedis(await freePort());
    const [first, second] = [
      await open(configWith({ redis: redis.url })),
      await open(configWith({ redis: redis.url })),
    ];
    await untilReachable(first);
    await untilReachable(second);
    waitForCache();
    const asked = countAsked();
    expect(await titles(first, 'ann')).toEqual(['Closed', 'Open']);
    const once = asked();
    expect(once).toBeGreaterThan(0);
    // Nobody waits for what is being remembered: once the first one gets it back, it has arrived.
    for (let before = 0; before < asked();) {
      before = asked();
      expect(await titles(first, 'ann')).toEqual(['Closed', 'Open']);
    }
    const arrived = asked();
    expect(await titles(second, 'ann')).toEqual(['Closed', 'Open']);
    expect(asked()).toBe(arrived);
    expect(await titles(second, 'bo')).toEqual(['Open']);
    expect(asked()).toBe(arrived + once);
  });

  it('may go and come back', async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const app = await open(configWith({ redis: redis.url }));
    await untilReachable(app);
    await redis[Symbol.asyncDispose]();
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
    expect(await ready(app)).toEqual(UNREACHABLE);
    await using _again = await startRedis(port);
    await untilReachable(app);
    expect(await titles(app, 'ann')).toEqual(['Closed', 'Open']);
  });
});

/** Stops the clock by which a slow cache is passed over: on a busy machine it would be, and nothing is wrong with that. */
function waitForCache(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until the gateway's connection stands; the test's time limit ends it. */
async function untilReachable(app: App): Promise<void> {
  while (JSON.stringify(await ready(app)) !== JSON.stringify(REACHABLE)) await setImmediate();
}
