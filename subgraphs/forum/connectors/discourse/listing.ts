import type { Call, Known } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import type { DiscourseApi, TopicPage } from './api.ts';
import type { RunCursor } from './cursor.ts';
import type { TopicRow } from './shapes.ts';

/** Three million topics: beyond it a list has no end. */
const MAX_PAGES = 30_000;
/** Posts edited beyond the newest are found by reading so many topics again with every run. */
const AGAIN = 10;

/** Topics as lists show them. */
export interface Listing {
  readonly rows: Map<number, TopicRow>;
  /** Ids of topics that are there, but whose line cannot be used, with what is wrong. */
  readonly unfit: Map<number | undefined, string>;
  /** Topics to be read although their line may be as it was. */
  readonly again: Set<number>;
  /** Topics that are no longer listed. */
  readonly gone: number[];
  readonly pages: number;
  /** The id of the newest post. */
  readonly newestPost: number;
  readonly next: Pick<RunCursor, 'bumpedAt' | 'editedAt' | 'top' | 'turn'>;
}

/** What is asked for: all topics, or those with activity since. */
export interface ListingOptions {
  readonly api: DiscourseApi;
  readonly source: string;
  readonly isWhole: boolean;
  readonly last: RunCursor;
}

/**
 * Lists topics: all of them and what is gone; or those with new activity, with newly edited posts, and the next few
 * whose turn it is.
 *
 * A topic that is missing from a whole list may only have slipped to a page already read, so it is asked for by its id
 * before it counts as gone. What the store has is found by trying ids: they are small numbers.
 */
export async function listTopics(
  { api, source, isWhole, last }: ListingOptions,
  known: Known,
  call: Call,
): Promise<Listing> {
  const rows = new Map<number, TopicRow>();
  const unfit = new Map<number | undefined, string>();
  const take = (page: TopicPage): number => {
    const before = rows.size + unfit.size;
    for (const row of page.rows) rows.set(row.id, row);
    for (const { id, reason } of page.unfit) unfit.set(id, reason);
    return rows.size + unfit.size - before;
  };
  let pages = 0;
  for (let hasMore = true; hasMore; pages++) {
    const page = await api.topics(isWhole ? 'created' : 'activity', pages, call);
    const found = take(page);
    ({ hasMore } = page);
    if (hasMore && (found === 0 || pages >= MAX_PAGES))
      throw new ConnectorError('BAD_RESPONSE', `${source}: the tool lists the same topics again and again`);
    // Only the last one tells: pinned topics come first, however old. Those with the same time as the last one seen may
    // have come after it.
    if (!isWhole && (page.rows.at(-1)?.bumped_at ?? '') < last.bumpedAt) hasMore = false;
  }
  const again = new Set(last.retry);
  let { editedAt, turn } = last;
  let newestPost = 0;
  for (const { id, topic_id: topic, updated_at: at } of await api.recentPosts(call)) {
    newestPost = Math.max(newestPost, id);
    if (!at) continue;
    if (last.editedAt !== '' && at > last.editedAt) again.add(topic);
    if (at > editedAt) editedAt = at;
  }
  const top = Math.max(last.top, ...idsOf(rows), ...idsOf(unfit));
  if (last.isDone) {
    for (let left = AGAIN, tries = 0; left > 0 && tries < top; tries++) {
      turn = turn >= top ? 1 : turn + 1;
      if (known(String(turn)) === undefined) continue;
      again.add(turn);
      left--;
    }
  }
  const unlisted = new Set(again);
  if (isWhole) for (let id = 1; id <= top; id++) if (known(String(id)) !== undefined) unlisted.add(id);
  const asked = [...unlisted].filter((id) => !rows.has(id) && !unfit.has(id));
  if (isWhole && rows.size === 0 && asked.length > 0)
    stopIfEmptied(source, call, `the forum lists none of the ${asked.length} topics there were`);
  if (asked.length > 0) take(await api.topicsById(asked, call));
  const gone = asked.filter((id) => !rows.has(id) && !unfit.has(id));
  let { bumpedAt } = last;
  for (const { bumped_at: at } of rows.values()) if (at && at > bumpedAt) bumpedAt = at;
  return { rows, unfit, again, gone, pages, newestPost, next: { bumpedAt, editedAt, top, turn } };
}

function* idsOf(map: ReadonlyMap<number | undefined, unknown>): Generator<number> {
  for (const id of map.keys()) if (id !== undefined) yield id;
}
