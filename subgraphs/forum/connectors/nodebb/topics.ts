import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account } from '../../../kit/content/item.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { ConversationItem, ReplyItem } from '../../connector.ts';
import type { NodebbApi } from './api.ts';
import { fenceOf } from './fence.ts';
import { readPost } from './html.ts';
import type { People } from './people.ts';
import type { Section } from './readers.ts';
import { Post, tagNames, titleOf, type TopicPage, type TopicRow } from './shapes.ts';

/** The forum's own pages are of 20 posts at most; no topic goes on for so long. */
const MAX_PAGES = 50_000;

/** A topic and all of its posts, in their order. */
export interface WholeTopic {
  readonly topic: TopicPage;
  readonly posts: readonly Post[];
}

/** Whether people talk in it where others may listen: neither deleted nor waiting for its hour. */
export function isShown({ deleted, scheduled }: Pick<TopicRow, 'deleted' | 'scheduled'>): boolean {
  return !deleted && !scheduled;
}

/**
 * The part of a topic's version that lists tell: what did not change is not read again. `posts` is what the list of
 * posts says of its posts.
 */
export function prefixOf(row: TopicRow, posts: string, section: Section, settings: string): string {
  const { slug, timestamp, lastposttime, postcount, mainPid, isQuestion, isSolved, solvedPid } = row;
  const about = [titleOf(row), slug, timestamp, lastposttime, postcount, mainPid, isQuestion, isSolved, solvedPid];
  const print = fingerprint(settings, JSON.stringify([about, tagNames(row.tags), section.name, posts]));
  return `${fenceOf(section)}${print}.`;
}

/** A topic as it is now; undefined when it is gone. */
export async function readTopic(
  api: NodebbApi,
  tid: number,
  call: Call,
  problems: Problem[],
): Promise<WholeTopic | undefined> {
  const posts = new Map<Post['pid'], Post>();
  let first: TopicPage | undefined;
  for (let page = 1, pages = 1; page <= Math.min(pages, MAX_PAGES); page++) {
    const topic = await api.topic(tid, page, call);
    // Moved between two pages, it may have other readers now: the next run reads it.
    if (topic === undefined || (first !== undefined && topic.cid !== first.cid)) return undefined;
    first ??= topic;
    const before = posts.size;
    for (const one of topic.posts) {
      const { success, data, error } = Post.safeParse(one);
      if (success) posts.set(data.pid, data);
      else {
        const path = error.issues[0]?.path.join('.') ?? '';
        const reason = `a post has an unusable \`${path}\`; it is left out`;
        problems.push({ place: `topic ${tid}`, item: String(tid), reason });
      }
    }
    // One may be broken; where all are, they would stay left out: no list tells that they can be read again.
    if (posts.size === 0 && topic.posts.length > 0) throw api.error('BAD_RESPONSE', 'shows posts of another shape');
    if (posts.size > before) pages = topic.pagination?.pageCount ?? 1;
  }
  if (first === undefined) return undefined;
  const main = first.mainPid;
  const inOrder = [...posts.values()].sort(
    (a, b) => Number(b.pid === main) - Number(a.pid === main) || a.timestamp - b.timestamp,
  );
  return { topic: first, posts: inOrder };
}

/** The conversation of a topic and its posts. `prefix` begins its version. */
export function toConversation(
  { topic, posts }: WholeTopic,
  section: Section,
  people: People,
  prefix: string,
  base: string,
): ConversationItem {
  const key = String(topic.tid);
  const url = `${base}topic/${slugOf(topic)}`;
  const links = new Set<string>();
  const mentions = new Map<string, Account>();
  let opening: ReplyItem | undefined;
  const replies: ReplyItem[] = [];
  for (const post of posts) {
    // An administrator is shown the text of deleted posts.
    if (post.deleted) continue;
    const { text, links: linked, mentions: named } = readPost(post.content ?? '', url);
    for (const link of linked) links.add(link);
    for (const user of named) {
      const account = people.named(user);
      if (account !== undefined) mentions.set(account.handle, account);
    }
    const author = people.accountOf(post.user);
    const createdAt = toIso(post.timestamp);
    const reply: ReplyItem = {
      key: String(post.pid),
      ...(author === undefined ? {} : { author }),
      body: text,
      ...(createdAt === undefined ? {} : { createdAt }),
      votes: (post.upvotes ?? 0) - (post.downvotes ?? 0),
      accepted: topic.isSolved && String(post.pid) === String(topic.solvedPid),
    };
    if (post.pid === topic.mainPid) opening = reply;
    else replies.push(reply);
  }
  const title = cleanLine(titleOf(topic)) || `Topic ${key}`;
  const createdAt = toIso(topic.timestamp) ?? opening?.createdAt;
  const dates = [createdAt, ...replies.map((reply) => reply.createdAt)].filter((date) => date !== undefined);
  const updatedAt = dates.sort().at(-1);
  const item = {
    url,
    title,
    body: opening?.body ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    tags: [...new Set(tagNames(topic.tags).map(cleanLine))].filter((tag) => tag !== ''),
    links: [...links],
    readers: section.readers,
    container: String(section.cid),
    channel: 'FORUM' as const,
    category: section.name,
    ...(opening?.author === undefined ? {} : { author: opening.author }),
    isQuestion: topic.isQuestion || title.endsWith('?') || replies.some((reply) => reply.accepted),
    votes: opening?.votes ?? 0,
    mentions: [...mentions.values()],
    replies,
  };
  return { key, version: `${prefix}${fingerprint(JSON.stringify(item))}`, ...item };
}

/** `12/title-of-it`, of which the number alone would do. */
function slugOf({ tid, slug }: TopicRow): string {
  const [, name = ''] = /^\d+\/([^/]+)$/.exec(cleanLine(String(slug ?? ''))) ?? [];
  return name === '' ? String(tid) : `${tid}/${encodeURIComponent(name)}`;
}
