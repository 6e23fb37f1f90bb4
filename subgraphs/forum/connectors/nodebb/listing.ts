import { hash } from 'node:crypto';
import type { Call, Known } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { Listed, NodebbApi } from './api.ts';
import type { RunCursor } from './cursor.ts';
import { isOf } from './fence.ts';
import { handleOf, type People } from './people.ts';
import type { Sections } from './readers.ts';
import { TopicRow, type RecentPost } from './shapes.ts';

/** Two million: beyond it a list has no end. */
const MAX_PAGES = 100_000;
const PER_PAGE = 20;
/** Pages whose posts are all withheld (of a disabled category) look like the end: so many are passed over before it. */
const PATIENCE = { surely: 50, perhaps: 5 };

/** Topics as lists show them. */
export interface Listing {
  readonly rows: Map<number, TopicRow>;
  /** Topics that are there, but whose line cannot be used, with what is wrong. */
  readonly unfit: Map<number | undefined, string>;
  /** Changes when a post of the topic does; empty for all where not all posts were looked at. */
  readonly prints: ReadonlyMap<number, string>;
  /** Topics that are no longer listed. */
  readonly gone: number[];
  readonly pages: number;
  readonly next: Pick<RunCursor, 'postedAt' | 'top'>;
}

/** What is asked for: all topics and posts, or what was posted since. */
export interface ListingOptions {
  readonly api: NodebbApi;
  readonly source: string;
  readonly sections: Sections;
  readonly people: People;
  readonly isWhole: boolean;
  readonly last: RunCursor;
}

/**
 * Lists topics: all of them, what changed in their posts, and what is gone; or those with new posts. Neither is ever
 * counted as a view of theirs.
 *
 * A topic that is missing from a whole list may only have slipped to a page already read, so it is asked for by its id
 * before it counts as gone. What the store has is found by trying ids: they are small numbers.
 */
export async function listTopics(options: ListingOptions, known: Known, call: Call): Promise<Listing> {
  const { api, sections, isWhole, last } = options;
  const rows = new Map<number, TopicRow>();
  const unfit = new Map<number | undefined, string>();
  const take = (list: Listed<TopicRow>): boolean => {
    const isNew = list.items.length === 0 || list.items.some(({ tid }) => !rows.has(tid));
    for (const row of list.items) rows.set(row.tid, row);
    for (const { id, reason } of list.unfit) unfit.set(id, reason);
    return isNew;
  };
  let pages = isWhole ? await listAll(options, take, call) : 0;
  const posts = await listPosts(options, call);
  pages += posts.pages;
  if (!isWhole) for (const row of posts.topics.values()) rows.set(row.tid, row);

  const top = Math.max(last.top, ...rows.keys());
  const asked = new Set(last.retry.filter((id) => !rows.has(id)));
  if (isWhole) {
    for (let id = 1; id <= top; id++) {
      if (!rows.has(id) && !unfit.has(id) && isOf(known(String(id)), sections)) asked.add(id);
    }
  }
  const gone: number[] = [];
  for (const id of asked) {
    const row = await api.topicRow(id, 'service', call);
    if (row === undefined) gone.push(id);
    else rows.set(id, row);
  }
  // All that is missing was seen, or not seen, with a token that still counts.
  await api.verify(call);
  const { postedAt } = posts;
  return { rows, unfit, prints: isWhole ? posts.prints : new Map(), gone, pages, next: { postedAt, top } };
}

/** The topics of all categories that are open. @returns how many pages that were */
async function listAll(
  { api, source, sections }: ListingOptions,
  take: (list: Listed<TopicRow>) => boolean,
  call: Call,
): Promise<number> {
  let pages = 0;
  for (const { cid } of sections.open) {
    for (let after: number | undefined = 0; after !== undefined; pages++) {
      if (pages >= MAX_PAGES) throw new ConnectorError('BAD_RESPONSE', `${source}: the forum lists topics without end`);
      const list: Awaited<ReturnType<NodebbApi['topics']>> = await api.topics(cid, after, call);
      // The same topics again: the list goes on in circles.
      after = take(list) ? list.next : undefined;
    }
  }
  return pages;
}

interface PostListing {
  readonly prints: ReadonlyMap<number, string>;
  readonly topics: ReadonlyMap<number, TopicRow>;
  readonly pages: number;
  readonly postedAt: number;
}

/** Goes through the newest posts, to the last one seen before or through all of them. */
async function listPosts(options: ListingOptions, call: Call): Promise<PostListing> {
  const { api, source, sections, people, isWhole, last } = options;
  const sums = new Map<number, { sum: bigint; readonly authors: Set<string> }>();
  const authors = new Set<string>();
  const topics = new Map<number, TopicRow>();
  const seen = new Set<RecentPost['pid']>();
  let { postedAt } = last;
  let pages = 0;
  let newest = 0;
  for (let blank = 0, isLast = false; !isLast;) {
    const { items } = await api.recentPosts(++pages, call);
    if (pages > MAX_PAGES) throw new ConnectorError('BAD_RESPONSE', `${source}: the forum lists posts without end`);
    let isNew = false;
    for (const post of items) {
      const tid = Number(post.tid);
      // A page again, or one that has slipped.
      if (seen.has(post.pid) || !Number.isSafeInteger(tid)) continue;
      seen.add(post.pid);
      isNew = true;
      if (typeof post.pid === 'number') newest = Math.max(newest, post.pid);
      const row = TopicRow.safeParse(post.topic);
      if (row.success && row.data.scheduled) continue;
      postedAt = Math.max(postedAt, post.timestamp);
      const author = handleOf(post.user ?? {});
      authors.add(author);
      if (isWhole) {
        const of = sums.get(tid) ?? { sum: 0n, authors: new Set() };
        of.sum += printOf(post);
        of.authors.add(author);
        sums.set(tid, of);
      } else if (post.timestamp <= last.postedAt) isLast = true;
      else if (row.success) topics.set(tid, row.data);
    }
    blank = isNew ? 0 : blank + 1;
    const isShort = pages * PER_PAGE < sections.posts;
    // As many as ids were given, if none was purged.
    const mayBeShort = pages * PER_PAGE < newest;
    if (blank > (isShort ? PATIENCE.surely : mayBeShort ? PATIENCE.perhaps : 0)) isLast = true;
  }
  await people.meet(authors, call);
  const mailsOf = (some: ReadonlySet<string>): string =>
    JSON.stringify([...some].sort().map((author) => people.account(author)?.mail));
  const prints = new Map(
    [...sums].map(([tid, of]) => [tid, fingerprint(BigInt.asUintN(64, of.sum).toString(36), mailsOf(of.authors))]),
  );
  return { prints, topics, pages, postedAt };
}

/** Summed up over a topic's posts, as they come in no order. */
function printOf({ pid, user, upvotes, downvotes, deleted, content }: RecentPost): bigint {
  const about = JSON.stringify([pid, user?.userslug, user?.displayname, upvotes, downvotes, deleted, content]);
  return BigInt(`0x${hash('sha1', about, 'hex').slice(0, 16)}`);
}
