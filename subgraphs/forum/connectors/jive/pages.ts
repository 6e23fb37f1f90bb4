import { PER_PAGE } from './query.ts';

/** What a page brings. */
export interface Rows {
  /** Rows not listed before. */
  readonly rows: readonly unknown[];
  /** False once rows may have slipped to pages already read. */
  readonly isSteady: boolean;
}

/** How a list is read. */
export interface PageOptions {
  /** The field that tells rows apart. */
  readonly idOf: string;
  /** Whether to find out that the list moved: pages then begin with the last row of the one before. */
  readonly isSteady?: boolean;
}

/** Three million rows: beyond it a list has no end. */
const MAX_PAGES = 30_000;
/** Jive cuts pages first and takes out what may not be seen then, so that some are empty. */
const MAX_EMPTY = 100;

/**
 * The pages of one list so far. They are counted from the front, so that what is deleted meanwhile moves everything
 * behind it forward, and a row may slip from a page to come to one already read. It would count as gone.
 */
export class Pages {
  readonly #seen = new Set<string>();
  readonly #options: PageOptions;
  #pages = 0;
  #empty = 0;
  #last: string | undefined;
  /** The first row of the next page must be this one. */
  #expected: string | undefined;
  #isSteady = true;

  constructor(options: PageOptions) {
    this.#options = options;
  }

  /** Takes a page. @returns what is new in it; undefined when the list goes round in circles */
  take(list: readonly unknown[], hasMore: boolean): Rows | undefined {
    if (this.#expected !== undefined && this.#idOf(list[0]) !== this.#expected) this.#isSteady = false;
    const rows = list.filter((row) => {
      const id = this.#idOf(row);
      if (id === undefined) return true;
      const isNew = !this.#seen.has(id);
      this.#seen.add(id);
      return isNew;
    });
    this.#empty = list.length === 0 ? this.#empty + 1 : 0;
    const isStuck = (list.length > 0 && rows.length === 0) || this.#empty > MAX_EMPTY;
    if (hasMore && (isStuck || ++this.#pages > MAX_PAGES)) return undefined;
    // Of a page with gaps nobody can tell which row its last one was.
    this.#last = list.length === PER_PAGE ? this.#idOf(list.at(-1)) : undefined;
    return { rows, isSteady: this.#isSteady };
  }

  /** Where the list goes on: from the last row once more, where that tells whether it moved. */
  next(link: string): string {
    this.#expected = undefined;
    const start = /(?<=[?&]startIndex=)\d+/.exec(link);
    if (this.#options.isSteady !== true || this.#last === undefined || start === null || Number(start[0]) < 1)
      return link;
    this.#expected = this.#last;
    return link.replace(/(?<=[?&]startIndex=)\d+/, String(Number(start[0]) - 1));
  }

  #idOf(row: unknown): string | undefined {
    const id = (row as Record<string, unknown> | null | undefined)?.[this.#options.idOf];
    return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
  }
}
