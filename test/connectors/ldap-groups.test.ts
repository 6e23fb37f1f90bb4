import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { openWith } from '../contract/connector-contract.ts';
import { fillStore } from '../helpers/memberships.ts';
import { isInstalled, READER, startSlapd, type Slapd } from '../servers/slapd.ts';

const isHere = isInstalled();

describe.skipIf(!isHere)('ldap, who is in which group', () => {
  let slapd: Slapd;
  let base = '';
  beforeAll(async () => {
    slapd = await startSlapd();
    base = `ou=groups,${slapd.suffix}`;
    await slapd.add(base, { objectClass: 'organizationalUnit' });
    for (const uid of ['ann', 'bo', 'cleo', 'dora'])
      await slapd.add(`uid=${uid},${base}`, { objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid });
    await slapd.add(`cn=Doe\\, J \\+ \\"X\\" \\3d \\C3\\A9,${base}`, {
      objectClass: 'inetOrgPerson',
      sn: 'x',
      displayName: 'odd',
    });
    await group('empty but itself', ['cn=empty but itself']);
    await group('inner', ['uid=ann']);
    await group('middle', ['cn=inner', 'uid=bo']);
    await group('outer', ['cn=middle', 'cn=doe\\2c j \\2b \\22X\\22 \\= é', 'uid=nobody']);
    await group('circle', ['cn=outer', 'cn=round']);
    await group('round', ['cn=circle', 'uid=cleo']);
    await slapd.add(`cn=unique,${base}`, {
      objectClass: 'groupOfUniqueNames',
      uniqueMember: [`uid=bo,${base}#'0101'B`, `cn=inner,${base}`],
    });
    await slapd.add(`cn=unix,${base}`, { objectClass: 'posixGroup', gidNumber: '1', memberUid: ['CLEO', 'root'] });
  });
  afterAll(() => slapd?.[Symbol.asyncDispose]());
  const group = (cn: string, members: readonly string[]) =>
    slapd.add(`cn=${cn},${base}`, { objectClass: 'groupOfNames', member: members.map((name) => `${name},${base}`) });
  const open = (options: object = {}) =>
    openWith(ldap, { url: slapd.url, baseDn: base, pageSize: 3, ...READER, ...options }, '/');

  it('is exact for everybody and every group, nested, circular, and with odd names', async () => {
    await using store = await fillStore(await open());
    const within = {
      ann: ['inner', 'middle', 'outer', 'circle', 'round', 'unique'],
      bo: ['middle', 'outer', 'circle', 'round', 'unique'],
    };
    const expected = { ...within, cleo: ['round', 'circle', 'unix'], dora: [], odd: ['outer', 'circle', 'round'] };
    const sorted = Object.entries(expected).map(([name, groups]) => [name, (groups as string[]).toSorted()]);
    expect(store.memberships()).toEqual(Object.fromEntries(sorted));
    expect(store.problems()).toEqual([
      expect.stringMatching(/^cn=circle,.*inside itself/),
      expect.stringMatching(/^cn=empty but itself,.*inside itself/),
      expect.stringMatching(/^cn=outer,.* \(members\): .*uid=nobody,/),
      expect.stringMatching(/^cn=round,.*inside itself/),
      expect.stringMatching(/^cn=unix,.* \(members\): .*: root$/),
    ]);
  });

  it('keeps the first of two that share a key for good, and says so in every run', async () => {
    const ou = `ou=twice,${slapd.suffix}`;
    await slapd.add(ou, { objectClass: 'organizationalUnit' });
    const add = (uid: string) =>
      slapd.add(`uid=${uid},${ou}`, { objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid, employeeNumber: '1' });
    await add('first');
    await using store = await fillStore(await open({ baseDn: ou, attributes: { key: 'employeeNumber' } }));
    await add('second');
    for (let run = 0; run < 3; run++) {
      await store.sync();
      expect(store.people().map(({ name }) => name)).toEqual(['first']);
      expect(store.problems()).toEqual([
        `uid=second,${ou}: the key 1 belongs to uid=first,${ou} already; this entry is left out`,
      ]);
    }
  });
});
