import type { Call, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { compareKeys, extensionOf } from '../files/paths.ts';
import type { DavClient, Entry, Refusal } from './client.ts';
import type { ReaderRules } from './rules.ts';
import type { Vendor } from './vendors.ts';

/** What a walk is about. */
export interface DavWalk {
  readonly client: DavClient;
  readonly vendor: Vendor;
  readonly rules: ReaderRules;
  readonly extensions: ReadonlySet<string>;
  /** Files up to this key were handed over before and are left out. */
  readonly after: string | undefined;
  readonly source: string;
}

/** A step of a walk: a file with its readers, or a problem; `unseen` when there may be files behind it. */
export type DavStep =
  | { readonly kind: 'file'; readonly entry: Entry; readonly readers: readonly Reader[] }
  | { readonly kind: 'problem'; readonly problem: Problem; readonly unseen: boolean };

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
 * The files below the base, in the order of their keys' segments, with who may read them. Every folder is listed on
 * each walk: on most servers a folder's ETag does not change with what lies deeper. Names beginning with a dot are
 * left out.
 * @returns whether there is nothing at all, not even a folder
 * @throws ConnectorError when the server stops answering: the walk can go on after the last file later
 */
export async function* walkDav(walk: DavWalk, root: Entry, call: Call): AsyncGenerator<DavStep, { isEmpty: boolean }> {
  const { client, vendor, rules, after } = walk;
  let folders = 0;
  let isEmpty = true;

  async function* into(folder: Entry, depth: number, sharedAbove: readonly Reader[]): AsyncGenerator<DavStep> {
    if (++folders > MAX_FOLDERS)
      throw new ConnectorError('BAD_RESPONSE', `${walk.source}: there are more than ${MAX_FOLDERS} folders`);
    const listing = await client.list(folder.key, call);
    if (typeof listing === 'string') {
      // The base answered a moment ago, so this is about its listing alone.
      if (folder.key === '')
        throw new ConnectorError('UNAVAILABLE', `${walk.source}: it cannot be listed (${listing})`);
      yield* refused(folder.key, listing);
      return;
    }
    // Those of a folder gone through before were handed over with it.
    if (after === undefined || compareKeys(folder.key, after) > 0)
      for (const problem of listing.problems) yield { kind: 'problem', problem, unseen: false };
    const shared = [...sharedAbove, ...vendor.sharees(folder.resource)];
    if (listing.entries.length > 0) isEmpty = false;
    for (const entry of listing.entries) {
      if (entry.name.startsWith('.')) continue;
      // Also of what is left out: a rule for it is no misspelt one.
      const rule = rules.of(entry.key);
      if (after !== undefined && compareKeys(entry.isFolder ? `${entry.key}/\uFFFF` : entry.key, after) <= 0) continue;
      const { status } = entry.resource;
      if (status !== 200) yield* refused(entry.key, ENTRY_REFUSALS[status] ?? 'broken');
      else if (!entry.isFolder) {
        if (walk.extensions.has(extensionOf(entry.name))) yield fileOf(entry, rule ?? byShares(entry, shared));
      } else if (depth >= MAX_DEPTH) {
        const reason = `lies more than ${MAX_DEPTH} folders deep and is left out; does a link lead back to a folder above?`;
        yield { kind: 'problem', problem: { place: entry.key, reason }, unseen: false };
      } else yield* into(entry, depth + 1, shared);
    }
  }

  function byShares(entry: Entry, shared: readonly Reader[]): readonly Reader[] {
    if (vendor.belongs === 'open') return ['everyone'];
    const owner = vendor.owner(entry.resource);
    const readers: Reader[] = [...shared, ...vendor.sharees(entry.resource)];
    return [...new Set(owner === undefined ? readers : [`person:${owner.handle}` as const, ...readers])];
  }

  yield* into(root, 1, []);
  return { isEmpty };
}

function fileOf(entry: Entry, readers: readonly Reader[]): DavStep {
  if (readers.length > 0) return { kind: 'file', entry, readers };
  const reason = 'the server does not say whose it is; name its readers in `readers`';
  return { kind: 'problem', problem: { place: entry.key, reason }, unseen: false };
}

/** What may be behind a lock or a fault is not gone; what is forbidden now is, as far as we may know. */
function* refused(key: string, refusal: Refusal): Generator<DavStep> {
  if (refusal === 'gone') return;
  yield {
    kind: 'problem',
    problem: { place: key, reason: reasonOf(refusal) },
    unseen: refusal !== 'forbidden',
  };
}
