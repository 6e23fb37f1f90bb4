import { loadConfig } from '../../config/load.ts';
import { isLoopback } from '../../config/loopback.ts';
import { didYouMean } from '../../config/nearest.ts';
import { subgraphs } from '../../../subgraphs/registry.ts';
import { UsageError, type Args } from '../command.ts';

/** `atrium start` */
export async function runStart({ switches, texts, numbers }: Args): Promise<number> {
  const only = texts.get('only');
  checkOnly(only);
  const config = await loadConfig({ file: texts.get('config'), env: process.env, cwd: process.cwd() });
  const host = texts.get('host') ?? config.listen.host;
  const as = texts.get('as');
  if (!isLoopback(host)) {
    const because = `${host} can be reached from other machines; listen on 127.0.0.1 for trying out`;
    if (config.development.chooseViewer && only === undefined) {
      throw new UsageError(`"development.chooseViewer" lets anybody ask in anybody's name, and ${because}`);
    }
    if (as !== undefined) throw new UsageError(`"--as" gives whoever asks the rights of ${as}, and ${because}`);
  }
  const { start } = await import('../../start.ts');
  await start(config, { fresh: switches.has('fresh'), as, only, host: texts.get('host'), port: numbers.get('port') });
  return 0;
}

function checkOnly(only: string | undefined): void {
  const names = subgraphs.map(({ name }) => name);
  if (only === undefined || names.some((name) => name === only)) return;
  throw new UsageError(`there is no subgraph "${only}"${didYouMean(only, names) || `; there are ${names.join(', ')}`}`);
}
