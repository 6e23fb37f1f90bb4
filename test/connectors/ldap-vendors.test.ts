import { describe, expect, it } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { vendorOf } from '../../subgraphs/directory/connectors/ldap/vendors.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { startFakeDirectory, type FakeEntry, type FakeSearch } from './ldap-fake.ts';

const BASE = 'dc=corp,dc=example';
const GUID = Buffer.from('33221100554477668899aabbccddeeff', 'hex');

/** Active Directory as far as it is odd: binary ids, members in parts, change numbers of each controller's own. */
class ActiveDirectory {
  controller = 'CN=NTDS Settings,CN=DC1';
  usn = 7;
  control = '512';
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
    const entries = [this.#ann(), this.#group(0)];
    if (isBase) return entries.filter(({ dn }) => dn === base);
    return entries.slice(...(/objectClass=group\b/i.test(filter) ? [1] : [0, 1]));
  };

  #ann(): FakeEntry {
    return {
      dn: `CN=Ann,${BASE}`,
      attributes: {
        objectClass: ['top', 'person', 'organizationalPerson', 'user'],
        objectGUID: [GUID],
        uSNChanged: [String(this.usn)],
        cn: ['Ann'],
        sAMAccountName: ['Ann'],
        userAccountControl: [this.control],
        proxyAddresses: ['smtp:a@corp.example', 'SMTP:Ann@corp.example', 'x500:/o=x'],
      },
    };
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
  return { directory, server, store, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
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
    const group = [...ad.store.items.values()].find((item) => item.kind === 'group');
    expect(group?.members).toHaveLength(3200);
    expect(group?.members.at(-1)).toBe(`cn=m3199,${BASE}`);
  });

  it('reads what has another uSNChanged, and all when another controller answers, which counts on its own', async () => {
    await using ad = await activeDirectory();
    expect(await ad.run()).toEqual([]);
    ad.directory.usn++;
    ad.directory.control = '514';
    expect(await ad.run()).toEqual([`cn=ann,${BASE}`]);
    expect([...ad.store.items.values()]).toContainEqual(expect.objectContaining({ active: false }));
    ad.directory.controller = 'CN=NTDS Settings,CN=DC2';
    expect(await ad.run()).toHaveLength(2);
    expect(ad.store.items.size).toBe(2);
  });

  it('asks for no passwords and no photos', async () => {
    await using ad = await activeDirectory();
    const asked = ad.server.searches.filter(({ base }) => base !== '').flatMap(({ attributes }) => attributes);
    expect(asked).toContain('cn');
    expect(asked.filter((name) => /password|unicodepwd|photo|[*+]$/i.test(name) && !/range=/.test(name))).toEqual([]);
  });
});
