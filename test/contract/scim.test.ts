import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import { ScimServer, TOKEN } from '../servers/scimmy.ts';
import { connectorContract } from './connector-contract.ts';

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
