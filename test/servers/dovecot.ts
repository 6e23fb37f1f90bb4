import { execFileSync, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { isInstalled as isServerInstalled } from './real.ts';

const DOVECOT = '/usr/sbin/dovecot';
/** Debian's user `mail`: Dovecot serves nobody's mails as root. */
const MAIL_UID = 8;

/** The account of the shared mailbox. */
export const ACCOUNT = { user: 'lists@kestrel.example', password: 'a pässword: {with} everything' } as const;

/** A running Dovecot, gone with everything in it when disposed of. */
export interface Dovecot extends AsyncDisposable {
  readonly port: number;
  /** TLS from the start. */
  readonly tlsPort: number;
  /** The certificate for `localhost`, which signs itself. */
  readonly caFile: string;
  /** Puts mails into a folder, which is made, by names that stay theirs; what had such a name is gone. */
  deliver(folder: string, mails: Readonly<Record<string, string>>): Promise<void>;
  /** Takes mails away, as another program on the server would. */
  remove(folder: string, names: readonly string[]): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  /** Gives the mails of a folder other numbers, under another UIDVALIDITY. */
  renumber(folder: string): Promise<void>;
  /** Lets the account see that there is the folder, and nothing more. */
  close(folder: string): Promise<void>;
  /** What a mail program does. */
  asUser<Result>(what: (client: ImapFlow) => Promise<Result>): Promise<Result>;
  /** The commands sent since this was last asked, after logging in, in the order of sessions. */
  commands(): Promise<string[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Whether Dovecot can be started here. */
export const isInstalled = (): boolean => isServerInstalled('dovecot');

/**
 * Starts a throw-away Dovecot on free ports of the loopback interface, with one account.
 * @param settings further lines for its configuration.
 */
export async function startDovecot(settings = ''): Promise<Dovecot> {
  const home = await mkdtemp(join(tmpdir(), 'atrium-dovecot-'));
  execFileSync('chmod', ['755', home]);
  const mails = join(home, 'mails');
  await mkdir(mails);
  await chown(mails, MAIL_UID, MAIL_UID);
  const raw = join(home, 'raw');
  await mkdir(raw);
  await chown(raw, MAIL_UID, MAIL_UID);
  certificate(home);
  const port = await freePort();
  const tlsPort = await freePort();
  const config = join(home, 'dovecot.conf');
  await writeFile(config, `${configuration(home, port, tlsPort)}${settings}\n`);
  // A colon would end the field.
  const hashed = execFileSync('doveadm', ['-c', config, 'pw', '-s', 'SHA256', '-p', ACCOUNT.password], {
    encoding: 'utf8',
  });
  await writeFile(join(home, 'users'), `${ACCOUNT.user}:${hashed.trim()}::::::\n`);

  let ended: Promise<unknown> | undefined;
  let stopIt: (() => void) | undefined;
  const pathOf = (folder: string): string =>
    join(mails, folder === 'INBOX' ? '' : `.${inUtf7(folder.replaceAll('/', '.'))}`);
  const asUser: Dovecot['asUser'] = async (what) => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      doSTARTTLS: false,
      auth: { user: ACCOUNT.user, pass: ACCOUNT.password },
      logger: false,
    });
    await client.connect();
    try {
      return await what(client);
    } finally {
      await client.logout();
    }
  };
  const start = async (): Promise<void> => {
    const server = spawn(DOVECOT, ['-F', '-c', config], { stdio: 'ignore' });
    ended = new Promise((resolve) => server.once('exit', resolve));
    stopIt = () => void server.kill('SIGTERM');
    for (let tries = 0; ; tries++) {
      try {
        await asUser(async () => {});
        return;
      } catch (error) {
        if (tries === 100) throw new Error(await readFile(join(home, 'log'), 'utf8').catch(() => ''), { cause: error });
        await sleep(50);
      }
    }
  };
  const stop = async (): Promise<void> => {
    stopIt?.();
    await ended;
    stopIt = undefined;
  };
  const make = async (folder: string): Promise<string> => {
    const path = pathOf(folder);
    for (const name of ['', 'cur', 'new', 'tmp']) {
      await mkdir(join(path, name), { recursive: true });
      await chown(join(path, name), MAIL_UID, MAIL_UID);
    }
    return path;
  };
  await start();
  return {
    port,
    tlsPort,
    caFile: join(home, 'cert.pem'),
    start,
    stop,
    asUser,
    async deliver(folder, contents) {
      const path = await make(folder);
      for (const [name, content] of Object.entries(contents)) {
        const file = join(path, 'new', name);
        await writeFile(file, content);
      }
    },
    async remove(folder, names) {
      const gone = new Set(names);
      for (const sub of ['new', 'cur'])
        for (const name of await readdir(join(pathOf(folder), sub)))
          if (gone.has(name.replace(/:2,.*/, ''))) await rm(join(pathOf(folder), sub, name));
    },
    removeFolder: (folder) => rm(pathOf(folder), { recursive: true }),
    async renumber(folder) {
      const path = pathOf(folder);
      const list = await readFile(join(path, 'dovecot-uidlist'), 'utf8');
      for (const name of await readdir(path)) if (name.startsWith('dovecot')) await rm(join(path, name));
      // Left to itself Dovecot takes the time, in seconds, which may be as before.
      const header = list.slice(0, list.indexOf('\n') + 1);
      const anew = header.replace(/ V(\d+) N\d+/, (_, validity: string) => ` V${Number(validity) + 1} N1`);
      await writeFile(join(path, 'dovecot-uidlist'), anew);
      await chown(join(path, 'dovecot-uidlist'), MAIL_UID, MAIL_UID);
    },
    async close(folder) {
      await writeFile(join(await make(folder), 'dovecot-acl'), 'owner l\n');
    },
    async commands() {
      const lines: string[] = [];
      for (const name of (await readdir(raw)).sort()) {
        // Each line is preceded by its time, each command by its tag.
        const text = name.endsWith('.in') ? await readFile(join(raw, name), 'utf8') : '';
        for (const line of text.split(/\r?\n/)) lines.push(line.replace(/^[\d.]+ \w+ /, ''));
        await rm(join(raw, name));
      }
      return lines.filter((line) => line !== '');
    },
    async [Symbol.asyncDispose]() {
      if (stopIt !== undefined) await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Names as IMAP has them (RFC 3501, 5.1.3), and Dovecot its folders. */
function inUtf7(name: string): string {
  return name.replace(/[^\x20-\x7e]+/g, (run) => {
    const code = Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '');
    return `&${code.replaceAll('/', ',')}-`;
  });
}

function certificate(home: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const own = [
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  execFileSync('openssl', ['req', '-x509', ...key, ...own], { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
}

function configuration(home: string, port: number, tlsPort: number): string {
  return `
base_dir = ${home}/run
log_path = ${home}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${home}/cert.pem
ssl_key = <${home}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:${home}/mails
mail_fsync = never
maildir_very_dirty_syncs = no
first_valid_uid = ${MAIL_UID}
mail_plugins = acl
plugin {
  acl = vfile
}
namespace inbox {
  inbox = yes
  separator = /
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
protocol imap {
  rawlog_dir = ${home}/raw
  mail_max_userip_connections = 100
  mail_plugins = acl
}
passdb {
  driver = passwd-file
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=${MAIL_UID} gid=${MAIL_UID} home=${home}/mails
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
