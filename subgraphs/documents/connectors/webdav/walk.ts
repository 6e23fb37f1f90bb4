import type { Call, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { compareKeys, extensionOf } from '../files/paths.ts';
import type { Access } from './access.ts';
import type { DavClient, Refusal } from './client.ts';
import type { Entry } from './entries.ts';
import type { FolderMemory } from './memory.ts';

/** What a walk is about. */
export interface DavWalk {
  readonly client: DavClient;
  readonly access: Access;
  readonly extensions: ReadonlySet<string>;
  /** What an earlier walk saw, where that can be gone by. */
  readonly before: FolderMemory | undefined;
  /** What this walk sees. */
  readonly memory: FolderMemory;
  readonly keyOf: (file: Entry) => string;
  /** Whether the store has a document: one that has lost it needs it again. */
  readonly isKnown: (key: string) => boolean;
  /** Files up to this path were handed over before and are left out. */
  readonly after: string | undefined;
  readonly source: string;
}

/**
 * A step of a walk: a file with its readers; a folder that is as it was, with the keys of all documents below it; or a
 * problem, `unseen` when there may be files behind it.
 */
export type DavStep =
  | { readonly kind: 'still'; readonly folder: string; readonly keys: readonly string[] }
  | { readonly kind: 'file'; readonly folder: string; readonly entry: Entry; readonly readers: readonly Reader[] }
  | { readonly kind: 'problem'; readonly folder: string; readonly problem: Problem; readonly unseen: boolean };

/** Folders within folders. No share is so deep, but a link to a folder above it is, and so is a server gone mad. */
const MAX_DEPTH = 50;

/** In one walk. Asking for each takes a request. */
const MAX_FOLDERS = 200_000;

/** Statuses of a single entry of a listing that has others with 200. */
const ENTRY_REFUSALS: Readonly<Record<number, Refusal>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'gone',
  410: 'gone',
};

const WORDS: Readonly<Record<Refusal, string>> = {
  forbidden: 'the account may not read it; what was read from it before is taken out',
  gone: 'is no longer there',
  locked: 'is locked',
  broken: 'the server fails over it (status 500)',
};

/** The sentence of a problem with a file or folder. */
export function reasonOf(refusal: Refusal): string {
  return WORDS[refusal];
}

/**
 * The files below the base, in the order of their paths' segments, with who may read them. A folder is listed unless an
 * earlier walk saw it and its ETag says that it is as it was: on most servers it says nothing of what lies deeper, so
 * that all are listed. Names beginning with a dot are left out, and so is a file that is there under two names, but for
 * the first.
 * @returns whether there is nothing at all, not even a folder
 * @throws ConnectorError when the server stops answering: the walk can go on after the last file later
 */
export async function* walkDav(walk: DavWalk, root: Entry, call: Call): AsyncGenerator<DavStep, { isEmpty: boolean }> {
  const { client, access, before, memory, after } = walk;
  const seen = new Set<string>();
  let folders = 0;
  let isEmpty = true;

  async function* into(folder: Entry, depth: number, sharedAbove: readonly Reader[]): AsyncGenerator<DavStep> {
    const still = before?.below(folder.path, folder.etag);
    if (before !== undefined && still?.every(walk.isKnown) === true) {
      memory.keep(before, folder.path);
      for (const key of still) seen.add(key);
      isEmpty = false;
      yield { kind: 'still', folder: folder.path, keys: still };
      return;
    }
    if (++folders > MAX_FOLDERS)
      throw new ConnectorError('BAD_RESPONSE', `${walk.source}: there are more than ${MAX_FOLDERS} folders`);
    memory.enter(folder.path, folder.etag);
    const listing = await client.list(folder.path, call);
    if (typeof listing === 'string') {
      // The base answered a moment ago, so this is about its listing alone.
      if (folder.path === '')
        throw new ConnectorError('UNAVAILABLE', `${walk.source}: it cannot be listed (${listing})`);
      yield* refused(folder.path, folder.path, listing);
      return;
    }
    // Those of a folder gone through before were handed over with it.
    if (after === undefined || compareKeys(folder.path, after) > 0)
      for (const problem of listing.problems) yield { kind: 'problem', folder: folder.path, problem, unseen: false };
    const shared = [...sharedAbove, ...access.ofFolder(folder)];
    if (listing.entries.length > 0) isEmpty = false;
    for (const entry of listing.entries) {
      if (entry.name.startsWith('.')) continue;
      if (after !== undefined && compareKeys(entry.isFolder ? endOf(entry.path) : entry.path, after) <= 0) continue;
      const { status } = entry.resource;
      if (status !== 200) yield* refused(folder.path, entry.path, ENTRY_REFUSALS[status] ?? 'broken');
      else if (!entry.isFolder) yield* fileIn(folder, entry, shared);
      else if (depth >= MAX_DEPTH) {
        const reason = `lies more than ${MAX_DEPTH} folders deep and is left out; does a link lead back to a folder above?`;
        yield { kind: 'problem', folder: folder.path, problem: { place: entry.path, reason }, unseen: false };
      } else yield* into(entry, depth + 1, shared);
    }
  }

  function* fileIn(folder: Entry, entry: Entry, shared: readonly Reader[]): Generator<DavStep> {
    if (!walk.extensions.has(extensionOf(entry.name))) return;
    const key = walk.keyOf(entry);
    if (seen.has(key)) return;
    seen.add(key);
    const readers = access.ofFile(entry, shared);
    if (readers.length > 0) {
      memory.file(folder.path, key);
      yield { kind: 'file', folder: folder.path, entry, readers };
      return;
    }
    const reason = 'the server does not say whose it is; name its readers in `readers`';
    yield { kind: 'problem', folder: folder.path, problem: { place: entry.path, reason }, unseen: false };
  }

  yield* into(root, 1, access.aroundBase());
  return { isEmpty };
}

/** A path behind all that lie in a folder. */
export function endOf(folder: string): string {
  return folder === '' ? '\uFFFF' : `${folder}/\uFFFF`;
}

/** What may be behind a lock or a fault is not gone; what is forbidden now is, as far as we may know. */
function* refused(folder: string, path: string, refusal: Refusal): Generator<DavStep> {
  if (refusal === 'gone') return;
  const problem: Problem = { place: path, reason: reasonOf(refusal) };
  yield { kind: 'problem', folder, problem, unseen: refusal !== 'forbidden' };
}
