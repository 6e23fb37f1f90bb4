import { basename } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { isInstalled, READER, startSlapd, type Slapd } from '../servers/slapd.ts';
import { connectorContract } from './connector-contract.ts';

const isHere = isInstalled();
let slapd: Slapd;
beforeAll(async () => {
  if (isHere) slapd = await startSlapd();
});
afterAll(() => slapd?.[Symbol.asyncDispose]());

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
  '100% \\ back & <b> amp &amp; \\2c',
  '__proto__',
  ': < #',
  '*)(uid=*',
];

/** What was written below a folder's entry, to write only what changed. */
const written = new Map<string, Map<string, Person>>();

describe.skipIf(!isHere)('ldap on OpenLDAP', () => {
  const baseOf = (folder: string): string => `ou=${basename(folder)},${slapd?.suffix}`;
  const dnOf = (folder: string, { id }: Person): string => `uid=${id},${baseOf(folder)}`;
  const valuesOf = ({ name, mail, title }: Person) => ({ cn: name, sn: name, mail, title });

  connectorContract<DirectoryItem, Person>({
    kind: ldap,
    mends: 'set `baseDn`',
    options: (folder) => ({ url: slapd?.url ?? 'ldap://x', baseDn: baseOf(folder), pageSize: 200, ...READER }),
    remove: (folder) => slapd.removeTree(baseOf(folder)),
    seed: person,
    special: SPECIAL.map((name, index) => ({ ...person(index), name, title: name })),
    change: (seed) => ({ ...seed, title: 'Head of Engineering' }),
    see: (item) =>
      item.kind === 'person'
        ? { id: item.usernames[0] ?? '', name: item.name, mail: item.mails[0] ?? '', title: item.title ?? '' }
        : undefined,
    nameOf: ({ id }) => id,
    many: 1300,
    write: async (folder, seeds) => {
      const before = written.get(folder) ?? new Map<string, Person>();
      if (!written.has(folder))
        await slapd.add(baseOf(folder), { objectClass: 'organizationalUnit', ou: basename(folder) });
      const after = new Map(seeds.map((seed) => [seed.id, seed]));
      written.set(folder, after);
      for (const [id, old] of before) if (!after.has(id)) await slapd.remove(dnOf(folder, old));
      for (const [id, seed] of after) {
        const old = before.get(id);
        if (old === undefined)
          await slapd.add(dnOf(folder, seed), { objectClass: 'inetOrgPerson', uid: id, ...valuesOf(seed) });
        else if (JSON.stringify(old) !== JSON.stringify(seed)) await slapd.modify(dnOf(folder, seed), valuesOf(seed));
      }
    },
  });
});
