import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A query offered in a tab of its own. */
export interface SampleOperation {
  readonly query: string;
  /** JSON text as written in the file; the editor shows it and marks what is wrong with it. */
  readonly variables?: string;
}

const FIRST = 'topic.graphql';

/**
 * The operations of a folder, `topic.graphql` (what Atrium is for) first, the others by name.
 * A missing folder has no operations; a file that cannot be read is an error.
 */
export async function readSampleOperations(dir: string): Promise<readonly SampleOperation[]> {
  const names = new Set(await listFolder(dir));
  const files = [...names]
    .filter((name) => name.endsWith('.graphql'))
    .toSorted((a, b) => Number(b === FIRST) - Number(a === FIRST) || (a < b ? -1 : 1));

  return Promise.all(
    files.map(async (file) => {
      const variablesFile = file.replace(/\.graphql$/, '.variables.json');
      const query = await readFile(join(dir, file), 'utf8');
      if (!names.has(variablesFile)) return { query };
      return { query, variables: await readFile(join(dir, variablesFile), 'utf8') };
    }),
  );
}

async function listFolder(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}
