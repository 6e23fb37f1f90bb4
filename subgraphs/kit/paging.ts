import type { Cursors } from './cursors.ts';
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
  cursors: Cursors,
  list: string,
  items: readonly Item[],
  args: PageArgs,
  options: { readonly fallback: number; readonly keyOf: (item: Item) => string; readonly edgeOf: (item: Item) => Edge },
): Connection<Edge> {
  const size = pageSize(args, options.fallback);
  const key = cursors.open(list, args.after);
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
    (item) => ({ ...options.edgeOf(item), cursor: cursors.seal(list, [options.keyOf(item), position++]) }),
    items.length,
  );
}
