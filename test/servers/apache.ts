import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isInstalled as isServerInstalled } from './real.ts';

const APACHE = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const run = promisify(execFile);

/** Accounts of the server: who may read all but `secret/`, and who may read that as well. */
export const ANN = { user: 'ann', password: 'a pässword: with everything' } as const;
export const BOSS = { user: 'boss', password: 'for the boss alone' } as const;

/** A running Apache with mod_dav, gone with everything in it when disposed of. */
export interface Apache extends AsyncDisposable {
  /** Of the WebDAV folder, `/` at its end. */
  readonly url: string;
  /** Of the same files without WebDAV. */
  readonly plainUrl: string;
  /** The folder it serves. */
  readonly root: string;
  /** Writes files below the folder it serves, as its own. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  remove(path: string): Promise<void>;
  /** Ends it; `start` brings it back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Requests as its log has them, `PROPFIND /dav/ 207`, and forgets them. */
  requests(): Promise<string[]>;
}

/** Whether Apache with mod_dav can be started here. */
export const isInstalled = (): boolean => isServerInstalled('apache');

/** Starts a throw-away Apache on a free port of the loopback interface. */
export async function startApache(): Promise<Apache> {
  const home = await mkdtemp(join(tmpdir(), 'atrium-apache-'));
  // The server's own user has to get through to what it serves.
  await chmod(home, 0o755);
  const root = join(home, 'root');
  const runDir = join(home, 'run');
  const ids = serverIds();
  for (const folder of [root, runDir]) {
    await mkdir(folder);
    if (ids !== undefined) await chown(folder, ids.uid, ids.gid);
  }
  const port = await freePort();
  const users = join(home, 'users');
  await writeFile(users, '');
  // SHA1 is read fast: bcrypt would be computed anew for each of thousands of requests.
  for (const { user, password } of [ANN, BOSS])
    execFileSync('htpasswd', ['-bs', users, user, password], { stdio: 'ignore' });
  await writeFile(join(home, 'httpd.conf'), configuration(home, port, ids !== undefined));
  const control = async (word: 'start' | 'stop'): Promise<void> =>
    void (await run(APACHE, ['-f', join(home, 'httpd.conf'), '-k', word]));
  const url = `http://127.0.0.1:${port}/dav/`;

  const start = async (): Promise<void> => {
    await control('start');
    await until(() => isUp(url));
  };
  const stop = async (): Promise<void> => {
    await control('stop');
    await until(async () => !existsSync(join(runDir, 'pid')) && !(await isUp(url)));
  };
  await start();
  let marks = 0;
  return {
    url,
    plainUrl: `http://127.0.0.1:${port}/plain/`,
    root,
    start,
    stop,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      if (ids !== undefined) await giveAll(root, ids);
    },
    remove: (path) => rm(join(root, path), { recursive: true }),
    async requests() {
      // Apache writes its log after the answer: what came before this one has been written with it.
      const mark = `/mark${marks++}`;
      await fetch(new URL(mark, url)).then((response) => response.arrayBuffer());
      const log = join(home, 'access.log');
      const read = async (): Promise<string[]> => (await readFile(log, 'utf8')).split('\n');
      await until(async () => (await read()).some((line) => line.includes(`${mark} `)));
      const lines = (await read()).filter((line) => line !== '' && !line.includes('/mark'));
      await writeFile(log, '');
      return lines;
    },
    async [Symbol.asyncDispose]() {
      if (existsSync(join(runDir, 'pid'))) await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Started by root, the server becomes www-data, which then must own what it changes. */
function serverIds(): Ids | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'www-data'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function giveAll(path: string, ids: Ids): Promise<void> {
  await lchown(path, ids.uid, ids.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const own = join(path, entry.name);
    if (entry.isDirectory()) await giveAll(own, ids);
    else await lchown(own, ids.uid, ids.gid);
  }
}

function configuration(home: string, port: number, isRoot: boolean): string {
  const modules = 'mpm_event authn_core authn_file authz_core authz_user auth_basic mime alias dav dav_fs dav_lock';
  return `
ServerRoot "${home}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile "${home}/run/pid"
DefaultRuntimeDir "${home}/run"
Mutex file:${home}/run default
ErrorLog "${home}/error.log"
${isRoot ? 'User www-data\nGroup www-data' : ''}
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 16
${modules
  .split(' ')
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
  .join('\n')}
LogFormat "%m %U %>s" short
CustomLog "${home}/access.log" short
TypesConfig /etc/mime.types
DocumentRoot "${home}/root"
DavLockDB "${home}/run/DavLock"
Alias /dav "${home}/root"
Alias /plain "${home}/root"
Redirect 302 /dav/away.md http://localhost:${port}/elsewhere
Redirect 302 /moved http://localhost:${port}/dav
<Directory "${home}/root">
  AuthType Basic
  AuthName atrium
  AuthBasicProvider file
  AuthUserFile "${home}/users"
  Require valid-user
</Directory>
<Location /dav>
  Dav On
</Location>
<Location /dav/secret>
  Require user ${BOSS.user}
</Location>
`;
}

async function isUp(url: string): Promise<boolean> {
  return fetch(url, { method: 'OPTIONS' }).then(
    () => true,
    () => false,
  );
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error('Apache did not do as told within ten seconds');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
