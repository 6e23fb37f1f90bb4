import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryItem, GroupItem, PersonItem } from '../../subgraphs/directory/connector.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { BLIND, isInstalled, LIMITED, READER, startSlapd, type Slapd, type Values } from '../servers/slapd.ts';

const isHere = isInstalled();

describe.skipIf(!isHere)('ldap on a real OpenLDAP', () => {
  let slapd: Slapd;
  let base = '';
  let number = 0;
  beforeAll(async () => void (slapd = await startSlapd()));
  afterAll(() => slapd?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    base = `ou=t${number++},${slapd.suffix}`;
    await unit(base);
  });

  const unit = (dn: string) => slapd.add(dn, { objectClass: 'organizationalUnit' });
  const person = async (uid: string, values: Values = {}): Promise<string> => {
    const dn = `uid=${uid},${base}`;
    await slapd.add(dn, { objectClass: 'inetOrgPerson', cn: uid, sn: uid, ...values });
    return dn;
  };
  const group = (name: string, member: readonly string[]) =>
    slapd.add(`cn=${name},${base}`, { objectClass: 'groupOfNames', member });
  const open = (options: object = {}) => openWith(ldap, { url: slapd.url, baseDn: base, ...READER, ...options }, '/');
  const load = async (options: object = {}, store = new MemoryStore<DirectoryItem>()) => {
    const connector = await open(options);
    const batches = await store.run(connector);
    const items = [...store.items.values()];
    return {
      store,
      batches,
      again: () => store.run(connector),
      people: items.filter((item): item is PersonItem => item.kind === 'person'),
      groups: items.filter((item): item is GroupItem => item.kind === 'group'),
    };
  };
  const refused = (options: object = {}) =>
    open(options).then(
      () => 'opened',
      (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`,
    );

  it('keeps accents, and names with what has a meaning in DNs', async () => {
    const names = ['Doe\\, Jane \\+ Co', '\\#1 \\"x\\"', 'a\\\\b', 'Jónsson\\=Æ', '\\ blank\\ '];
    for (const [index, name] of names.entries()) {
      const boss = index > 0 ? `cn=${names[index - 1]},${base}` : undefined;
      const values = { objectClass: 'inetOrgPerson', sn: 'x', uid: `u${index}`, ...(boss && { manager: boss }) };
      await slapd.add(`cn=${name},${base}`, values);
    }
    const { people, store } = await load();
    const byUid = new Map(people.map((item) => [item.usernames[0], item]));
    expect([0, 1, 2, 3].map((index) => byUid.get(`u${index}`)?.name)).toEqual([
      'Doe, Jane + Co',
      '#1 "x"',
      'a\\b',
      'Jónsson=Æ',
    ]);
    for (let index = 1; index < names.length; index++)
      expect(byUid.get(`u${index}`)?.manager).toBe(byUid.get(`u${index - 1}`)?.reference);
    expect(store.problems).toEqual([]);
  });

  it('takes filters with escaped bytes for the characters they stand for', async () => {
    await person('a', { sn: 'Jónsson' });
    await person('b', { sn: 'JÃ³nsson' });
    await person('c', { sn: 'x*y' });
    await person('d', { sn: 'xzy' });
    const found = async (peopleFilter: string) => (await load({ peopleFilter })).people.map(({ name }) => name);
    expect(await found('(sn=J\\c3\\b3nsson)')).toEqual(['a']);
    expect(await found('(sn=Jónsson)')).toEqual(['a']);
    expect(await found('(sn=x\\2ay)')).toEqual(['c']);
    expect(() => ldap.options.parse({ url: 'ldap://x', baseDn: 'dc=x', peopleFilter: '(&(a=b)' })).toThrow(/4515/);
  });

  it('finds groups, nested ones as members, and the server keeps memberOf out of it', async () => {
    const ann = await person('ann');
    await group('inner', [ann]);
    await group('outer', [`CN=Inner , ${base.toUpperCase()}`, ann]);
    const { people, groups } = await load();
    const inner = groups.find(({ name }) => name === 'inner');
    expect(inner?.members).toEqual([people[0]?.reference]);
    expect(groups.find(({ name }) => name === 'outer')?.members).toEqual([inner?.reference, people[0]?.reference]);
  });

  it('sees changes, renames, moves and deletes, and reads nothing else again', async () => {
    await unit(`ou=sub,${base}`);
    for (const uid of ['a', 'b', 'c', 'd']) await person(uid);
    const { store, again } = await load();
    const key = (uid: string) =>
      [...store.items.values()].find((item) => item.reference.startsWith(`uid=${uid},`))?.key;
    const [a, b, c] = ['a', 'b', 'c'].map(key);
    await slapd.modify(`uid=a,${base}`, { title: 'Boss' });
    await slapd.rename(`uid=b,${base}`, 'uid=bb');
    await slapd.remove(`uid=c,${base}`);
    await person('e');
    const batches = await again();
    const changed = new Set(batches.flatMap(({ upserts }) => upserts.map((item) => item.key)));
    expect(changed).toEqual(new Set([a, b, key('e')]));
    expect(key('bb')).toBe(b);
    expect(store.items.has(c as string)).toBe(false);
    expect(store.items.size).toBe(4);
  });

  it('sees the new names of entries below a renamed one, whose own marker stays', async () => {
    await unit(`ou=old,${base}`);
    await slapd.add(`uid=x,ou=old,${base}`, { objectClass: 'inetOrgPerson', cn: 'x', sn: 'x' });
    const { store, again } = await load();
    await slapd.rename(`ou=old,${base}`, 'ou=new');
    await again();
    expect([...store.items.values()].map(({ reference }) => reference)).toEqual([`uid=x,ou=new,${base}`]);
  });

  it('sees two changes within one second where the server shows no more than seconds', async () => {
    await person('a', { title: 'one' });
    const { store, again } = await load(BLIND);
    await slapd.modify(`uid=a,${base}`, { title: 'two' });
    await again();
    expect([...store.items.values()]).toMatchObject([{ title: 'two' }]);
    expect((await again()).flatMap(({ upserts }) => upserts)).toEqual([]);
  });

  it('refuses what two entries share as their key, and goes on', async () => {
    await person('a', { employeeNumber: '1' });
    await person('b', { employeeNumber: '1' });
    const { people, store } = await load({ attributes: { key: 'employeeNumber' } });
    expect(people).toHaveLength(1);
    expect(store.problems.map(({ reason }) => reason)).toEqual([expect.stringContaining('the key 1 belongs to')]);
  });

  describe('with more entries than the server gives at once', () => {
    let many = '';
    beforeAll(async () => {
      many = `ou=many,${slapd.suffix}`;
      await unit(many);
      for (let index = 0; index < 730; index++)
        await slapd.add(`uid=m${index},${many}`, { objectClass: 'inetOrgPerson', cn: `M ${index}`, sn: 'M' });
    });

    it.each([200, 730, 1000])('reads all in pages of %i', async (pageSize) => {
      const { people, store } = await load({ baseDn: many, pageSize });
      expect(people).toHaveLength(730);
      expect(store.problems).toEqual([]);
    });

    it.each([200, 600])('takes what came before the size limit, says so, and sweeps nothing (%i)', async (pageSize) => {
      const { store } = await load({ baseDn: many });
      const { batches } = await load({ baseDn: many, pageSize, ...LIMITED }, store);
      expect(batches.flatMap(({ unchanged }) => unchanged)).toHaveLength(500);
      expect(batches.some(({ sweep }) => sweep)).toBe(false);
      expect(store.problems).toMatchObject([{ place: many, reason: expect.stringContaining('partial') }]);
      expect(store.items.size).toBe(730);
    });

    it('ends with an error, and no sweep, when the call ends within a run', async () => {
      const abort = new AbortController();
      const connector = await open({ baseDn: many, pageSize: 100 });
      const batches = connector.changes(undefined, () => undefined, abort)[Symbol.asyncIterator]();
      expect((await batches.next()).value).toMatchObject({ upserts: { length: 500 } });
      abort.abort();
      await expect(batches.next()).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    it('says which option to change when the server refuses the page size', async () => {
      const connector = await open({ baseDn: many, pageSize: 1001 });
      const error: unknown = await new MemoryStore<DirectoryItem>().run(connector).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining('pageSize') });
    });
  });

  describe('says what to change', () => {
    beforeEach(async () => void (await person('a')));

    it.each<[what: string, options: () => object, sentence: RegExp]>([
      ['a wrong password', () => ({ password: 'not the password' }), /^UNAUTHORIZED .*refuses `bindDn`/],
      ['an unknown account', () => ({ bindDn: `uid=nobody,${slapd.suffix}` }), /^UNAUTHORIZED /],
      ['a bindDn that is none', () => ({ bindDn: 'reader' }), /^MISCONFIGURED .*bindDn/],
      ['a wrong base', () => ({ baseDn: `ou=gone,${base}` }), /^MISCONFIGURED .*"ou=gone,.*set `baseDn`/],
      ['a wrong base of groups', () => ({ groupsBaseDn: `ou=gone,${base}` }), /^MISCONFIGURED .*`groupsBaseDn`/],
      ['a base that is no DN', () => ({ baseDn: 'people' }), /^MISCONFIGURED .*DN/],
      ['nobody logged in', () => ({ bindDn: undefined, password: undefined }), /^MISCONFIGURED .*may not see it/],
      ['a wrong host', () => ({ url: 'ldap://nowhere.invalid' }), /^(MISCONFIGURED .*no such host|UNAVAILABLE )/],
      ['a wrong port', () => ({ url: 'ldap://127.0.0.1:1' }), /^UNAVAILABLE .*nothing answers/],
      ['an unknown authority', () => ({ url: slapd.tlsUrl }), /^MISCONFIGURED .*`caFile`/],
      ['an unknown authority by StartTLS', () => ({ startTls: true }), /^MISCONFIGURED .*(`caFile`|another name)/],
      ['a missing file', () => ({ url: slapd.tlsUrl, caFile: '/nowhere.pem' }), /^MISCONFIGURED .*`caFile`/],
      [
        'a file without certificates',
        () => ({ url: slapd.tlsUrl, caFile: fileURLToPath(import.meta.url) }),
        /^MISCONFIGURED .*ldap\.test\.ts is no PEM file of a certificate; set `caFile`/,
      ],
    ])('%s', async (_what, options, sentence) => {
      const message = await refused(options());
      expect(message).toMatch(sentence);
      expect(message).not.toContain('not the password');
    });

    it('an empty or a missing password', () => {
      const refuse = (password?: string) =>
        ldap.options.safeParse({ url: 'ldap://x', baseDn: 'dc=x', bindDn: 'cn=x', password }).success;
      expect([refuse(''), refuse()]).toEqual([false, false]);
    });

    it('no answer to StartTLS, for which the library would wait for ever', async () => {
      await using silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const url = `ldap://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      expect(await refused({ url, timeoutMs: 100, startTls: true })).toMatch(/^UNAVAILABLE .*in time/);
    });
  });

  it('speaks TLS from the start, and by StartTLS', async () => {
    await person('a');
    const { caFile, tlsUrl, url } = slapd;
    expect((await load({ caFile, url: tlsUrl })).people).toHaveLength(1);
    const named = url.replace('127.0.0.1', 'localhost');
    expect((await load({ caFile, url: named, startTls: true })).people).toHaveLength(1);
    expect(await refused({ caFile, startTls: true })).toMatch(/^MISCONFIGURED .*another name/);
  });

  it('deletes nothing when a right is lost, and says so', async () => {
    const closed = `ou=closed,${slapd.suffix}`;
    await unit(closed);
    await slapd.add(`uid=a,${closed}`, { objectClass: 'inetOrgPerson', cn: 'a', sn: 'a' });
    const connector = await open({ baseDn: closed });
    await expect(new MemoryStore<DirectoryItem>().run(connector)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await connector.health(call)).toMatchObject({ status: 'failed', detail: expect.stringContaining('nobody') });
    const ann = await person('ann');
    await group('g', [ann]);
    const { store, again } = await load();
    await slapd.remove(`cn=g,${base}`);
    await expect(again()).rejects.toMatchObject({
      code: 'SHRUNK',
      message: expect.stringMatching(/^test: none of the 1 groups is found below .*doctor --accept-shrink/),
    });
    await slapd.remove(ann);
    await expect(again()).rejects.toMatchObject({ code: 'SHRUNK', message: expect.stringContaining('people') });
    store.cursor = undefined;
    await expect(again()).rejects.toMatchObject({ code: 'SHRUNK', message: expect.stringContaining('nobody') });
    expect(store.items.size).toBe(2);
  });

  it('emptied for real, and accepted, goes on', async () => {
    const ann = await person('ann');
    await group('g', [ann]);
    const { store, again } = await load();
    await slapd.remove(`cn=g,${base}`);
    store.mayShrink = true;
    await again();
    expect([...store.items.values()]).toMatchObject([{ kind: 'person', name: 'ann' }]);
    store.mayShrink = false;
    await slapd.remove(ann);
    await expect(again()).rejects.toMatchObject({ code: 'SHRUNK' });
    store.mayShrink = true;
    await again();
    store.mayShrink = false;
    await again();
    expect(store.items.size).toBe(0);
    await person('bob');
    await again();
    expect([...store.items.values()]).toMatchObject([{ name: 'bob' }]);
  });

  it('tells a right that is missing from a base that is', async () => {
    const denied = `ou=denied,${slapd.suffix}`;
    await unit(denied);
    expect(await refused({ baseDn: denied })).toMatch(/^FORBIDDEN .*lacks the right/);
  });
});
