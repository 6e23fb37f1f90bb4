/**
 * Writes the tables of options into README.md, between `<!-- options:file -->` and `<!-- /options:file -->` and their
 * like: `npm run docs`. With `--check` it writes nothing, and fails when the README says something else than the code.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { optionTables } from './describe.ts';

/** A README with its tables as they should be. */
export interface Refreshed {
  readonly text: string;
  /** Markers that open nothing we know, never close, or are missing altogether. */
  readonly complaints: readonly string[];
}

/** What every source has may be said in words as well. */
const OPTIONAL: ReadonlySet<string> = new Set(['source']);

/** Puts tables between their markers. What has no marker is left out, and complained of. */
export function refreshTables(readme: string, tables: ReadonlyMap<string, string>): Refreshed {
  const complaints: string[] = [];
  const found = new Set<string>();
  const text = readme.replaceAll(
    /<!-- options:([\w:-]+) -->(?:(?!<!-- options:).)*?<!-- \/options:\1 -->/gs,
    (whole, marker: string) => {
      const table = tables.get(marker);
      if (table === undefined) return whole;
      found.add(marker);
      return `<!-- options:${marker} -->\n\n${table}\n\n<!-- /options:${marker} -->`;
    },
  );
  for (const [, marker = ''] of readme.matchAll(/<!-- options:([\w:-]+) -->/g)) {
    if (!tables.has(marker)) complaints.push(`There is no "${marker}" for the marker <!-- options:${marker} -->.`);
    else if (!found.has(marker))
      complaints.push(`The marker <!-- options:${marker} --> is never closed by <!-- /options:${marker} -->.`);
  }
  for (const marker of tables.keys()) {
    if (!OPTIONAL.has(marker) && !readme.includes(`<!-- options:${marker} -->`))
      complaints.push(`The marker <!-- options:${marker} --> is missing.`);
  }
  return { text, complaints };
}

async function main(path: string, isCheck: boolean): Promise<number> {
  const readme = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (readme === undefined) {
    console.error(`There is no ${path}.`);
    return 1;
  }
  const { text, complaints } = refreshTables(readme, optionTables());
  for (const complaint of complaints) console.error(complaint);
  if (!isCheck) {
    if (text !== readme) await writeFile(path, text);
    return 0;
  }
  if (text !== readme) console.error('The tables of options are stale: run `npm run docs`.');
  return text !== readme || complaints.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const path = args.find((arg) => !arg.startsWith('--')) ?? fileURLToPath(new URL('../../README.md', import.meta.url));
  process.exitCode = await main(path, args.includes('--check'));
}
