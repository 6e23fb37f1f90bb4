import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account } from '../../../kit/content/item.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { ConversationItem, ReplyItem } from '../../connector.ts';
import type { DiscourseApi } from './api.ts';
import { readCooked } from './cooked.ts';
import type { People } from './people.ts';
import type { Section } from './readers.ts';
import { Post, tagNames, type Topic, type TopicRow } from './shapes.ts';

/** `site.json` calls it "like", under this id on every forum. */
const LIKE = 2;
/** Posts of people: regular ones, and those of moderators in colour. Else: small actions (3), whispers (4). */
const SPOKEN = new Set([1, 2]);

/** Changes when a topic gets other readers. */
export function fenceOf(section: Section): string {
  return fingerprint(...section.readers);
}

/** What a topic's readers come from. */
export function containerOf(category: number | null | undefined): string {
  return String(category ?? 'none');
}

/** The part of a topic's version that its line in a list tells: what did not change is not read again. */
export function prefixOf(row: TopicRow, section: Section, settings: string): string {
  const { title, bumped_at, last_posted_at, posts_count, highest_post_number, like_count, has_accepted_answer } = row;
  const about = [title, bumped_at, last_posted_at, posts_count, highest_post_number, like_count, has_accepted_answer];
  const print = fingerprint(
    settings,
    JSON.stringify([about, tagNames(row.tags), section.id, section.name, section.hasAnswers]),
  );
  return `${fenceOf(section)}.${print}.`;
}

/** Whether people talk in it where others may listen: no private message, nothing unlisted or deleted. */
export function isOpen(topic: Pick<TopicRow, 'archetype' | 'visible' | 'deleted_at'>): boolean {
  const isPublic = topic.archetype === 'regular' || topic.archetype === 'banner';
  return isPublic && topic.visible !== false && !topic.deleted_at;
}

/** Whether only the forum itself speaks: its welcome, "About the category". */
export function isOwnTalk({ posts_count: count, posters }: TopicRow): boolean {
  const [first] = posters ?? [];
  return count <= 1 && typeof first?.user_id === 'number' && first.user_id < 0;
}

/** Whether everybody in the category sees it. Hidden ones are shown to staff, among whom the key's user is. */
function isSaid(post: Post): boolean {
  return SPOKEN.has(post.post_type) && !post.hidden && !post.deleted_at && post.user_deleted !== true;
}

/** All posts of a topic, in their order. */
export async function postsOf(api: DiscourseApi, topic: Topic, call: Call, problems: Problem[]): Promise<Post[]> {
  const place = `topic ${topic.id}`;
  const { posts: first, stream } = topic.post_stream;
  const have = new Set(first.map((post) => (post as { id?: unknown } | null)?.id));
  const missing = [...new Set(stream ?? [])].filter((id) => !have.has(id));
  if (!stream && topic.posts_count > first.length) {
    const reason = 'has too many posts for the forum to list them; only the first ones are read';
    problems.push({ place, item: String(topic.id), reason });
  }
  const posts = new Map<number, Post>();
  for (const one of [...first, ...(missing.length === 0 ? [] : await api.posts(topic.id, missing, call))]) {
    const { success, data, error } = Post.safeParse(one);
    if (!success) {
      const path = error.issues[0]?.path.join('.') ?? '';
      problems.push({ place, item: String(topic.id), reason: `a post has an unusable \`${path}\`; it is left out` });
      continue;
    }
    posts.set(data.id, data);
  }
  return [...posts.values()].sort((a, b) => a.post_number - b.post_number);
}

/** The conversation of a topic and its posts. `prefix` begins its version. */
export function toConversation(
  topic: Pick<Topic, 'id' | 'title' | 'slug' | 'created_at' | 'tags' | 'accepted_answer'>,
  posts: readonly Post[],
  section: Section,
  people: People,
  prefix: string,
  base: string,
): ConversationItem {
  const key = String(topic.id);
  const links = new Set<string>();
  const mentions = new Map<string, Account>();
  const accepted = topic.accepted_answer?.post_number;
  let opening: ReplyItem | undefined;
  const replies: ReplyItem[] = [];
  for (const post of posts) {
    // `system` and `discobot`, which have ids below zero: no people.
    if ((post.user_id ?? 0) < 0 || !isSaid(post)) continue;
    const cooked = readCooked(post.cooked, base);
    for (const link of cooked.links) links.add(link);
    for (const name of cooked.mentions) {
      const account = people.account(name);
      if (account !== undefined) mentions.set(account.handle, account);
    }
    const author = people.account(post.username, post.name);
    const createdAt = toIso(post.created_at);
    const reply: ReplyItem = {
      key: String(post.id),
      ...(author === undefined ? {} : { author }),
      body: cooked.text,
      ...(createdAt === undefined ? {} : { createdAt }),
      votes: Math.max(0, post.actions_summary?.find(({ id }) => id === LIKE)?.count ?? 0),
      accepted: post.accepted_answer === true || (accepted !== undefined && post.post_number === accepted),
    };
    if (post.post_number === 1) opening = reply;
    else replies.push(reply);
  }
  const title = cleanLine(topic.title) || `Topic ${key}`;
  const createdAt = toIso(topic.created_at) ?? opening?.createdAt;
  const dates = [createdAt, ...replies.map((reply) => reply.createdAt)].filter((date) => date !== undefined);
  const updatedAt = dates.sort().at(-1);
  const slug = cleanLine(topic.slug ?? '');
  const item = {
    url: `${base}t/${slug === '' ? '' : `${encodeURIComponent(slug)}/`}${key}`,
    title,
    body: opening?.body ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    tags: [...new Set(tagNames(topic.tags).map(cleanLine))].filter((tag) => tag !== ''),
    links: [...links],
    readers: section.readers,
    container: containerOf(section.id),
    channel: 'FORUM' as const,
    category: section.name,
    ...(opening?.author === undefined ? {} : { author: opening.author }),
    isQuestion: section.hasAnswers || title.endsWith('?') || replies.some((reply) => reply.accepted),
    votes: opening?.votes ?? 0,
    mentions: [...mentions.values()],
    replies,
  };
  return { key, version: `${prefix}${fingerprint(JSON.stringify(item))}`, ...item };
}
