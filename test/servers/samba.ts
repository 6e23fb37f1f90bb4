import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Attribute, Change, Client, type Entry } from 'ldapts';
import type { Values } from './slapd.ts';

const run = promisify(execFile);
const PROGRAMS = ['/usr/sbin/samba', '/usr/bin/samba-tool', '/usr/share/samba/setup/provision.ldif'];
const PASSWORD = 'Kestrel-12345!';
const BASE = 'DC=kestrel,DC=example';
/** Its ports are fixed (389, 636), so it has a loopback address of its own. */
const ADDRESS = '127.0.0.53';

/** A running Samba as Active Directory's domain controller, gone with everything in it when disposed of. */
export interface Samba extends AsyncDisposable {
  readonly url: string;
  readonly base: string;
  /** Somebody without any right but to read, as everybody who logs in has. */
  readonly reader: { readonly bindDn: string; readonly password: string };
  add(dn: string, values: Values): Promise<void>;
  modify(dn: string, values: Values): Promise<void>;
  rename(dn: string, newDn: string): Promise<void>;
  remove(dn: string): Promise<void>;
  /** An entry with these attributes. */
  read(dn: string, attributes: readonly string[]): Promise<Entry>;
}

/** Why Samba cannot be started here; undefined when it can. */
export function sambaIsMissing(): string | undefined {
  const missing = PROGRAMS.filter((path) => !existsSync(path));
  if (missing.length > 0)
    return `Samba is not installed (${missing.join(', ')}): apt-get install samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind python3-samba`;
  return process.getuid?.() === 0 ? undefined : 'Samba takes the ports 389 and 636: run as root';
}

/** Starts a throw-away domain controller, LDAP only, with an account `reader`; takes about half a minute. */
export async function startSamba(): Promise<Samba> {
  if (await isTaken()) throw new Error(`something answers at ${ADDRESS}:389 already; end it first`);
  const home = await mkdtemp(join(tmpdir(), 'atrium-samba-'));
  await provision(home);
  const output: string[] = [];
  const server = spawn(
    '/usr/sbin/samba',
    ['-i', '-s', join(home, 'dc/etc/smb.conf'), '-M', 'single', '--no-process-group'],
    {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => void output.push(String(data)));
  const url = `ldap://${ADDRESS}`;
  const end = async (client?: Client): Promise<void> => {
    await client?.unbind().catch(() => undefined);
    await ended(server);
    await rm(home, { recursive: true, force: true });
  };
  let client: Client;
  try {
    client = await logIn(url, server);
  } catch (cause) {
    await end();
    throw new Error(`Samba does not start:\n${output.join('').slice(-3000)}`, { cause });
  }
  const samba: Samba = {
    url,
    base: BASE,
    reader: { bindDn: 'reader@kestrel.example', password: PASSWORD },
    add: (dn, values) => client.add(dn, Object.entries(values).map(attributeOf)),
    modify: (dn, values) =>
      client.modify(
        dn,
        Object.entries(values).map((pair) => new Change({ operation: 'replace', modification: attributeOf(pair) })),
      ),
    rename: (dn, newDn) => client.modifyDN(dn, newDn),
    remove: (dn) => client.del(dn),
    async read(dn, attributes) {
      const { searchEntries } = await client.search(dn, { scope: 'base', attributes: [...attributes] });
      return searchEntries[0] as Entry;
    },
    [Symbol.asyncDispose]: () => end(client),
  };
  await samba.add(`CN=reader,CN=Users,${BASE}`, {
    objectClass: 'user',
    sAMAccountName: 'reader',
    userPrincipalName: 'reader@kestrel.example',
    unicodePwd: `"${PASSWORD}"`,
    userAccountControl: '512',
  });
  return samba;
}

/** Makes the domain, and a configuration that writes nowhere but into `home`. */
async function provision(home: string): Promise<void> {
  const options = [
    '--realm=KESTREL.EXAMPLE',
    '--domain=KESTREL',
    '--server-role=dc',
    '--dns-backend=NONE',
    `--adminpass=${PASSWORD}`,
    '--use-rfc2307',
    `--targetdir=${join(home, 'dc')}`,
    '--host-name=dc1',
    `--host-ip=${ADDRESS}`,
    '--option=interfaces=lo',
    '--option=bind interfaces only=yes',
  ];
  await run('/usr/bin/samba-tool', ['domain', 'provision', ...options], { cwd: home });
  const file = join(home, 'dc/etc/smb.conf');
  for (const name of ['run', 'ncalrpc', 'winbindd', 'log']) await mkdir(join(home, name));
  const own = `
\tserver services = ldap
\tinterfaces = ${ADDRESS}/8
\tbind interfaces only = yes
\tldap server require strong auth = no
\tpid directory = ${home}/run
\tlock directory = ${home}/run
\tncalrpc dir = ${home}/ncalrpc
\twinbindd socket directory = ${home}/winbindd
\tlog file = ${home}/log/samba.log
`;
  const written = (await readFile(file, 'utf8')).replace(/^\s*(?:bind )?interfaces.*\n/gm, '');
  await writeFile(file, written.replace('[global]\n', `[global]${own}`));
}

/** As the administrator, once it answers. */
async function logIn(url: string, server: ChildProcess): Promise<Client> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ url, connectTimeout: 2000, timeout: 30_000 });
    try {
      await client.bind('administrator@kestrel.example', PASSWORD);
      return client;
    } catch (error) {
      await client.unbind().catch(() => undefined);
      if (server.exitCode !== null || tries === 300) throw error;
      await sleep(200);
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const force = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(force);
}

function isTaken(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(389, ADDRESS);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function attributeOf([type, values]: [string, string | readonly string[]]): Attribute {
  const list = typeof values === 'string' ? [values] : [...values];
  // Passwords are taken in UTF-16 only, within quotes ([MS-ADTS] 3.1.1.3.1.5).
  if (type === 'unicodePwd') return new Attribute({ type, values: list.map((text) => Buffer.from(text, 'utf16le')) });
  return new Attribute({ type, values: list });
}
