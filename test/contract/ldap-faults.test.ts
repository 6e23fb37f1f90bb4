import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';
import { startFakeDirectory, type FakeEntry } from '../connectors/ldap-fake.ts';
import { isInstalled, READER, startSlapd } from '../servers/slapd.ts';
import { after } from './tcp-fault-list.ts';
import { tcpFaults, type TcpServer } from './tcp-faults.ts';

/** An entry in answer to the question with this number. */
const entry = (id: number): Buffer => Buffer.from([0x30, 0x0c, 0x02, 0x04, 0, 0, 0, id, 0x64, 0x04, 0x04, 0, 0x30, 0]);
const UIDS = ['ann', 'bo', 'cy', 'di', 'ed'];

async function realServer(): Promise<TcpServer> {
  const slapd = await startSlapd();
  let number = 0;
  return {
    port: portOf(slapd.url),
    async make() {
      const base = `ou=f${number++},${slapd.suffix}`;
      await slapd.add(base, { objectClass: 'organizationalUnit' });
      const add = (uid: string) =>
        slapd.add(`uid=${uid},${base}`, { objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid, title: 'Engineer' });
      for (const uid of UIDS) await add(uid);
      const member = UIDS.slice(0, 3).map((uid) => `uid=${uid},${base}`);
      await slapd.add(`cn=staff,${base}`, { objectClass: 'groupOfNames', member });
      return {
        options: (port) => optionsOf(port, base),
        async change() {
          await slapd.modify(`uid=ann,${base}`, { title: 'Boss' });
          await slapd.remove(`uid=bo,${base}`);
          await add('flo');
        },
      };
    },
    [Symbol.asyncDispose]: () => slapd[Symbol.asyncDispose](),
  };
}

/** Where there is no OpenLDAP: a server that knows neither passwords nor pages. */
async function fakeServer(): Promise<TcpServer> {
  const entries = new Map<string, FakeEntry['attributes']>([['', { vendorName: ['389 Project'] }]]);
  const fake = await startFakeDirectory(({ base, isBase, filter, attributes }) =>
    [...entries]
      .filter(([dn]) => (isBase ? dn === base : dn.endsWith(`,${base}`)))
      .filter(([dn]) => /groupOf/i.test(filter) === dn.startsWith('cn=') || isBase)
      .map(([dn, values]) => {
        const asked = (name: string): boolean =>
          dn === '' || attributes.some((one) => one.toLowerCase() === name.toLowerCase());
        return { dn, attributes: Object.fromEntries(Object.entries(values).filter(([name]) => asked(name))) };
      }),
  );
  let number = 0;
  return {
    port: portOf(fake.url),
    async make() {
      const base = `ou=f${number++},dc=corp,dc=example`;
      const put = (dn: string, version: string, values: FakeEntry['attributes']): void =>
        void entries.set(`${dn},${base}`, { entryUUID: [`${base} ${dn}`], entryUSN: [version], ...values });
      const add = (uid: string, title = 'Engineer', version = '1'): void =>
        put(`uid=${uid}`, version, { objectClass: ['inetOrgPerson'], uid: [uid], cn: [uid], title: [title] });
      for (const uid of UIDS) add(uid);
      const member = UIDS.slice(0, 3).map((uid) => `uid=${uid},${base}`);
      put('cn=staff', '1', { objectClass: ['groupOfNames'], cn: ['staff'], member });
      return {
        options: (port) => optionsOf(port, base),
        async change() {
          add('ann', 'Boss', '2');
          entries.delete(`uid=bo,${base}`);
          put('cn=staff', '2', { objectClass: ['groupOfNames'], cn: ['staff'], member: member.slice(0, 1) });
          add('flo');
        },
      };
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

function optionsOf(port: number, baseDn: string): object {
  return { url: `ldap://127.0.0.1:${port}`, baseDn, pageSize: 2, ...READER };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

const isReal = isInstalled();

tcpFaults({
  kind: ldap,
  area: 'directory',
  secrets: [READER.password],
  question: `{
    people(first: 100) { totalCount edges { node { name title } } }
    groups(first: 100) { edges { node { name members(first: 100) { totalCount } } } }
  }`,
  start: isReal ? realServer : fakeServer,
  places: {
    'in the answer to the login': () => 5,
    'in a listing': after('entryUUID', 2, 10),
    ...(isReal ? { 'between two pages': after('1.2.840.113556.1.4.319', 2, 20) } : {}),
    'in an entry': after('title', 1, 2),
  },
  floods: {
    entries: () => Buffer.concat([1, 2, 3, 4, 5, 6, 7, 8].map(entry)),
    'answers to nothing': () => Buffer.from([0x30, 0x05, 0x02, 0x01, 0x00, 0x73, 0x00]),
  },
});
