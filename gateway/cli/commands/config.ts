import { loadConfig } from '../../config/load.ts';
import { printConfig } from '../../config/print.ts';
import type { Args } from '../command.ts';

/** `atrium config` */
export async function runConfig({ texts }: Args): Promise<number> {
  const config = await loadConfig({ file: texts.get('config'), env: process.env, cwd: process.cwd() });
  process.stdout.write(printConfig(config));
  return 0;
}
