import { pageSize, toConnection, type Connection, type PageArgs } from '../paging.ts';
import type { Cursors } from '../cursors.ts';
import { excerptOf, type Excerpt } from '../search/excerpt.ts';
import type { Question } from '../search/question.ts';
import type { Hits } from '../search/searcher.ts';

/** An edge of a list in order of match. */
export interface RankedEdge<Row> {
  readonly node: Row;
  /** 0 to 1: how the match compares with the best one. */
  readonly score: number;
  readonly excerpt: () => Promise<Excerpt>;
}

/** How the rows and texts behind hits are got. */
export interface RowsOf<Row> {
  readonly cursors: Cursors;
  readonly row: (item: number) => Promise<Row | undefined>;
  readonly body: (item: number) => Promise<string>;
}

/** A page of what was found. Its cursor is score and id, so that a page goes on where the last one ended. */
export async function rankedPage<Row extends { readonly id: number }>(
  list: string,
  hits: Hits,
  question: Question,
  args: PageArgs,
  rows: RowsOf<Row>,
): Promise<Connection<RankedEdge<Row>>> {
  const size = pageSize(args, 10);
  const after = rows.cursors.open(list, args.after);
  let start = 0;
  if (after) {
    const [score, item] = [Number(after[0]), Number(after[1])];
    start = hits.findIndex((hit) => hit.score < score || (hit.score === score && hit.item > item));
    if (start < 0) start = hits.length;
  }
  const page = hits.slice(start, start + size + 1);
  const best = hits[0]?.score ?? 1;
  const found = await Promise.all(page.map((hit) => rows.row(hit.item)));
  const known = page.flatMap((hit, index) => {
    const node = found[index];
    return node ? [{ hit, node }] : [];
  });
  return toConnection(
    known,
    { size, after: args.after },
    ({ hit, node }) => ({
      node,
      score: hit.score / best,
      excerpt: async () => excerptOf(await rows.body(hit.item), question),
      cursor: rows.cursors.seal(list, [hit.score, hit.item]),
    }),
    hits.length,
  );
}
