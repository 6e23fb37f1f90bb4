import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DirectoryItem, GroupItem, PersonItem } from '../../subgraphs/directory/connector.ts';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ENTERPRISE, ScimServer, TOKEN } from '../servers/scimmy.ts';

let server: ScimServer;
let store: MemoryStore<DirectoryItem>;
beforeEach(async () => {
  server = await ScimServer.start();
  store = new MemoryStore();
});
afterEach(async () => {
  vi.useRealTimers();
  await server[Symbol.asyncDispose]();
});

const open = (options: object = {}): Promise<Connector<DirectoryItem>> =>
  openWith(scim, { url: server.url, token: TOKEN, ...options }, '/');
const people = (): PersonItem[] => [...store.items.values()].filter((item) => item.kind === 'person');
const groups = (): GroupItem[] => [...store.items.values()].filter((item) => item.kind === 'group');
const names = (): string[] =>
  people()
    .map(({ name }) => name)
    .toSorted();
const addMany = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await server.addUser({ userName: `u${n}`, displayName: `User ${n}` }));
  return ids;
};
/** Sets only what `Date` says, not what timers do. */
const at = (moment: string): void => void vi.useFakeTimers({ now: new Date(moment), toFake: ['Date'] });

it('reads all that a user tells, and leaves out what is private', async () => {
  const boss = await server.addUser({ userName: 'boss', displayName: 'Bo Boss' });
  const id = await server.addUser({
    userName: 'Ada.Ash@Kestrel.example',
    name: { givenName: 'Ada', familyName: 'Ash' },
    title: 'Engineer',
    emails: [
      { value: 'ada@home.example', type: 'home' },
      { value: 'ada@kestrel.example', type: 'work' },
      { value: 'Ada.Ash@kestrel.example', type: 'other', primary: true },
    ],
    phoneNumbers: [
      { value: 'tel:+1-555-0100', type: 'home' },
      { value: 'tel:+1-555-0101', type: 'mobile' },
      { value: 'tel:+1-555-0102', type: 'work' },
    ],
    addresses: [
      { type: 'home', locality: 'Nowhere' },
      { type: 'work', locality: 'Bergen', country: 'NO' },
    ],
    photos: [
      { value: 'https://x.example/ada-small.png', type: 'thumbnail' },
      { value: 'https://x.example/ada.png', type: 'photo' },
    ],
    [ENTERPRISE]: { department: 'Platform', employeeNumber: '42', manager: { value: boss } },
  });
  await store.run(await open());
  const manager = store.items.get(boss)?.reference;
  expect(store.items.get(id)).toEqual({
    kind: 'person',
    key: id,
    version: expect.any(String),
    name: 'Ada Ash',
    givenName: 'Ada',
    familyName: 'Ash',
    title: 'Engineer',
    department: 'Platform',
    location: 'Bergen',
    phone: '+1-555-0102',
    photoUrl: 'https://x.example/ada.png',
    mails: ['ada.ash@kestrel.example', 'ada@kestrel.example', 'ada@home.example'],
    usernames: ['ada.ash@kestrel.example'],
    aliases: [],
    manager,
    reference: expect.any(String),
    skills: [],
    interests: [],
    active: true,
    updatedAt: expect.any(String),
  });
  expect(store.problems).toEqual([]);
});

it('shows photos that are on the web alone, the primary one first', async () => {
  const data = `data:image/png;base64,${'A'.repeat(500)}`;
  const photosOf: Record<string, unknown> = {
    primary: [{ value: 'https://x.example/a.png' }, { value: 'http://x.example/b.png', primary: true }],
    small: [
      { value: data, type: 'photo' },
      { value: 'https://x.example/s.png', type: 'thumbnail' },
    ],
    plain: 'https://x.example/p.png',
    script: [{ value: 'javascript:alert(1)' }, { value: 'https://me:secret@x.example/' }],
    bytes: [{ value: data }],
    broken: { value: 7 },
    none: [{ type: 'photo' }, null],
  };
  server.twist = (body, { path }) =>
    path === '/Users' ? list(Object.entries(photosOf).map(([id, photos]) => ({ id, userName: id, photos }))) : body;
  await store.run(await open());
  const shown = people().flatMap(({ key, photoUrl }) => (photoUrl === undefined ? [] : [[key, photoUrl]]));
  expect(Object.fromEntries(shown)).toEqual({
    primary: 'http://x.example/b.png',
    small: 'https://x.example/s.png',
    plain: 'https://x.example/p.png',
  });
  expect(people()).toHaveLength(7);
  expect(store.problems.map(({ place }) => place)).toEqual(
    ['small', 'script', 'script', 'bytes', 'broken'].map((id) => `/Users/${id}`),
  );
  expect(store.problems[0]?.reason).toBe(`the photo "${data.slice(0, 100)}" is not a web address`);
});

it('tells ids that differ by case only apart, and people from groups of the same id', async () => {
  server.twist = (body, { path }) =>
    path === '/Users'
      ? list([
          { id: 'aB', userName: 'upper' },
          { id: 'ab', userName: 'lower' },
          { id: 7, userName: 'number' },
        ])
      : path === '/Groups'
        ? list([{ id: '7', displayName: 'Seven', members: [{ value: 'aB' }, { value: '7' }] }])
        : body;
  await store.run(await open());
  expect([...store.items.keys()].sort()).toEqual(['7', 'aB', 'ab', 'group:7']);
  const references = people().map(({ reference }) => reference.toLowerCase());
  expect(new Set(references).size).toBe(3);
  const [upper, number] = ['aB', '7'].map((id) => store.items.get(id)?.reference);
  expect(groups()[0]?.members.toSorted()).toEqual([number, upper]);
});

it('knows members by type, by $ref, or by what their id is', async () => {
  const [ada = '', bo = ''] = await addMany(2);
  const inner = await server.addGroup({ displayName: 'inner' });
  server.twist = (body, { path }) => {
    if (path !== '/Groups') return body;
    const members = [
      { value: ada },
      { $ref: `https://x.example/scim/v2/Users/${bo}` },
      { value: inner, $ref: `../Groups/${inner}` },
      { value: 'later', type: 'Group' },
      { value: '' },
      null,
    ];
    return list([
      { id: 'outer', displayName: 'outer', members },
      { id: inner, displayName: 'inner', members: [] },
    ]);
  };
  await store.run(await open());
  const referenceOf = (key: string): string => store.items.get(key)?.reference ?? '';
  expect(groups().find(({ name }) => name === 'outer')?.members).toEqual(
    [referenceOf(ada), referenceOf(bo), referenceOf(`group:${inner}`), 'groups/later'].toSorted(),
  );
});

it('asks a group for members that a list leaves out', async () => {
  const [ada] = await addMany(1);
  const id = await server.addGroup({ displayName: 'team', members: [{ value: ada, type: 'User' }] });
  server.twist = (body, { path }) =>
    path === '/Groups'
      ? list([
          { id, displayName: 'team' },
          { id: '..', displayName: 'up' },
        ])
      : body;
  await store.run(await open());
  expect(groups().map(({ name, members }) => [name, members.length])).toEqual([
    ['team', 1],
    ['up', 0],
  ]);
});

it('reads what Entra ID and other servers write their own way', async () => {
  server.twist = (body, { path }) =>
    path !== '/Users'
      ? body
      : list([
          {
            ID: 'a',
            UserName: 'Ada',
            DisplayName: 'Ada',
            Active: 'False',
            emails: { value: 'mailto:ADA@kestrel.example', primary: 'True' },
            [`${ENTERPRISE}:department`]: 'Platform',
            [ENTERPRISE]: { manager: { value: 'b', displayName: 'Bo' } },
            'urn:ietf:params:scim:schemas:extension:other:2.0:User': { title: 'Not this' },
          },
          {
            id: 'b',
            'urn:ietf:params:scim:schemas:core:2.0:User:userName': 'bo',
            active: 'True',
            emails: ['bo@kestrel.example', 'no mail'],
            [ENTERPRISE]: { manager: 'c' },
            meta: { lastModified: 'yesterday' },
          },
          { id: 'c', userName: 'cy', active: null, [ENTERPRISE]: { manager: { $ref: '../Users/a' } }, emails: [[[1]]] },
          { id: 'd' },
          'nonsense',
        ]);
  await store.run(await open());
  expect(
    people().map(({ key, name, active, mails, department, manager, title }) =>
      [key, name, active, mails[0], department, manager, title].map((value) => value ?? null),
    ),
  ).toEqual([
    ['a', 'Ada', false, 'ada@kestrel.example', 'Platform', 'users/b', null],
    ['b', 'bo', true, 'bo@kestrel.example', null, 'users/c', null],
    ['c', 'cy', true, null, null, 'users/a', null],
  ]);
  expect(store.problems).toEqual([
    { place: '/Users/b', item: 'b', reason: '"no mail" is not a mail address' },
    { place: '/Users/d', reason: 'has no displayName, name or userName' },
  ]);
});

it('asks for changes and for ids where the server filters, and sees edits, leavers and deletions', async () => {
  const [ada = '', bo = '', cy = ''] = await addMany(3);
  const team = await server.addGroup({ displayName: 'team', members: [{ value: ada, type: 'User' }] });
  const connector = await open({ pageSize: 2 });
  await store.run(connector);
  server.lists();
  await server.patch(`/Users/${ada}`, { displayName: 'Ada' });
  await server.patch(`/Users/${bo}`, { active: false });
  await server.write('DELETE', `/Users/${cy}`);
  await server.addUser({ userName: 'dee', displayName: 'Dee' });
  await server.write('PUT', `/Groups/${team}`, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'team',
    members: [{ value: bo, type: 'User' }],
  });
  await store.run(connector);
  expect(people().map(({ name, active }) => [name, active])).toEqual([
    ['Ada', true],
    ['User 1', false],
    ['Dee', true],
  ]);
  expect(groups()[0]?.members).toEqual([store.items.get(bo)?.reference]);
  expect(new Set(server.lists())).toEqual(
    new Set(['Users by filter', 'Groups by filter', 'Users by attributes', 'Groups by attributes']),
  );
});

it('reads what no change told of', async () => {
  at('2026-03-01T12:00:00Z');
  await addMany(2);
  const connector = await open();
  await store.run(connector);
  // Brought in by a restore, with the date it had.
  server.now = () => new Date('2020-01-01T00:00:00Z');
  await server.addUser({ userName: 'old', displayName: 'Old' });
  server.lists();
  await store.run(connector);
  expect(names()).toEqual(['Old', 'User 0', 'User 1']);
  expect(server.lists()).not.toContain('Users');
});

it('reads everything once a day even where changes are told', async () => {
  at('2026-03-01T12:00:00Z');
  const [ada = ''] = await addMany(1);
  const connector = await open();
  await store.run(connector);
  // Changed without being dated.
  server.now = () => new Date('2020-01-01T00:00:00Z');
  await server.patch(`/Users/${ada}`, { displayName: 'Ada' });
  server.users.set('x', {
    ...server.users.get(ada)!,
    id: 'x',
    meta: { created: '2020-01-01T00:00:00Z', lastModified: '2026-03-01T12:00:00Z' },
  });
  server.lists();
  await store.run(connector);
  expect(server.lists()).not.toContain('Users');
  expect(names()).toEqual(['Ada', 'User 0']);
  at('2026-03-02T12:00:01Z');
  await store.run(connector);
  expect(server.lists()).toContain('Users');
  expect(names()).toEqual(['Ada', 'Ada']);
});

it('lists ids of a large directory once an hour', async () => {
  at('2026-03-01T12:00:00Z');
  const [ada = ''] = await addMany(1);
  const resource = server.users.get(ada)!;
  for (let n = 0; n < 2_001; n++) server.users.set(`n${n}`, { ...resource, id: `n${n}` });
  server.answer = (request) => (request.path === '/Users' ? server.page(request) : undefined);
  const connector = await open({ pageSize: 1_000 });
  await store.run(connector);
  at('2026-03-01T12:30:00Z');
  server.users.delete('n7');
  server.lists();
  await store.run(connector);
  expect(server.lists()).not.toContain('Users by attributes');
  expect(store.items.has('n7')).toBe(true);
  at('2026-03-01T13:00:00Z');
  await store.run(connector);
  expect(server.lists()).toContain('Users by attributes');
  expect(store.items.has('n7')).toBe(false);
  expect(store.items.size).toBe(2_001);
});

it('leaves groups alone where that is wanted, and says how where there are none', async () => {
  await addMany(1);
  server.answer = ({ path }) => (path === '/Groups' ? { status: 404, body: '{}' } : undefined);
  await expect(store.run(await open())).rejects.toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining('`groups: false`'),
  });
  store = new MemoryStore();
  await store.run(await open({ groups: false }));
  expect(names()).toEqual(['User 0']);
});

/** A list that holds all there is. */
function list(all: readonly unknown[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: all.length, Resources: all };
}
