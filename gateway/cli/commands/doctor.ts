import { styleText } from 'node:util';
import { subgraphs } from '../../../subgraphs/registry.ts';
import { loadConfigFully, type LoadedConfig } from '../../config/load.ts';
import { secretsOf } from '../../config/print.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError, lineOf } from '../../config/problem.ts';
import { withoutSecrets } from '../../config/secret-text.ts';
import {
  checkCache,
  checkSignIn,
  checkData,
  checkNode,
  checkSources,
  checkSupergraph,
  checkThesaurus,
  type Check,
} from '../checks.ts';
import { checkRemotes } from '../check-remotes.ts';
import { UsageError, type Args } from '../command.ts';
import { checkKnownPeople } from '../known-people.ts';
import { acceptShrunk, checkSyncs } from '../syncs.ts';
import { checkSourceName } from '../source-name.ts';
import { plural, printable, printWidth, wrap } from '../text.ts';

const LOOKS = { ok: 'green', failed: 'red', unknown: 'yellow', warning: 'yellow' } as const;

/** `atrium doctor` */
export async function runDoctor({ texts, switches }: Args): Promise<number> {
  const checks = [checkNode(), await checkSupergraph()];
  let secrets: string[] = [];
  try {
    const loaded = await loadConfigFully({ file: texts.get('config'), env: process.env, cwd: process.cwd() });
    secrets = secretsOf(loaded.config);
    checks.push(...acceptShrinkIfAsked(loaded.config, switches.has('accept-shrink'), texts.get('source')));
    checks.push(...(await checksOf(loaded, secrets)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    checks.push(...error.problems.map((each): Check => ({ name: 'config', status: 'failed', detail: lineOf(each) })));
  }
  const shown = checks.map((check) => ({ ...check, detail: withoutSecrets(check.detail, secrets) }));
  const isFine = shown.every(({ status }) => status !== 'failed');
  if (switches.has('json')) console.log(JSON.stringify({ ok: isFine, checks: shown }, null, 2));
  else print(shown);
  return isFine ? 0 : 1;
}

/** `--accept-shrink`. What it was accepted for is seen when the sources are checked. */
function acceptShrinkIfAsked(config: Config, isAsked: boolean, only: string | undefined): Check[] {
  if (!isAsked && only !== undefined) throw new UsageError('"--source" belongs to "--accept-shrink"');
  checkSourceName(config, only);
  if (!isAsked || acceptShrunk(config, only).length > 0) return [];
  const detail = `${only === undefined ? 'No source has' : `${only} has not`} stopped for having shrunk: there is nothing to accept.`;
  return [{ name: 'sync', status: 'warning', detail }];
}

async function checksOf({ config, literalSecrets }: LoadedConfig, secrets: readonly string[]): Promise<Check[]> {
  const sources = subgraphs.flatMap(({ name }) => config[name].sources);
  const isEmpty = sources.length === 0 && subgraphs.every(({ name }) => config[name].url === undefined);
  const parts = await Promise.all([
    checkData(config.data),
    checkSources(config, secrets),
    checkRemotes(config),
    checkCache(config),
    checkSignIn(config),
  ]);
  const origin = config.file ?? 'The sample';
  return [
    { name: 'config', status: 'ok', detail: `${origin}: ${plural(sources.length, 'source')}.` },
    ...(isEmpty
      ? [{ name: 'config', status: 'warning', detail: 'There are no sources: every answer will be empty.' } as const]
      : []),
    ...literalSecrets.map((option): Check => ({
      name: 'config',
      status: 'warning',
      detail: `"${option}" stands in the file itself: write \${NAME} there, and set the environment variable NAME.`,
    })),
    ...checkThesaurus(config),
    ...parts.flat(),
    ...checkSyncs(config),
    ...(await checkKnownPeople(config)),
  ];
}

function print(checks: readonly Check[]): void {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const indent = 9 + width;
  for (const { name, status, detail } of checks) {
    const [first = '', ...more] = detail.split('\n').flatMap((line) => wrap(printable(line), printWidth() - indent));
    console.log(`${styleText(LOOKS[status], status.padEnd(9))}${name.padEnd(width)}${first}`);
    for (const line of more) console.log(' '.repeat(indent) + line);
  }
}
