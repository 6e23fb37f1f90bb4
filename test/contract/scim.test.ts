import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import { ScimServer, TOKEN } from '../servers/scimmy.ts';
import { connectorContract } from './connector-contract.ts';
import { directoryContract } from './directory-contract.ts';
import type { DirectorySeed } from './directory-seeds.ts';

let server: ScimServer;
beforeAll(async () => void (server = await ScimServer.start()));
afterAll(() => server[Symbol.asyncDispose]());

interface Person {
  readonly id: string;
  readonly name: string;
  readonly mail: string;
  readonly title: string;
}
const person = (number: number): Person => ({
  id: `p${number}`,
  name: `Person ${number}`,
  mail: `p${number}@kestrel.example`,
  title: 'Engineer',
});
const SPECIAL = [
  '"quoted", \'single\'; semi',
  'Zoë Ångström-Łuczak',
  '日本語 العربية עברית',
  '👩‍🚀 rocket 🇸🇪',
  '100% \\ back & <b> amp &amp; + plus',
  '__proto__',
  ': < #',
];

/** The server's id of each person, and what was written. */
const written = new Map<string, readonly [id: string, seed: Person]>();
const resourceOf = ({ id, name, mail, title }: Person) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: id,
  displayName: name,
  title,
  emails: [{ value: mail, primary: true }],
});

connectorContract<DirectoryItem, Person>({
  kind: scim,
  // The server is there while this folder is.
  path: (at) => join(at, 'server'),
  mends: 'set `url`',
  options: () => ({ url: server?.url ?? 'http://127.0.0.1/', token: TOKEN }),
  seed: person,
  special: SPECIAL.map((name, index) => ({ ...person(index), name, title: name })),
  change: (seed) => ({ ...seed, title: 'Head of Engineering' }),
  see: (item) =>
    item.kind === 'person'
      ? { id: item.usernames[0] ?? '', name: item.name, mail: item.mails[0] ?? '', title: item.title ?? '' }
      : undefined,
  nameOf: ({ id }) => id,
  many: 230,
  write: async (at, seeds) => {
    const there = join(at, 'server');
    if (!existsSync(there)) {
      await mkdir(there);
      server.users.clear();
      written.clear();
      server.answer = () => (existsSync(there) ? undefined : { status: 404, body: '<h1>Not here</h1>' });
    }
    const after = new Map(seeds.map((seed) => [seed.id, seed]));
    for (const [name, [id]] of written) {
      if (after.has(name)) continue;
      await server.write('DELETE', `/Users/${id}`);
      written.delete(name);
    }
    for (const [name, seed] of after) {
      const [id, before] = written.get(name) ?? [];
      if (id === undefined) written.set(name, [await server.addUser(resourceOf(seed)), seed]);
      else if (JSON.stringify(before) !== JSON.stringify(seed)) {
        await server.write('PUT', `/Users/${id}`, resourceOf(seed));
        written.set(name, [id, seed]);
      }
    }
  },
});

/** One server for each folder, and what was written there: the server's ids, and the resources. */
interface Held {
  readonly server: ScimServer;
  readonly ids: Map<string, string>;
  readonly resources: Map<string, string>;
}
const servers = new Map<string, Held>();
afterAll(async () => {
  for (const one of servers.values()) await one.server[Symbol.asyncDispose]();
});

async function hold(at: string, { people, groups }: DirectorySeed): Promise<void> {
  const held = servers.get(at) ?? { server: await ScimServer.start(), ids: new Map(), resources: new Map() };
  servers.set(at, held);
  const { server: own, ids, resources } = held;
  const put = async (name: string, resource: Readonly<Record<string, unknown>>): Promise<void> => {
    const isGroup = name.startsWith('group:');
    const id = ids.get(name) ?? (await (isGroup ? own.addGroup(resource) : own.addUser(resource)));
    const before = resources.get(name);
    const after = JSON.stringify(resource);
    if (ids.has(name) && before !== after) {
      const schemas = [`urn:ietf:params:scim:schemas:core:2.0:${isGroup ? 'Group' : 'User'}`];
      await own.write('PUT', `/${isGroup ? 'Groups' : 'Users'}/${id}`, { schemas, ...resource });
    }
    ids.set(name, id);
    resources.set(name, after);
  };
  const kept = new Set([...people.map(({ id }) => id), ...Object.keys(groups).map((name) => `group:${name}`)]);
  for (const [name, id] of ids) {
    if (kept.has(name)) continue;
    await own.write('DELETE', `/${name.startsWith('group:') ? 'Groups' : 'Users'}/${id}`);
    ids.delete(name);
    resources.delete(name);
  }
  for (const { id, name, title, mails, usernames, hasLeft } of people)
    await put(id, {
      userName: usernames[0],
      displayName: name,
      title,
      emails: mails.map((value, index) => ({ value, primary: index === 0 })),
      active: !hasLeft,
    });
  // Groups inside others have to be there before them.
  for (const name of Object.keys(groups))
    if (!ids.has(`group:${name}`)) await put(`group:${name}`, { displayName: name });
  for (const [name, members] of Object.entries(groups))
    await put(`group:${name}`, {
      displayName: name,
      members: members.map((member) => ({
        value: ids.get(member),
        type: member.startsWith('group:') ? 'Group' : 'User',
      })),
    });
}

directoryContract({
  kind: scim,
  options: (at) => ({ url: servers.get(at)?.server.url, token: TOKEN, pageSize: 2 }),
  write: hold,
  cannot: {
    moves: 'an entry has no place but its id',
    aliases: 'SCIM knows no accounts in other tools',
    'several user names': 'SCIM has one user name',
  },
});
