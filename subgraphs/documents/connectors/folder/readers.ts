import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Reader } from '../../../kit/content/item.ts';
import type { Problem } from '../../../kit/connector.ts';
import { toReader } from '../../../kit/text/accounts.ts';
import { decodeBytes } from '../../../kit/text/files.ts';

/** Who may read what lies in a folder; undefined when the folder is closed because that could not be told. */
export type Fence = readonly Reader[] | undefined;

/** The name of the file that says who may read a folder and everything below it. */
export const READERS_FILE = '.readers';

const MAX_BYTES = 64 * 1024;

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
    if (reader === undefined) {
      problems.push({
        place: `${place}:${index + 1}`,
        reason: `"${written.slice(0, 100)}" is not everyone, group:<name> or person:<handle>, so the folder is closed`,
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

/**
 * Readers that both lists allow. A list cannot say "in this group and in that one", so what only one of them names is
 * left out: fewer may then read than might, never more.
 */
export function within(outer: readonly Reader[], inner: readonly Reader[], place: string, problems: Problem[]): Fence {
  if (outer.includes('everyone')) return inner;
  const both = inner.includes('everyone') ? outer : inner.filter((reader) => outer.includes(reader));
  if (inner.some((reader) => !outer.includes(reader))) {
    const consequence = both.length === 0 ? 'nobody can be let in' : `only ${both.join(', ')} can be let in`;
    problems.push({
      place,
      reason: `asks for ${inner.join(', ')} where a folder above allows only ${outer.join(', ')}: ${consequence}; name readers that both have`,
    });
  }
  return both.length === 0 ? undefined : both;
}
