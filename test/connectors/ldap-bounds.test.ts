import { describe, expect, it } from 'vitest';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { Connection } from '../../subgraphs/directory/connectors/ldap/connection.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { startFakeDirectory, type FakeEntry, type FakeManners, type FakeSearch } from './ldap-fake.ts';

const BASE = 'dc=corp,dc=example';

/** A server of no known kind with so many people, of whom some have more in their `title` than anybody could mean. */
async function serverOf(count: number, huge: readonly number[], manners: FakeManners = {}) {
  const title = Buffer.alloc(50 * 1024 * 1024, 'x');
  const person = (index: number, isWhole: boolean): FakeEntry => ({
    dn: `uid=p${index},${BASE}`,
    attributes: {
      objectClass: ['inetOrgPerson'],
      uid: [`p${index}`],
      cn: [`P${index}`],
      ...(isWhole && huge.includes(index) ? { title: [title] } : {}),
    },
  });
  const find = ({ base, isBase, filter, attributes }: FakeSearch): readonly FakeEntry[] => {
    if (base === '') return [{ dn: '', attributes: { vendorName: ['Somebody'] } }];
    if (/groupOfNames/.test(filter)) return [];
    const isWhole = attributes.includes('title');
    if (isBase) return [person(Number(/^uid=p(\d+)/.exec(base)?.[1]), isWhole)];
    return Array.from({ length: count }, (_, index) => person(index, isWhole));
  };
  return startFakeDirectory(find, manners);
}

describe('ldap, bounded', () => {
  it.each([3, 201])(
    'leaves out an entry beyond measure, and no other one of %i',
    { timeout: 90_000 },
    async (count) => {
      await using server = await serverOf(count, [1]);
      const connector = await openWith(ldap, { url: server.url, baseDn: BASE }, '/');
      const store = new MemoryStore<DirectoryItem>();
      await store.run(connector);
      expect(store.items.size).toBe(count - 1);
      expect(store.problems).toEqual([
        { place: `uid=p1,${BASE}`, reason: expect.stringMatching(/larger than .* left out/) },
      ]);
      expect(store.batches.at(-1)?.sweep).toBe(true);
    },
  );

  it('gives up on a server that gives the same page for ever', async () => {
    await using server = await serverOf(3, [], { isEndless: true });
    const connector = await openWith(ldap, { url: server.url, baseDn: BASE }, '/');
    await expect(new MemoryStore<DirectoryItem>().run(connector)).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining('the same page again'),
    });
  });

  it('follows no referrals', async () => {
    let visits = 0;
    await using other = await startFakeDirectory(() => (visits++, []));
    await using server = await serverOf(3, [], { referrals: [`${other.url}/${BASE}`] });
    const store = new MemoryStore<DirectoryItem>();
    await store.run(await openWith(ldap, { url: server.url, baseDn: BASE }, '/'));
    expect(store.items.size).toBe(3);
    expect(visits).toBe(0);
  });

  it('refuses an empty password before it connects', async () => {
    const settings = {
      source: 'test',
      baseDir: '/',
      url: 'ldap://127.0.0.1:1',
      startTls: false,
      caFile: undefined,
      bindDn: 'cn=reader',
      timeoutMs: 1000,
    };
    const open = (password: string | undefined) => Connection.open({ ...settings, password }, call);
    for (const password of ['', undefined])
      await expect(open(password)).rejects.toMatchObject({
        code: 'MISCONFIGURED',
        message: expect.stringContaining('empty'),
      });
    await expect(open('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
