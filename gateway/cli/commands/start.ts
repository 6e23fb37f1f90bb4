import { resolve } from 'node:path';
import { bareConfig, hasConfig, loadConfig } from '../../config/load.ts';
import { waysToSignIn } from '../../config/auth.ts';
import type { Config } from '../../config/schema.ts';
import { isLoopback } from '../../config/loopback.ts';
import { didYouMean } from '../../config/nearest.ts';
import { subgraphs } from '../../../subgraphs/registry.ts';
import { UsageError, type Args } from '../command.ts';

/** `atrium start` */
export async function runStart({ switches, texts, numbers }: Args): Promise<number> {
  const only = texts.get('only');
  checkOnly(only);
  const config = await configOf(texts);
  const host = texts.get('host') ?? config.listen.host;
  const as = texts.get('as');
  if (!isLoopback(host)) {
    const because = `${host} can be reached from other machines; listen on 127.0.0.1 for trying out`;
    if (config.development.chooseViewer && only === undefined) {
      throw new UsageError(`"development.chooseViewer" lets anybody ask in anybody's name, and ${because}`);
    }
    if (config.development.viewer !== undefined && only === undefined) {
      throw new UsageError(`"development.viewer" gives whoever asks that person's rights, and ${because}`);
    }
    if (as !== undefined) throw new UsageError(`"--as" gives whoever asks the rights of ${as}, and ${because}`);
  }
  const [way] = waysToSignIn(config.auth);
  if (as !== undefined && way !== undefined) {
    throw new UsageError(`"--as" gives whoever asks the rights of ${as}: with "auth.${way}" they sign in`);
  }
  const { start } = await import('../../start.ts');
  await start(config, { fresh: switches.has('fresh'), as, only, host: texts.get('host'), port: numbers.get('port') });
  return 0;
}

/** The configuration, with what the command line says of the supergraph. */
async function configOf(texts: Args['texts']): Promise<Config> {
  const cwd = process.cwd();
  const file = texts.get('supergraph');
  const isBare = file !== undefined && !texts.has('config') && !(await hasConfig(cwd));
  const config = isBare ? bareConfig(cwd) : await loadConfig({ file: texts.get('config'), env: process.env, cwd });
  const addresses = { ...config.supergraph.addresses, ...addressesOf(texts.get('subgraphs') ?? '') };
  return {
    ...config,
    supergraph: {
      ...config.supergraph,
      file: file === undefined ? config.supergraph.file : resolve(cwd, file),
      addresses,
    },
  };
}

/** `accounts=http://127.0.0.1:4001/graphql,products=…` */
function addressesOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', address = ''] = pair.trim().split(/=(.*)/s);
      if (name === '' || !/^https?:/.test(address) || !URL.canParse(address)) {
        throw new UsageError(`"--subgraphs" takes name=http://address, with commas between, not "${pair}"`);
      }
      return [name, address];
    }),
  );
}

function checkOnly(only: string | undefined): void {
  const names = subgraphs.map(({ name }) => name);
  if (only === undefined || names.some((name) => name === only)) return;
  throw new UsageError(`there is no subgraph "${only}"${didYouMean(only, names) || `; there are ${names.join(', ')}`}`);
}
