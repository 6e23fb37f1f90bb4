import { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryItem, PersonItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { fillStore } from '../helpers/memberships.ts';
import { sambaIsMissing, startSamba, type Samba } from '../servers/samba.ts';

// Asked for by name, this run must not be green with nothing tested.
const missing = sambaIsMissing();
if (missing !== undefined) throw new Error(missing);

/** Samba gives any number of members at once; groups that come in parts are in test/connectors/ldap-vendors.test.ts. */
describe('ldap on a real Samba, as Active Directory', () => {
  let samba: Samba;
  let base = '';
  beforeAll(async () => {
    samba = await startSamba();
    base = `OU=Kestrel,${samba.base}`;
    await samba.add(base, { objectClass: 'organizationalUnit' });
    await person('ann', { title: 'Head', department: 'Research', mail: 'ann@kestrel.example' });
    await person('bo', { manager: `CN=ann,${base}` });
    await person('dora', { userAccountControl: '546' });
    // Tenths of microseconds since 1601: in 2001.
    await person('evan', { accountExpires: '126227808000000000' });
    await samba.add(`CN=Doe\\, Jane \\+ \\"Co\\" #1,${base}`, { ...user('jane'), displayName: 'Jane' });
    await group('inner', ['ann', 'dora']);
    await group('middle', ['inner']);
    await group('outer', ['middle', 'bo', 'Doe\\, Jane \\+ \\"Co\\" #1']);
    await group('staff', ['bo']);
    await group('all staff', ['staff']);
    const { primaryGroupToken } = await samba.read(`CN=staff,${base}`, ['primaryGroupToken']);
    await samba.modify(`CN=bo,${base}`, { primaryGroupID: String(primaryGroupToken) });
  });
  afterAll(() => samba?.[Symbol.asyncDispose]());

  const user = (name: string) => ({ objectClass: 'user', sAMAccountName: name, userAccountControl: '544' });
  const person = (name: string, values: Record<string, string> = {}) =>
    samba.add(`CN=${name},${base}`, { ...user(name), ...values });
  const group = (name: string, members: readonly string[]) =>
    samba.add(`CN=${name},${base}`, {
      objectClass: 'group',
      sAMAccountName: name,
      member: members.map((member) => `CN=${member},${base}`),
    });
  const open = (options: object = {}) =>
    openWith(ldap, { url: samba.url, baseDn: base, groupsBaseDn: samba.base, ...samba.reader, ...options }, '/');
  const load = async (options: object = {}) => {
    const connector = await open(options);
    const store = new MemoryStore<DirectoryItem>();
    await store.run(connector);
    const changed = async () => {
      const batches = await store.run(connector);
      return batches.flatMap(({ upserts }) => upserts.map((item) => item.name)).toSorted();
    };
    const find = (username: string) =>
      [...store.items.values()].find(
        (item): item is PersonItem => item.kind === 'person' && item.usernames.includes(username),
      );
    return { store, changed, find };
  };

  it('reads people whole, and tells who is disabled or expired', async () => {
    const { store, find } = await load();
    expect(find('ann')).toMatchObject({ name: 'ann', title: 'Head', department: 'Research', active: true });
    expect(find('ann')?.mails).toEqual(['ann@kestrel.example']);
    expect(find('bo')?.manager).toBe(find('ann')?.reference);
    expect(['bo', 'dora', 'evan', 'jane'].map((name) => find(name)?.active)).toEqual([true, false, false, true]);
    expect(find('jane')?.name).toBe('Jane');
    expect(store.problems).toEqual([]);
    expect([...store.items.values()].filter(({ kind }) => kind === 'person')).toHaveLength(5);
  });

  it('reads from the root, where the server refers to other trees', async () => {
    const { store, find } = await load({ baseDn: samba.base });
    expect(find('ann')).toBeDefined();
    expect(find('administrator')).toBeDefined();
    // Computers are users by class, and nobody.
    expect(find('dc1$')).toBeUndefined();
    expect(store.problems).toEqual([]);
  });

  it('knows who is in which group as the server itself does, by nested and by primary groups', async () => {
    const connector = await open({ baseDn: samba.base });
    await using store = await fillStore(connector);
    const ours = store.memberships();
    const theirs = await tokenGroups(samba);
    expect(ours).toMatchObject({
      ann: expect.arrayContaining(['inner', 'middle', 'outer', 'domain users']),
      // Whose primary group it was is a member like any other from then on.
      bo: ['all staff', 'domain users', 'outer', 'staff', 'users'],
    });
    expect(ours).toEqual(theirs);
  });

  it('reads what changed, and only that', async () => {
    const { changed, find, store } = await load();
    expect(await changed()).toEqual([]);
    await samba.modify(`CN=ann,${base}`, { title: 'Boss' });
    expect(await changed()).toEqual(['ann']);
    expect(find('ann')?.title).toBe('Boss');
    await samba.modify(`CN=ann,${base}`, { userAccountControl: '546' });
    expect(await changed()).toEqual(['ann']);
    expect(find('ann')?.active).toBe(false);
    await samba.modify(`CN=ann,${base}`, { userAccountControl: '544' });
    await person('fay');
    // Domain Users has one more, and says so nowhere.
    expect(await changed()).toEqual(['Domain Users', 'ann', 'fay']);
    await samba.remove(`CN=fay,${base}`);
    expect(await changed()).toEqual(['Domain Users']);
    expect(find('fay')).toBeUndefined();
    expect(store.problems).toEqual([]);
  });

  it('knows somebody renamed and moved by the same key, the one the server itself writes', async () => {
    await person('gus');
    const { changed, find } = await load();
    const before = find('gus');
    expect(before?.key).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await samba.add(`OU=Elsewhere,${base}`, { objectClass: 'organizationalUnit' });
    await samba.rename(`CN=gus,${base}`, `CN=Gus B\\, jr,OU=Elsewhere,${base}`);
    expect(await changed()).toEqual(['Domain Users', 'Gus B, jr']);
    expect(find('gus')?.key).toBe(before?.key);
    const { distinguishedName } = await samba.read(`<GUID=${before?.key}>`, ['distinguishedName']);
    expect(distinguishedName).toBe(`CN=Gus B\\, jr,OU=Elsewhere,${base}`);
  });

  it('says what to change when it may not, or cannot, read', async () => {
    const refused = (options: object) =>
      open(options).then(
        () => 'opened',
        (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`,
      );
    expect(await refused({ password: 'wrong' })).toMatch(/^UNAUTHORIZED .*refuses `bindDn` with this `password`/);
    expect(await refused({ bindDn: 'nobody@kestrel.example' })).toMatch(/^UNAUTHORIZED .*refuses `bindDn`/);
    expect(await refused({ bindDn: undefined, password: undefined })).toMatch(/^UNAUTHORIZED .*set `bindDn`/);
    expect(await refused({ baseDn: `OU=Gone,${samba.base}` })).toMatch(/^MISCONFIGURED .*"OU=Gone,.*set `baseDn`/);
    expect(await refused({ baseDn: 'DC=other,DC=example' })).toMatch(/^MISCONFIGURED .*(referrals|set `baseDn`)/);
    expect(await (await open()).health(call)).toEqual({ status: 'ok', detail: 'Readable: found people and groups.' });
  });
});

/** What the server itself takes everybody to be in, which it works out when asked ([MS-ADTS] 3.1.1.4.5.19). */
async function tokenGroups({ url, base, reader }: Samba): Promise<Record<string, readonly string[]>> {
  const client = new Client({ url });
  await client.bind(reader.bindDn, reader.password);
  try {
    const groups = await client.search(base, {
      filter: '(objectClass=group)',
      attributes: ['cn', 'objectSid'],
      explicitBufferAttributes: ['objectSid'],
    });
    const nameOf = new Map(groups.searchEntries.map((entry) => [hex(entry['objectSid']), String(entry['cn'])]));
    const people = await client.search(base, {
      filter: '(&(objectCategory=person)(objectClass=user))',
      attributes: ['cn', 'displayName'],
    });
    const result: Record<string, readonly string[]> = {};
    for (const { dn, cn, displayName } of people.searchEntries) {
      const { searchEntries } = await client.search(dn, {
        scope: 'base',
        attributes: ['tokenGroups'],
        explicitBufferAttributes: ['tokenGroups'],
      });
      const sids = [searchEntries[0]?.['tokenGroups'] ?? []].flat().map(hex);
      const name = typeof displayName === 'string' ? displayName : String(cn);
      result[name] = sids.map((sid) => (nameOf.get(sid) ?? sid).toLowerCase()).toSorted();
    }
    return result;
  } finally {
    await client.unbind();
  }
}

function hex(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : Buffer.from(String(value), 'latin1').toString('hex');
}
