import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeAll } from '../../supergraph/compose.ts';
import type { Args } from '../command.ts';

/** `atrium compose` */
export async function runCompose({ switches }: Args): Promise<number> {
  const isCheck = switches.has('check');
  let stale = 0;
  for (const [url, text] of composeAll()) {
    const path = fileURLToPath(url);
    const name = relative(process.cwd(), path);
    const isFresh = (await readIfThere(path)) === text;
    if (!isFresh && !isCheck) await writeFile(path, text);
    if (!isFresh && isCheck) stale++;
    const state = isFresh ? 'is up to date' : isCheck ? 'is stale: run "npm run atrium -- compose"' : 'is written';
    console.log(`${name} ${state}`);
  }
  return stale === 0 ? 0 : 1;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
