import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Reader } from '../../../kit/content/item.ts';
import type { Problem } from '../../../kit/connector.ts';
import { toReader } from '../../../kit/text/accounts.ts';
import { decodeBytes } from '../../../kit/text/files.ts';
import { within, type Fence } from '../files/fence.ts';

/** The name of the file that says who may read a folder and everything below it. */
export const READERS_FILE = '.readers';

const MAX_BYTES = 64 * 1024;

const NO_READER = 'is not everyone, group:<name> or person:<handle>';

/**
 * Reads a folder's `.readers` file, one reader a line, `#` begins a comment.
 * @param place its path within the source, for problems
 * @param outer the fence of the folders above
 * @returns the outer fence where there is no such file; undefined (closed) where it is broken or opens nothing that
 *   the outer fence allows. Never more than the outer fence.
 */
export async function readFence(
  path: string,
  place: string,
  outer: readonly Reader[],
  problems: Problem[],
): Promise<Fence> {
  let text: string;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      if (size > MAX_BYTES) throw new Error('it is larger than 64 KiB');
      text = decodeBytes(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return outer;
    problems.push({
      place,
      reason: `cannot be read (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message}), so the folder is closed`,
    });
    return undefined;
  }
  const own: Reader[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const written = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (written === '') continue;
    const reader = toReader(written);
    // A name may have a comma in it; that a second reader follows it is no part of a name.
    const isList = /[,;]\s*(?:everyone\b|group:|person:)/.test(written);
    if (reader === undefined || isList) {
      const what = isList ? 'names several readers: write each on a line of its own' : NO_READER;
      problems.push({
        place: `${place}:${index + 1}`,
        reason: `"${written.slice(0, 100)}" ${what}, so the folder is closed`,
      });
      return undefined;
    }
    own.push(reader);
  }
  if (own.length === 0) {
    problems.push({ place, reason: 'names nobody, so the folder is closed' });
    return undefined;
  }
  return within(outer, [...new Set(own)], place, problems);
}
