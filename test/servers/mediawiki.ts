import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isInstalled as isServerInstalled } from './real.ts';

const CODE = '/usr/share/mediawiki';
const run = promisify(execFile);

/** Bot passwords: an administrator, one who reads what all may read, and one who reads what the lawyers may as well. */
export const ADMIN = { user: 'Admin@tests', password: 'a0123456789abcdef0123456789abcdef' } as const;
export const READER = { user: 'Atrium bot@tests', password: 'b0123456789abcdef0123456789abcdef' } as const;
export const COUNSEL = { user: 'Counsel@tests', password: 'c0123456789abcdef0123456789abcdef' } as const;

/** A page's revision with a past of its own. */
export interface SeedRevision {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** A running private wiki, gone with everything in it when disposed of. */
export interface MediaWiki extends AsyncDisposable {
  /** What `url` of the connector is. */
  readonly url: string;
  /** The folder of its settings and data. */
  readonly home: string;
  /** Imports pages, by title, with back-dated revisions by named authors; recent changes do not mention them. */
  load(pages: Readonly<Record<string, readonly SeedRevision[]>>): Promise<void>;
  /** Makes recent changes anew out of what there is: imported revisions of late appear among them. */
  rebuildChanges(): Promise<void>;
  /** Calls the Action API as the administrator; writes get their token. */
  act(params: Readonly<Record<string, string>>): Promise<unknown>;
  edit(title: string, text: string): Promise<void>;
  /** Forgets all sessions: whoever was logged in no longer is. */
  forgetSessions(): Promise<void>;
  /** PHP added to the settings, at once in force; the last call's replaces that of those before. */
  settings(php: string): Promise<void>;
  /** Works off what edits left to do later. */
  runJobs(): Promise<void>;
  /** Requests as its log has them, `POST /api.php 200`, and forgets them. */
  requests(): Promise<string[]>;
}

/** Whether MediaWiki can be started here. */
export const isInstalled = (): boolean => isServerInstalled('mediawiki');

/** Starts a throw-away wiki on SQLite, on a free port of the loopback interface, with these users besides its own. */
export async function startMediaWiki(users: readonly string[]): Promise<MediaWiki> {
  const home = await mkdtemp(join(tmpdir(), 'atrium-mediawiki-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const local = join(home, 'LocalSettings.php');
  const env = { ...process.env, MW_CONFIG_FILE: local, PHP_CLI_SERVER_WORKERS: '4' };
  const maintain = (script: string, ...args: string[]): Promise<unknown> =>
    run('php', [script.includes('/') ? script : join(CODE, 'maintenance', script), ...args], { env, cwd: CODE });
  await run(
    'php',
    `${CODE}/maintenance/install.php --dbtype sqlite --dbname wiki --dbpath ${home}/db --confpath ${home} --server ${url.slice(0, -1)} --scriptpath  --lang en --pass ${ADMIN.password} Throwaway Admin`.split(
      ' ',
    ),
    { cwd: CODE },
  );
  await writeFile(local, `${await readFile(local, 'utf8')}\n${SETTINGS.replaceAll('HOME', home)}`);
  await writeFile(join(home, 'more.php'), '<?php\n');
  await writeFile(join(home, 'users.php'), usersScript(users));
  await maintain(join(home, 'users.php'));

  const log = await open(join(home, 'access.log'), 'a');
  // A group of its own, so that its workers can be ended with it: they outlive their parent.
  const server = spawn(
    'php',
    ['-d', 'opcache.enable_cli=1', '-d', 'opcache.revalidate_freq=0', '-S', `127.0.0.1:${port}`, '-t', CODE],
    {
      env,
      cwd: CODE,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  const dispose = async (): Promise<void> => {
    await endGroup(server);
    await log.close();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await until(() => isUp(url));
  } catch (error) {
    await dispose();
    throw error;
  }
  const admin = new Client(url);
  return {
    url,
    home,
    async load(pages) {
      await writeFile(join(home, 'dump.xml'), dump(pages));
      await maintain('importDump.php', '--quiet', join(home, 'dump.xml'));
      await maintain('runJobs.php', '--quiet');
    },
    rebuildChanges: async () => void (await maintain('rebuildrecentchanges.php', '--quiet')),
    act: (params) => admin.act(params),
    async edit(title, text) {
      await admin.act({ action: 'edit', title, text });
    },
    async forgetSessions() {
      await run('php', [
        '-r',
        `foreach (glob('${home}/db/*.sqlite') as $f) { $d = new SQLite3($f); $d->busyTimeout(5000); @$d->exec('DELETE FROM objectcache'); }`,
      ]);
      admin.forget();
    },
    settings: (php) => writeFile(join(home, 'more.php'), `<?php\n${php}`),
    runJobs: async () => void (await maintain('runJobs.php', '--quiet')),
    async requests() {
      const lines = (await readFile(join(home, 'access.log'), 'utf8')).split('\n');
      await log.truncate();
      return lines.flatMap((line) => {
        const match = /\[(\d{3})\]: (\w+ \S+)/.exec(line);
        return match === null ? [] : [`${match[2]} ${match[1]}`];
      });
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The wiki's own: private, with a namespace and a page that only lawyers may read, and one page that cannot be parsed. */
const SETTINGS = `
$wgGroupPermissions['*']['read'] = false;
$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['legal']['legalread'] = true;
$wgAvailableRights[] = 'legalread';
# A bot password keeps only the rights of its grants: without this line nobody reads those pages through one.
$wgGrantPermissions['basic']['legalread'] = true;
$wgExtraNamespaces[3000] = 'Legal';
$wgExtraNamespaces[3001] = 'Legal_talk';
$wgContentNamespaces[] = 3000;
$wgContentNamespaces[] = NS_HELP;
$wgHooks['getUserPermissionsErrors'][] = static function ( $title, $user, $action, &$result ) {
  $isClosed = $title->getNamespace() === 3000 || $title->getText() === 'Board minutes';
  if ( $action === 'read' && $isClosed && !$user->isAllowed( 'legalread' ) ) {
    $result = 'badaccess-group0';
    return false;
  }
};
$wgHooks['ApiCheckCanExecute'][] = static function ( $module ) {
  if ( $module->getModuleName() === 'parse' ) {
    $page = Title::newFromID( (int)$module->getRequest()->getInt( 'pageid' ) );
    if ( $page && $page->getText() === 'Broken' ) { throw new RuntimeException( 'on purpose' ); }
  }
};
wfLoadExtension( 'Cite' );
$wgMainCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_DB;
# It is good for a second and so would show tests what was before: they change things within one.
$wgParserCacheType = CACHE_NONE;
$wgJobRunRate = 0;
$wgRateLimits = [];
$wgPasswordAttemptThrottle = [];
if ( is_file( 'HOME/more.php' ) ) { require 'HOME/more.php'; }
`;

function usersScript(users: readonly string[]): string {
  const more = 'basic,highvolume,editpage,createeditmovepage,delete,protect';
  const bots = [
    { ...READER, group: '', grants: 'basic' },
    { ...COUNSEL, group: 'legal', grants: 'basic' },
    { ...ADMIN, group: 'legal', grants: more },
  ];
  return `<?php
require_once '${CODE}/maintenance/Maintenance.php';
class MakeUsers extends Maintenance {
  public function execute() {
    $services = MediaWiki\\MediaWikiServices::getInstance();
    foreach ( json_decode( ${phpString(JSON.stringify(users))} ) as $name ) {
      User::newFromName( $name )->addToDatabase();
    }
    foreach ( json_decode( ${phpString(JSON.stringify(bots))} ) as $bot ) {
      [ $name, $app ] = explode( '@', $bot->user );
      $user = User::newFromName( $name );
      if ( !$user->getId() ) { $user->addToDatabase(); }
      if ( $bot->group ) { $services->getUserGroupManager()->addUserToGroup( $user, $bot->group ); }
      BotPassword::newUnsaved( [ 'user' => $user, 'appId' => $app, 'grants' => explode( ',', $bot->grants ) ] )
        ->save( 'insert', $services->getPasswordFactory()->newFromPlaintext( $bot->password ) );
    }
  }
}
$maintClass = MakeUsers::class;
require_once RUN_MAINTENANCE_IF_MAIN;
`;
}

const phpString = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function dump(pages: Readonly<Record<string, readonly SeedRevision[]>>): string {
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const revision = ({ at, by, text }: SeedRevision): string =>
    `<revision><timestamp>${at}</timestamp><contributor><username>${escape(by)}</username></contributor><model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">${escape(text)}</text></revision>`;
  const page = ([title, revisions]: readonly [string, readonly SeedRevision[]]): string =>
    `<page><title>${escape(title)}</title>${revisions.map(revision).join('')}</page>`;
  return `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">${Object.entries(pages).map(page).join('\n')}</mediawiki>`;
}

/** The administrator at the Action API; knows nothing of the connector's own client. */
class Client {
  readonly #api: string;
  #cookies = new Map<string, string>();
  #token: string | undefined;

  constructor(url: string) {
    this.#api = `${url}api.php`;
  }

  forget(): void {
    this.#cookies.clear();
    this.#token = undefined;
  }

  async act(params: Readonly<Record<string, string>>): Promise<unknown> {
    if (this.#token === undefined) {
      const login = (await this.#ask({ action: 'query', meta: 'tokens', type: 'login' })) as Tokens;
      const { user, password } = ADMIN;
      const token = login.query.tokens.logintoken ?? '';
      await this.#ask({ action: 'login', lgname: user, lgpassword: password, lgtoken: token });
      const csrf = (await this.#ask({ action: 'query', meta: 'tokens' })) as Tokens;
      this.#token = csrf.query.tokens.csrftoken ?? '';
    }
    return this.#ask({ token: this.#token, ...params });
  }

  async #ask(params: Readonly<Record<string, string>>): Promise<unknown> {
    const body = new URLSearchParams({ format: 'json', formatversion: '2', ...params });
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#api, { method: 'POST', body, headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const answer = (await response.json()) as { error?: unknown };
    if (answer.error !== undefined) throw new Error(`${params['action']}: ${JSON.stringify(answer.error)}`);
    return answer;
  }
}

interface Tokens {
  readonly query: { readonly tokens: { readonly logintoken?: string; readonly csrftoken?: string } };
}

async function endGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-server.pid, 'SIGTERM');
  await ended;
}

function isUp(url: string): Promise<boolean> {
  return fetch(`${url}api.php?action=query&meta=tokens&format=json`).then(
    (response) => response.ok,
    () => false,
  );
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error('MediaWiki did not answer within twenty seconds');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
