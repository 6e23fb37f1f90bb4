import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Attribute, Change, Client, type Entry } from 'ldapts';
import { isInstalled as isServerInstalled } from './real.ts';

const SLAPD = '/usr/sbin/slapd';
const SCHEMA = '/etc/ldap/schema';
const SUFFIX = 'dc=kestrel,dc=example';

/** Who may change everything. */
export const ADMIN = { bindDn: `cn=admin,${SUFFIX}`, password: 'a pässword: with everything' } as const;
/** Accounts: one that reads what may be read, one that gets at most 500 entries, one that sees no `entryCSN`. */
export const READER = { bindDn: `uid=reader,${SUFFIX}`, password: 'reader' } as const;
export const LIMITED = { bindDn: `uid=limited,${SUFFIX}`, password: 'limited' } as const;
export const BLIND = { bindDn: `uid=blind,${SUFFIX}`, password: 'blind' } as const;

/** Values by attribute; an attribute without any is left out. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** A running OpenLDAP, gone with everything in it when disposed of. */
export interface Slapd extends AsyncDisposable {
  readonly url: string;
  readonly tlsUrl: string;
  /** The authority that signed its certificate. */
  readonly caFile: string;
  readonly suffix: string;
  add(dn: string, values: Values): Promise<void>;
  /** Sets these attributes, and leaves the others. */
  modify(dn: string, values: Values): Promise<void>;
  rename(dn: string, newRdn: string): Promise<void>;
  remove(dn: string): Promise<void>;
  /** Removes an entry and all below it. */
  removeTree(dn: string): Promise<void>;
  entries(base: string): Promise<Entry[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Whether OpenLDAP can be started here. */
export const isInstalled = (): boolean => isServerInstalled('slapd');

/** Starts a throw-away OpenLDAP on free ports of the loopback interface, with its accounts. */
export async function startSlapd(): Promise<Slapd> {
  const home = await mkdtemp(join(tmpdir(), 'atrium-slapd-'));
  await mkdir(join(home, 'db'));
  certificates(home);
  await writeFile(join(home, 'slapd.conf'), configuration(home));
  const url = `ldap://127.0.0.1:${await freePort()}`;
  const tlsUrl = `ldaps://localhost:${await freePort()}`;
  let server: ChildProcess | undefined;
  let client = new Client({ url });

  const start = async (): Promise<void> => {
    server = spawn(SLAPD, ['-f', join(home, 'slapd.conf'), '-h', `${url} ${tlsUrl}`, '-d', '0'], {
      cwd: home,
      stdio: 'ignore',
    });
    for (let tries = 0; ; tries++) {
      client = new Client({ url });
      try {
        await client.bind(ADMIN.bindDn, ADMIN.password);
        return;
      } catch (error) {
        await client.unbind();
        if (tries === 200) throw error;
        await sleep(50);
      }
    }
  };
  const stop = async (): Promise<void> => {
    await client.unbind();
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGTERM');
    await ended;
    server = undefined;
  };
  const entries = async (base: string): Promise<Entry[]> =>
    (await client.search(base, { attributes: ['*', '+'], paged: { pageSize: 500 } })).searchEntries;
  const slapd: Slapd = {
    url,
    tlsUrl,
    caFile: join(home, 'ca.pem'),
    suffix: SUFFIX,
    start,
    stop,
    entries,
    add: (dn, values) => client.add(dn, Object.entries(values).map(attributeOf)),
    modify: (dn, values) =>
      client.modify(
        dn,
        Object.entries(values).map((pair) => new Change({ operation: 'replace', modification: attributeOf(pair) })),
      ),
    rename: (dn, newRdn) => client.modifyDN(dn, newRdn),
    remove: (dn) => client.del(dn),
    async removeTree(dn) {
      const names = (await entries(dn)).map((entry) => entry.dn);
      for (const name of names.toSorted((a, b) => b.length - a.length)) await client.del(name);
    },
    async [Symbol.asyncDispose]() {
      if (server !== undefined) await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
  await start();
  await slapd.add(SUFFIX, { objectClass: ['dcObject', 'organization'], dc: 'kestrel', o: 'Kestrel' });
  for (const { bindDn, password } of [READER, LIMITED, BLIND])
    await slapd.add(bindDn, { objectClass: ['account', 'simpleSecurityObject'], userPassword: password });
  return slapd;
}

function attributeOf([type, values]: [string, string | readonly string[]]): Attribute {
  return new Attribute({ type, values: typeof values === 'string' ? [values] : [...values] });
}

/** An authority of our own, and a certificate for `localhost`. */
function certificates(home: string): void {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority');
  const own = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=localhost', '-CA', 'ca.pem', '-CAkey', 'ca.key'];
  openssl('req', '-x509', ...key, ...own, '-addext', 'subjectAltName=DNS:localhost');
}

function configuration(home: string): string {
  return `
${['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include ${SCHEMA}/${name}.schema`).join('\n')}
modulepath /usr/lib/ldap
${['back_mdb', 'memberof', 'refint', 'syncprov'].map((name) => `moduleload ${name}`).join('\n')}
pidfile ${home}/slapd.pid
TLSCACertificateFile ${home}/ca.pem
TLSCertificateFile ${home}/cert.pem
TLSCertificateKeyFile ${home}/key.pem
sizelimit 500
database mdb
suffix "${SUFFIX}"
rootdn "${ADMIN.bindDn}"
rootpw "${ADMIN.password}"
directory ${home}/db
maxsize 268435456
dbnosync
index objectClass eq
limits dn.exact="${READER.bindDn}" size.soft=500 size.pr=1000 size.prtotal=unlimited
limits dn.exact="${LIMITED.bindDn}" size.soft=500 size.prtotal=500
access to attrs=userPassword by anonymous auth by * none
access to dn.base="ou=denied,${SUFFIX}" by users disclose by * none
access to dn.subtree="ou=closed,${SUFFIX}" attrs=entry,children by users read by * none
access to dn.subtree="ou=closed,${SUFFIX}" by * none
access to attrs=entryCSN by dn.exact="${BLIND.bindDn}" none by users read by * none
access to * by users read by * none
overlay memberof
overlay refint
overlay syncprov
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
