import { basename } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { isInstalled, READER, startSlapd, type Slapd, type Values } from '../servers/slapd.ts';
import { connectorContract } from './connector-contract.ts';
import { directoryContract } from './directory-contract.ts';
import type { DirectorySeed } from './directory-seeds.ts';

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

  directoryContract({
    kind: ldap,
    options: (folder) => ({
      url: slapd?.url ?? 'ldap://x',
      baseDn: baseOf(folder),
      pageSize: 2,
      attributes: { aliases: 'labeledURI' },
      ...READER,
    }),
    write: (folder, seed) => hold(baseOf(folder), seed),
    cannot: {},
  });
});

/** What was written below a base: where each entry lies, and with which values. */
const entries = new Map<string, Map<string, { readonly dn: string; readonly values: Values }>>();

/** Makes the entries below a base those of a seed; what is as it was is left alone. */
async function hold(base: string, { people, groups }: DirectorySeed): Promise<void> {
  const before = entries.get(base) ?? new Map<string, { readonly dn: string; readonly values: Values }>();
  if (!entries.has(base)) {
    for (const dn of [base, `ou=hq,${base}`, `ou=lab,${base}`])
      await slapd.add(dn, { objectClass: 'organizationalUnit', ou: dn.slice(3, dn.indexOf(',')) });
    entries.set(base, before);
  }
  const after = new Map<string, { readonly dn: string; readonly values: Values }>();
  const dnOf = (member: string): string => after.get(member)?.dn ?? `cn=${member.replace('group:', '')},${base}`;
  for (const { id, place, name, title, mails, usernames, aliases, hasLeft } of people)
    after.set(id, {
      dn: `uid=${id},ou=${place},${base}`,
      values: {
        cn: name,
        sn: name,
        title,
        mail: mails,
        uid: usernames,
        labeledURI: aliases,
        employeeType: hasLeft ? 'former' : 'active',
      },
    });
  for (const [name, members] of Object.entries(groups))
    after.set(`group:${name}`, { dn: `cn=${name},${base}`, values: { member: members.map(dnOf) } });
  for (const [id, { dn }] of before) if (!after.has(id)) await slapd.remove(dn);
  for (const [id, { dn, values }] of after) {
    const old = before.get(id);
    const isGroup = id.startsWith('group:');
    if (old === undefined) {
      const full = { objectClass: isGroup ? 'groupOfNames' : 'inetOrgPerson', ...values };
      await slapd.add(dn, Object.fromEntries(Object.entries(full).filter(([, value]) => value.length > 0)));
      continue;
    }
    if (old.dn !== dn) await slapd.rename(old.dn, dn);
    if (JSON.stringify(old.values) !== JSON.stringify(values)) await slapd.modify(dn, values);
  }
  entries.set(base, after);
}
