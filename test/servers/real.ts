import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program that tests start for real. */
interface RealServer {
  /** Without one of these it cannot be started. */
  readonly files: readonly string[];
  /** What apt installs it by, on Debian 12; its own package first. */
  readonly packages: readonly string[];
  /** It serves nothing unless it is started as root. */
  readonly needsRoot?: boolean;
}

const MEDIAWIKI = 'mediawiki php-cli php-sqlite3 php-intl php-mbstring php-xml php-curl php-apcu';

/** ADD A SERVER: one entry here; `npm run servers:install`, CI and the report of `npm test` follow. */
const SERVERS = {
  slapd: { files: ['/usr/sbin/slapd', '/etc/ldap/schema'], packages: ['slapd', 'ldap-utils', 'openssl'] },
  mediawiki: { files: ['/usr/share/mediawiki/api.php', '/usr/bin/php'], packages: MEDIAWIKI.split(' ') },
  apache: {
    files: ['/usr/sbin/apache2', '/usr/lib/apache2/modules/mod_dav_fs.so', '/usr/bin/htpasswd'],
    packages: ['apache2', 'apache2-utils'],
  },
  dovecot: {
    files: ['/usr/sbin/dovecot', '/usr/lib/dovecot/imap'],
    packages: ['dovecot-imapd', 'openssl'],
    needsRoot: true,
  },
  redis: { files: ['/usr/bin/redis-server'], packages: ['redis-server'] },
  chromium: { files: ['/usr/bin/chromium'], packages: ['chromium'] },
} satisfies Readonly<Record<string, RealServer>>;

/** The name of a real server. */
export type RealServerName = keyof typeof SERVERS;

/** All of them. */
export const REAL_SERVERS = Object.keys(SERVERS) as RealServerName[];

/** The folder in which tests note what they use, see `real-setup.ts`. */
export const NOTES = 'ATRIUM_TEST_SERVERS';

/** Why a server cannot be started here; undefined where it can. */
export function whyMissing(name: RealServerName): string | undefined {
  const { files, needsRoot }: RealServer = SERVERS[name];
  if (!files.every((file) => existsSync(file))) return 'missing (npm run servers:install)';
  return needsRoot && process.getuid?.() !== 0 ? 'missing (it has to be started as root)' : undefined;
}

/** What apt has to install for the servers that are not there. */
export function missingPackages(): string[] {
  const missing = REAL_SERVERS.filter((name) => !SERVERS[name].files.every((file) => existsSync(file)));
  return [...new Set(missing.flatMap((name) => SERVERS[name].packages))];
}

/**
 * Whether a server can be started here, to be asked by each test file that does. Where it cannot, that is said; in CI it
 * is an error.
 */
export function isInstalled(name: RealServerName): boolean {
  const reason = whyMissing(name);
  if (reason !== undefined) {
    if (process.env['CI'] !== undefined) throw new Error(`${name}: ${reason}`);
    console.warn(`Skipped: ${name} ${reason}`);
    return false;
  }
  const notes = process.env[NOTES];
  if (notes !== undefined) appendFileSync(join(notes, name), '');
  return true;
}

/** What a run of the tests that used these had of real servers: `slapd 2.5.13 ran, dovecot missing (…)`. */
export function report(used: readonly string[]): string {
  return REAL_SERVERS.map((name) => {
    const reason = whyMissing(name);
    if (reason !== undefined) return `${name} ${reason}`;
    return `${name} ${versionOf(SERVERS[name].packages[0] ?? name)}${used.includes(name) ? 'ran' : 'not asked for'}`;
  }).join(', ');
}

/** The upstream version of an installed package and a space; nothing where there is no such package. */
function versionOf(name: string): string {
  try {
    const text = execFileSync('dpkg-query', ['-W', '-f=${Version}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const version = /^(?:\d+:)?([\d.]+)/.exec(text)?.[1];
    return version === undefined ? '' : `${version} `;
  } catch {
    return '';
  }
}
