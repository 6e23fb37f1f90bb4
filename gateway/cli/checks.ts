import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Health } from '../../subgraphs/kit/connector.ts';
import { readThesaurus } from '../../subgraphs/directory/thesaurus.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import { checkSource } from '../../subgraphs/kit/sync/open-source.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../config/schema.ts';
import { quietLog } from './quiet-log.ts';

/** What was checked, and how it stands. A warning fails nothing. */
export interface Check {
  readonly name: string;
  readonly status: Health['status'] | 'warning';
  /** One sentence: what was seen or, where it failed, what to change. */
  readonly detail: string;
}

/** The oldest Node that Atrium is tested with. */
const NEEDED_NODE = [24, 18] as const;

/** A tool that has not answered after this long is unknown. */
const DEADLINE_MS = 20_000;

/** Whether this Node is new enough. */
export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFine = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
  return isFine
    ? { name: 'node', status: 'ok', detail: `Node ${version}.` }
    : { name: 'node', status: 'failed', detail: `Node ${version} is too old: ${NEEDED_NODE.join('.')} is needed.` };
}

/** Whether the stores can be written, or created. */
export async function checkData(folder: string): Promise<Check> {
  const name = 'data';
  try {
    let existing = folder;
    for (;;) {
      const at = await stat(existing).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (at && !at.isDirectory()) return { name, status: 'failed', detail: `${existing} is not a folder.` };
      if (at) break;
      existing = dirname(existing);
    }
    await access(existing, constants.W_OK | constants.X_OK);
    return {
      name,
      status: 'ok',
      detail: existing === folder ? `${folder} is writable.` : `${folder} will be created.`,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { name, status: 'failed', detail: `${folder} cannot be written (${code ?? 'unknown reason'}).` };
  }
}

/** Each source, by the calls a sync would make. */
export function checkSources(config: Config, secrets: readonly string[]): Promise<Check[]> {
  const deps = { baseDir: config.baseDir, log: quietLog(secrets) };
  return Promise.all(
    subgraphs.flatMap(({ name: area, connectors }) =>
      config[area].sources.map(async (source): Promise<Check> => {
        const signal = AbortSignal.timeout(DEADLINE_MS);
        const late = new Promise<Health>((resolve) => {
          // A connector that does not heed its deadline must not hold up the rest.
          signal.addEventListener('abort', () => {
            setTimeout(() => resolve({ status: 'unknown', detail: `No answer in ${DEADLINE_MS / 1_000} s.` }), 500);
          });
        });
        const health = await Promise.race([checkSource(connectors, source, deps, signal), late]);
        return { name: `source ${source.name}`, ...health };
      }),
    ),
  );
}

/** The thesaurus, if there is one. */
export function checkThesaurus({ directory }: Config): Check[] {
  const { thesaurus } = directory;
  if (thesaurus === undefined) return [];
  try {
    readThesaurus(thesaurus);
    return [{ name: 'thesaurus', status: 'ok', detail: `${thesaurus} is usable.` }];
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return [{ name: 'thesaurus', status: 'failed', detail: error.message }];
  }
}

/** The shared cache, if there is one. */
export async function checkCache({ cache }: Config): Promise<Check[]> {
  if (cache.redis === undefined) return [];
  const name = 'cache';
  let complaint = '';
  const note = (fields: object): void => void (complaint ||= String((fields as { err?: unknown }).err));
  const { openCache } = await import('../cache/key-value-cache.ts');
  const opened = await openCache(cache.redis, { debug: note, info: note, warn: note, error: note });
  try {
    // Production gives it 50 ms, but has connected long before. There and back: a cache that does not answer is no error.
    const [key, value] = ['atrium:doctor', String(process.hrtime.bigint())];
    for (let tries = 0; tries < 20; tries++) {
      await opened.set(key, value, { ttl: 10 });
      if ((await opened.get(key)) === value) return [{ name, status: 'ok', detail: 'The shared cache answers.' }];
      await new Promise((resolve) => void setTimeout(resolve, 100));
    }
  } finally {
    await opened.close();
  }
  if (/WRONGPASS|NOAUTH|NOPERM|invalid password/i.test(complaint)) {
    return [{ name, status: 'failed', detail: 'The shared cache refuses the name or password in "cache.redis".' }];
  }
  return [
    { name, status: 'unknown', detail: 'The shared cache does not answer; without it each gateway remembers alone.' },
  ];
}

/** The keys of those who sign in, if they are fetched. */
export async function checkSignIn({ auth: { oidc, jwt } }: Config): Promise<Check[]> {
  const place = oidc?.issuer ?? jwt?.jwksUrl;
  if (place === undefined) return [];
  const name = 'sign-in';
  const { discoverKeys, fetchKeys } = await import('../identity/key-set.ts');
  try {
    const { keys } = await fetchKeys(oidc ? await discoverKeys(oidc.issuer) : place);
    return [{ name, status: 'ok', detail: `${place} has ${keys.length === 1 ? 'a key' : `${keys.length} keys`}.` }];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ name, status: 'failed', detail: `The keys of ${place} cannot be fetched: ${why}.` }];
  }
}

/** Whether the composed schema is that of the subgraphs. */
export async function checkSupergraph(): Promise<Check> {
  const name = 'supergraph';
  try {
    const { isSupergraphFresh } = await import('../supergraph/compose.ts');
    if (isSupergraphFresh()) return { name, status: 'ok', detail: 'The composed schema is up to date.' };
    return { name, status: 'failed', detail: 'The composed schema is stale: run "npm run atrium -- compose".' };
  } catch (error) {
    return { name, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}
