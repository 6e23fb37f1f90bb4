import { describe, expect, it } from 'vitest';
import type { DirectoryItem, GroupItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { vendorOf } from '../../subgraphs/directory/connectors/ldap/vendors.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { fillStore } from '../helpers/memberships.ts';
import { startFakeDirectory, type FakeEntry, type FakeSearch } from './ldap-fake.ts';

const BASE = 'dc=corp,dc=example';
const GUID = Buffer.from('33221100554477668899aabbccddeeff', 'hex');

/** S-1-5-21-1-2-4294967295-<id>, as the server has it ([MS-DTYP] 2.4.2.2). */
function sid(id: number): Buffer {
  const bytes = Buffer.from('01050000000000051500000001000000 02000000ffffffff00000000'.replace(' ', ''), 'hex');
  bytes.writeUInt32LE(id, 24);
  return bytes;
}

/** Active Directory as far as it is odd: binary ids, members in parts, change numbers of each controller's own. */
class ActiveDirectory {
  controller = 'CN=NTDS Settings,CN=DC1';
  usn = 7;
  control = '512';
  primaryGroup = 513;
  readonly members = Array.from({ length: 3200 }, (_, index) => `CN=M${index},${BASE}`);

  readonly find = ({ base, isBase, filter, attributes }: FakeSearch): readonly FakeEntry[] => {
    if (base === '') {
      const supportedCapabilities = ['1.2.840.113556.1.4.800'];
      return [{ dn: '', attributes: { supportedCapabilities, dsServiceName: [this.controller] } }];
    }
    const asked = attributes
      .map((name) => /^member;range=(\d+)-\*$/.exec(name)?.[1])
      .find((from) => from !== undefined);
    if (asked !== undefined) return [this.#group(Number(asked))];
    const entries = [this.#ann(), this.#group(0), this.#domainUsers()];
    if (isBase) return entries.filter(({ dn }) => dn === base);
    return /objectClass=group\b/i.test(filter) ? entries.slice(1) : entries.slice(0, 1);
  };

  #ann(): FakeEntry {
    return {
      dn: `CN=Ann,${BASE}`,
      attributes: {
        objectClass: ['top', 'person', 'organizationalPerson', 'user'],
        objectGUID: [GUID],
        uSNChanged: [String(this.usn)],
        objectSid: [sid(1104)],
        primaryGroupID: [String(this.primaryGroup)],
        cn: ['Ann'],
        sAMAccountName: ['Ann'],
        userAccountControl: [this.control],
        proxyAddresses: ['smtp:a@corp.example', 'SMTP:Ann@corp.example', 'x500:/o=x'],
      },
    };
  }

  #domainUsers(): FakeEntry {
    const cn = 'Domain Users';
    const values = { objectGUID: [Buffer.alloc(16, 2)], objectSid: [sid(513)], uSNChanged: ['3'], cn: [cn] };
    return { dn: `CN=${cn},${BASE}`, attributes: { objectClass: ['group'], ...values } };
  }

  #group(from: number): FakeEntry {
    const isLast = from + 1500 >= this.members.length;
    const part = `member;range=${from}-${isLast ? '*' : from + 1499}`;
    return {
      dn: `CN=All,${BASE}`,
      attributes: {
        objectClass: ['group'],
        objectGUID: [Buffer.alloc(16, 1)],
        uSNChanged: ['5'],
        objectSid: [sid(1105)],
        cn: ['All'],
        member: [],
        [part]: this.members.slice(from, from + 1500),
      },
    };
  }
}

async function activeDirectory() {
  const directory = new ActiveDirectory();
  const server = await startFakeDirectory(directory.find);
  const login = { bindDn: 'reader@corp.example', password: 'x' };
  const connector = await openWith(ldap, { url: server.url, baseDn: BASE, ...login }, '/');
  const store = new MemoryStore<DirectoryItem>();
  await store.run(connector);
  const run = async () =>
    (await store.run(connector)).flatMap(({ upserts }) => upserts.map(({ reference }) => reference));
  const members = (name: string) =>
    [...store.items.values()].find((item) => item.kind === 'group' && item.name === name) as GroupItem | undefined;
  return {
    directory,
    server,
    store,
    run,
    members: (name: string) => members(name)?.members,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

it.each<[name: string, root: Record<string, string[]>]>([
  ['Active Directory', { supportedcapabilities: ['1.2.840.113556.1.4.1670', '1.2.840.113556.1.4.800'] }],
  ['FreeIPA', { vendorname: ['389 Project'], ipatopologypluginversion: ['1.0'] }],
  ['389 Directory Server', { vendorname: ['389 Project'] }],
  ['OpenLDAP', { objectclass: ['top', 'OpenLDAProotDSE'] }],
  ['LDAP server', { vendorname: ['Somebody'] }],
])('knows %s by its root DSE', (name, root) => {
  expect(vendorOf({ dn: '', attributes: new Map(Object.entries(root)) }).name).toBe(name);
});

describe('ldap on Active Directory', () => {
  it('writes objectGUID as Active Directory itself does', async () => {
    await using ad = await activeDirectory();
    expect(ad.store.items.get('00112233-4455-6677-8899-aabbccddeeff')).toMatchObject({
      kind: 'person',
      usernames: ['ann'],
      mails: ['a@corp.example', 'ann@corp.example'],
      active: true,
    });
  });

  it('gets all members of a group that come in parts', async () => {
    await using ad = await activeDirectory();
    const members = ad.members('All');
    expect(members).toHaveLength(3200);
    expect(members?.at(-1)).toBe(`cn=m3199,${BASE}`);
  });

  it('reads what has another uSNChanged, and all when another controller answers, which counts on its own', async () => {
    await using ad = await activeDirectory();
    expect(await ad.run()).toEqual([]);
    ad.directory.usn++;
    ad.directory.control = '514';
    expect(await ad.run()).toEqual([`cn=ann,${BASE}`]);
    expect([...ad.store.items.values()]).toContainEqual(expect.objectContaining({ active: false }));
    ad.directory.controller = 'CN=NTDS Settings,CN=DC2';
    expect(await ad.run()).toHaveLength(3);
    expect(ad.store.items.size).toBe(3);
  });

  it('counts people as members of their primary group, which says nothing of them', async () => {
    await using ad = await activeDirectory();
    expect(ad.members('Domain Users')).toEqual([`cn=ann,${BASE}`]);
    ad.directory.primaryGroup = 1105;
    ad.directory.usn++;
    expect(await ad.run()).toEqual([`cn=ann,${BASE}`, `cn=all,${BASE}`, `cn=domain users,${BASE}`]);
    expect(ad.members('Domain Users')).toEqual([]);
    expect(ad.members('All')?.at(-1)).toBe(`cn=ann,${BASE}`);
    expect(await ad.run()).toEqual([]);
  });

  it('asks for no passwords and no photos', async () => {
    await using ad = await activeDirectory();
    const asked = ad.server.searches.filter(({ base }) => base !== '').flatMap(({ attributes }) => attributes);
    expect(asked).toContain('cn');
    expect(asked.filter((name) => /password|unicodepwd|photo|[*+]$/i.test(name) && !/range=/.test(name))).toEqual([]);
  });
});

describe('ldap on FreeIPA and 389 Directory Server', () => {
  const root = {
    vendorName: ['389 Project'],
    vendorVersion: ['389-Directory/2.4.5'],
    netscapemdsuffix: ['cn=ldap://ipa'],
  };
  const ipa = { ...root, ipatopologypluginversion: ['1.0'], ipaDomainLevel: ['1'] };

  async function load(rootDse: Record<string, string[]>) {
    const lock = { values: ['FALSE'] };
    const person = (uid: string, values: Record<string, string[]>): FakeEntry => ({
      dn: `uid=${uid},cn=users,${BASE}`,
      attributes: {
        objectClass: ['top', 'person', 'inetorgperson'],
        uid: [uid],
        cn: [uid],
        entryUSN: ['7'],
        ...values,
      },
    });
    const group = (cn: string, member: string[]): FakeEntry => ({
      dn: `cn=${cn},cn=groups,${BASE}`,
      attributes: {
        objectClass: ['groupofnames', 'ipausergroup'],
        cn: [cn],
        nsUniqueId: [`n-${cn}`],
        entryUSN: ['7'],
        member,
      },
    });
    const find = ({ base, isBase, filter }: FakeSearch): readonly FakeEntry[] => {
      if (base === '') return [{ dn: '', attributes: rootDse }];
      const people = [
        person('ann', { ipaUniqueID: ['0a1b2c3d-0000-11ee-8000-525400000001'], nsUniqueId: ['x'] }),
        person('bo', { nsUniqueId: ['9F8E7D6C-1dd211b2-80D8dc2c-97e30000'], nsAccountLock: lock.values }),
      ];
      const groups = [
        group('inner', [`uid=bo,cn=users,${BASE}`]),
        group('outer', [`cn=inner,cn=groups,${BASE}`, `uid=ann,cn=users,${BASE}`]),
      ];
      if (isBase) return [...people, ...groups].filter(({ dn }) => dn === base);
      return /objectClass=(?:ipaUserGroup|groupOfNames)/i.test(filter) ? groups : people;
    };
    const server = await startFakeDirectory(find);
    const connector = await openWith(ldap, { url: server.url, baseDn: BASE }, '/');
    return { server, lock, connector, store: await fillStore(connector) };
  }

  it.each([
    ['FreeIPA', ipa],
    ['389 Directory Server', root],
  ])(
    'knows people by the ids of %s, nested groups, and whom a role locks without a change of the entry',
    async (_name, dse) => {
      const { server, lock, store } = await load(dse);
      await using _server = server;
      await using _store = store;
      const keys = () => store.people().map(({ key, active }) => `${key} ${active}`);
      const bo = '9f8e7d6c-1dd211b2-80d8dc2c-97e30000';
      expect(keys()).toEqual(['0a1b2c3d-0000-11ee-8000-525400000001 1', `${bo} 1`]);
      expect(store.memberships()).toEqual({ ann: ['outer'], bo: ['inner', 'outer'] });
      lock.values = ['TRUE'];
      await store.sync();
      expect(keys()).toEqual(['0a1b2c3d-0000-11ee-8000-525400000001 1', `${bo} 0`]);
      expect(store.problems()).toEqual([]);
    },
  );
});
