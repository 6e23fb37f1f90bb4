import { readdir, realpath } from 'node:fs/promises';
import { join, matchesGlob, relative, isAbsolute } from 'node:path';
import type { Reader } from '../../../kit/content/item.ts';
import type { Problem } from '../../../kit/connector.ts';
import { compareKeys, extensionOf } from '../files/paths.ts';
import { READERS_FILE, readFence } from './readers.ts';

/** What a walk is about. */
export interface WalkOptions {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  readonly readers: readonly Reader[];
  readonly extensions: ReadonlySet<string>;
  readonly ignore: readonly string[];
  /** Files up to this key were handed over before and are left out. */
  readonly after: string | undefined;
}

/** A step of a walk: a file with its readers, problems met, or a folder that could not be looked into. */
export type Walked =
  | { readonly kind: 'file'; readonly key: string; readonly path: string; readonly readers: readonly Reader[] }
  | { readonly kind: 'problem'; readonly problem: Problem; readonly unseen: boolean };

/**
 * The files below a folder, in the order of their keys' segments, with who may read them. Names beginning with a dot
 * are left out. Symbolic links are not followed: one inside leads to a file that is found anyway, under the readers of
 * the folder it lies in, and one that leads out is a problem.
 */
export async function* walk(
  options: WalkOptions,
  key = '',
  fence: readonly Reader[] = options.readers,
): AsyncGenerator<Walked> {
  const folder = join(options.root, key);
  const problems: Problem[] = [];
  const prefix = key === '' ? '' : `${key}/`;
  const readers = await readFence(join(folder, READERS_FILE), `${prefix}${READERS_FILE}`, fence, problems);
  // Already told by the part of this run that was handed over before.
  if (!isBefore(prefix, options.after))
    for (const problem of problems) yield { kind: 'problem', problem, unseen: false };
  if (readers === undefined) return;

  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    // The root itself is no problem but an error; that is the caller's to say.
    if (key === '') throw cause;
    yield {
      kind: 'problem',
      problem: {
        place: key,
        reason: `the folder cannot be looked into (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      },
      unseen: true,
    };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const own = `${prefix}${entry.name}`;
    if (options.ignore.some((glob) => matchesGlob(own, glob) || matchesGlob(entry.name, glob))) continue;
    if (entry.isDirectory()) {
      if (options.after === undefined || compareKeys(`${own}/\uFFFF`, options.after) > 0) {
        yield* walk(options, own, readers);
      }
    } else if (options.after !== undefined && compareKeys(own, options.after) <= 0) continue;
    else if (entry.isSymbolicLink()) {
      if (await leadsOut(join(folder, entry.name), options.root)) {
        yield {
          kind: 'problem',
          problem: { place: own, reason: 'a link that leads out of the folder; it is not followed' },
          unseen: false,
        };
      }
    } else if (entry.isFile() && options.extensions.has(extensionOf(entry.name))) {
      if (own.isWellFormed()) yield { kind: 'file', key: own, path: join(folder, entry.name), readers };
      else
        yield {
          kind: 'problem',
          problem: { place: own.toWellFormed(), reason: 'the name is not UTF-8; rename the file' },
          unseen: false,
        };
    }
  }
}

function isBefore(prefix: string, after: string | undefined): boolean {
  return after !== undefined && (after.startsWith(prefix) || compareKeys(prefix, after) <= 0);
}

async function leadsOut(path: string, root: string): Promise<boolean> {
  try {
    const inside = relative(root, await realpath(path));
    return inside.startsWith('..') || isAbsolute(inside);
  } catch {
    return false; // leads nowhere
  }
}
