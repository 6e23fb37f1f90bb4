import { requestError } from './request-error.ts';

/** The arguments of every paged field. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A Relay connection as resolvers return it; `totalCount` is counted only when asked for. */
export interface Connection<Edge> {
  readonly edges: readonly (Edge & { readonly cursor: string })[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | (() => number);
}

/** How many items a page may have. */
export const MAX_PAGE = 100;

/**
 * The page size asked for.
 * @throws PAGE_SIZE when it is not from 1 to `max`.
 */
export function pageSize(args: PageArgs, fallback: number, max = MAX_PAGE): number {
  const first = args.first ?? fallback;
  if (!Number.isInteger(first) || first < 1 || first > max) {
    throw requestError('PAGE_SIZE', `"first" must be from 1 to ${max}, not ${first}.`);
  }
  return first;
}

/** A place in a list: the values of its order, the last of them unique. */
export type CursorKey = readonly (string | number | null)[];

/**
 * A cursor: opaque to clients. `list` names what the cursor is good for (the list, its filter and order), so that a
 * cursor of another list is refused instead of giving a page of nonsense.
 */
export function encodeCursor(list: string, key: CursorKey): string {
  return Buffer.from(JSON.stringify([fingerprint(list), ...key]), 'utf8').toString('base64url');
}

/**
 * The place a cursor stands for; undefined without one.
 * @throws BAD_CURSOR when it is not a cursor of this list.
 */
export function decodeCursor(list: string, after: string | null | undefined, length: number): CursorKey | undefined {
  if (after === null || after === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === length + 1 && parsed[0] === fingerprint(list)) {
      const key = parsed.slice(1) as unknown[];
      if (key.every((part) => part === null || typeof part === 'string' || Number.isFinite(part))) {
        return key as CursorKey;
      }
    }
  } catch {
    // Not ours; refused below with the same words as any other stranger.
  }
  throw requestError('BAD_CURSOR', 'The cursor in "after" does not belong to this list, filter and order.');
}

/** Makes a connection out of one item more than the page holds, which tells whether there is a next page. */
export function toConnection<Item, Edge>(
  items: readonly Item[],
  page: { readonly size: number; readonly after: string | null | undefined },
  edgeOf: (item: Item) => Edge & { readonly cursor: string },
  totalCount: number | (() => number),
): Connection<Edge> {
  const edges = items.slice(0, page.size).map(edgeOf);
  return {
    edges,
    pageInfo: {
      hasNextPage: items.length > page.size,
      hasPreviousPage: page.after !== null && page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

/** A page of a list that is in memory as a whole; its cursor is the key of each item, so it survives insertions. */
export function pageOf<Item, Edge>(
  list: string,
  items: readonly Item[],
  args: PageArgs,
  options: { readonly fallback: number; readonly keyOf: (item: Item) => string; readonly edgeOf: (item: Item) => Edge },
): Connection<Edge> {
  const size = pageSize(args, options.fallback);
  const key = decodeCursor(list, args.after, 2);
  let start = 0;
  if (key) {
    const found = items.findIndex((item) => options.keyOf(item) === key[0]);
    // The item the cursor stood on may be gone: its place then is the best there is.
    start = found >= 0 ? found + 1 : Number(key[1]);
  }
  let position = start;
  return toConnection(
    items.slice(start, start + size + 1),
    { size, after: args.after },
    (item) => ({ ...options.edgeOf(item), cursor: encodeCursor(list, [options.keyOf(item), position++]) }),
    items.length,
  );
}

function fingerprint(list: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < list.length; i++) hash = Math.imul(hash ^ list.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
