import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ScimServer, TOKEN, type ScimRequest } from '../servers/scimmy.ts';

let server: ScimServer;
let store: MemoryStore<DirectoryItem>;
let ids: string[];
beforeEach(async () => {
  server = await ScimServer.start();
  store = new MemoryStore();
  ids = [];
  for (let n = 0; n < 5; n++) ids.push(await server.addUser({ userName: `u${n}`, displayName: `User ${n}` }));
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<DirectoryItem>> =>
  openWith(scim, { url: server.url, token: TOKEN, pageSize: 2, ...options }, '/');
const keys = (): string[] => [...store.items.keys()].sort();
const listsUsers = ({ path }: ScimRequest): boolean => path === '/Users';

it('goes by what pages hold: less than asked for, counted wrongly, `itemsPerPage` an echo', async () => {
  server.twist = (body, request) =>
    listsUsers(request)
      ? { ...body, Resources: (body['Resources'] as unknown[]).slice(0, 1), totalResults: 1, itemsPerPage: 99 }
      : body;
  await store.run(await open());
  expect(keys()).toEqual(ids.toSorted());
  expect(store.problems).toEqual([]);
});

it('takes an empty list without `Resources`', async () => {
  server.twist = (body, { path }) => (path === '/Groups' ? { totalResults: '0' } : body);
  await store.run(await open());
  expect(keys()).toEqual(ids.toSorted());
});

it('does not go on for ever with a server that repeats a page, and deletes nothing then', async () => {
  const connector = await open();
  await store.run(connector);
  await server.write('DELETE', `/Users/${ids[4]}`);
  store.cursor = undefined;
  let first: unknown;
  server.twist = (body, request) => {
    if (!listsUsers(request)) return body;
    first ??= body;
    return first;
  };
  await store.run(connector);
  expect(keys()).toEqual(ids.toSorted());
  expect(store.problems).toEqual([
    { place: '/Users', reason: 'partial: the server counts 4 users, and lists 2. Nothing is deleted meanwhile.' },
  ]);
  // It comes to itself.
  server.twist = undefined;
  await store.run(connector);
  expect(keys()).toEqual(ids.slice(0, 4).toSorted());
});

it('takes a server that gives everything at once for what it is', async () => {
  const connector = await open();
  server.answer = (request) =>
    listsUsers(request)
      ? { body: { totalResults: server.users.size, Resources: [...server.users.values()] } }
      : undefined;
  await store.run(connector);
  await server.write('DELETE', `/Users/${ids[0]}`);
  await store.run(connector);
  expect(keys()).toEqual(ids.slice(1).toSorted());
});

it('deletes nobody who moved up, between two pages, to where it was looked already', async () => {
  const connector = await open({ fullEveryHours: 0 });
  await store.run(connector);
  let isDeleted = false;
  server.answer = (request) => {
    if (!listsUsers(request)) return undefined;
    const page = server.page(request);
    isDeleted ||= server.users.delete(ids[0] ?? '');
    return page;
  };
  await store.run(connector);
  expect(isDeleted).toBe(true);
  expect(keys()).toEqual(ids.toSorted());
  await store.run(connector);
  expect(keys()).toEqual(ids.slice(1).toSorted());
});

it('notices a filter that is ignored, and reads everything instead', async () => {
  for (const id of ids)
    server.users.set(id, {
      ...server.users.get(id)!,
      meta: { created: '2020-01-01T00:00:00Z', lastModified: '2020-01-01T00:00:00Z' },
    });
  await server.addUser({ userName: 'new', displayName: 'New' });
  const connector = await open();
  await store.run(connector);
  server.isFiltering = false;
  await server.write('DELETE', `/Users/${ids[0]}`);
  server.lists();
  await store.run(connector);
  expect(keys()).not.toContain(ids[0]);
  expect(store.items.size).toBe(5);
  expect(server.lists().filter((list) => list === 'Users by filter')).toHaveLength(1);
  await store.run(connector);
  expect(server.lists()).not.toContain('Users by filter');
});

it('notices a filter that is misunderstood, and finds nothing', async () => {
  const connector = await open();
  await store.run(connector);
  await server.patch(`/Users/${ids[1]}`, { displayName: 'Renamed' });
  server.twist = (body, { query }) => (query.has('filter') ? { totalResults: 0 } : body);
  await store.run(connector);
  expect(store.items.get(ids[1] ?? '')?.name).toBe('Renamed');
});

it.each([
  ['invalidFilter', 400],
  ['notImplemented', 501],
])('reads everything where the filter is refused: %s', async (scimType, status) => {
  const connector = await open();
  await store.run(connector);
  await server.patch(`/Users/${ids[1]}`, { displayName: 'Renamed' });
  server.answer = ({ query }) => (query.has('filter') ? { status, body: { scimType, status } } : undefined);
  await store.run(connector);
  expect(store.items.get(ids[1] ?? '')?.name).toBe('Renamed');
});

it('reads everything where ids alone are refused, and where the server does not say that it filters', async () => {
  const connector = await open();
  await store.run(connector);
  await server.write('DELETE', `/Users/${ids[0]}`);
  server.answer = ({ query }) => (query.has('attributes') ? { status: 400, body: {} } : undefined);
  await store.run(connector);
  expect(keys()).toEqual(ids.slice(1).toSorted());

  server.answer = ({ path }) => (path === '/ServiceProviderConfig' ? { status: 404, body: {} } : undefined);
  const other = await open();
  await server.write('DELETE', `/Users/${ids[1]}`);
  server.lists();
  await store.run(other);
  expect(new Set(server.lists())).toEqual(new Set(['Users', 'Groups']));
  expect(keys()).toEqual(ids.slice(2).toSorted());
});

it('is not led astray by a change dated in the future', async () => {
  const future = server.users.get(ids[0] ?? '')!;
  server.users.set(future.id, {
    ...future,
    meta: { created: '2020-01-01T00:00:00Z', lastModified: '9998-01-01T00:00:00Z' },
  });
  const connector = await open();
  await store.run(connector);
  await server.patch(`/Users/${ids[1]}`, { displayName: 'Renamed' });
  server.lists();
  await store.run(connector);
  expect(server.lists()).toContain('Users by filter');
  expect(store.items.get(ids[1] ?? '')?.name).toBe('Renamed');
});

it('deletes nobody when the token may no longer see anybody, or no group', async () => {
  await server.addGroup({ displayName: 'team' });
  const connector = await open();
  await store.run(connector);
  for (const hidden of ['/Users', '/Groups']) {
    server.twist = (body, { path }) => (path === hidden ? { totalResults: 0, Resources: [] } : body);
    for (const cursor of [store.cursor, undefined]) {
      if (cursor === undefined && hidden === '/Groups') continue;
      store.cursor = cursor;
      await expect(store.run(connector)).rejects.toMatchObject({
        code: 'SHRUNK',
        message: expect.stringMatching(/^test: the server lists no.*doctor --accept-shrink --source test$/),
      });
      expect(store.items.size).toBe(6);
    }
    server.twist = undefined;
    await store.run(connector);
  }
  server.twist = () => ({ totalResults: 0, Resources: [] });
  await expect(new MemoryStore<DirectoryItem>().run(connector)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('Nothing was deleted'),
  });
});

it('emptied for real, and accepted, goes on', async () => {
  await server.addGroup({ displayName: 'team' });
  const connector = await open();
  await store.run(connector);
  server.twist = (body, { path }) => (path === '/Groups' ? { totalResults: 0, Resources: [] } : body);
  store.mayShrink = true;
  await store.run(connector);
  expect(keys()).toEqual(ids.toSorted());
  server.twist = () => ({ totalResults: 0, Resources: [] });
  await store.run(connector);
  expect(keys()).toEqual([]);
  store.mayShrink = false;
  await store.run(connector);
  server.twist = undefined;
  await store.run(connector);
  expect(store.items.size).toBe(6);
});

it('says what to change', async () => {
  const connector = await open();
  expect(await connector.health(call)).toEqual({ status: 'ok', detail: 'Readable: found people, but no groups.' });
  const health = async (status: number, body: unknown = {}): Promise<unknown> => {
    server.answer = () => ({ status, body });
    return connector.health(call);
  };
  expect(await health(401)).toEqual({
    status: 'failed',
    detail: `test: ${server.url} refuses the token; set \`token\` to a valid one`,
  });
  expect(await health(403)).toEqual({
    status: 'failed',
    detail: `test: ${server.url} does not let this token read users; give it the right to`,
  });
  expect(await health(404)).toMatchObject({ detail: expect.stringContaining('set `url` to the address that /Users') });
  expect(await health(200, '<h1>Sign in</h1>')).toMatchObject({ detail: expect.stringContaining('not JSON') });
  expect(await health(200, {})).toMatchObject({ detail: expect.stringContaining('is no list') });
  expect(await health(200, { totalResults: 0 })).toMatchObject({ detail: expect.stringContaining('lists nobody') });
  expect(await health(200, { Resources: [{ id: 1 }] })).toMatchObject({ detail: expect.stringContaining('no use') });
  server.answer = undefined;
  await expect(openWith(scim, { url: server.url, token: 'secret-of-mine' }, '/')).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: expect.not.stringContaining('secret-of-mine'),
  });
});

it('refuses addresses that are none of a server', () => {
  for (const url of ['ftp://x.example', 'https://u:p@x.example/scim', 'https://x.example/scim?x=1', 'x.example'])
    expect(scim.options.safeParse({ url, token: 'x' }).success, url).toBe(false);
});

it('leaves the server alone for as long as Okta asks', async () => {
  const connector = await open();
  let refusals = 0;
  // By the server's clock, which is far from ours.
  server.answer = ({ path }) => {
    if (path !== '/Groups' || ++refusals > 1) return undefined;
    const date = new Date('2001-01-01T00:00:00Z');
    const reset = String(date.getTime() / 1_000 + 600);
    return { status: 429, headers: { 'x-rate-limit-reset': reset, date: date.toUTCString() }, body: {} };
  };
  await expect(store.run(connector)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 600_000 });
  await store.run(connector);
  expect(keys()).toEqual(ids.toSorted());
});
