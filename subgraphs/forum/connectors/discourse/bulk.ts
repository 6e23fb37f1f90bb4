import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import type { DiscourseApi } from './api.ts';
import { PostWithTopic, type Post, type TopicRow } from './shapes.ts';

/** Fewer topics are read one by one. */
const MANY = 50;
/** An answer has the posts of 50 ids; whether the one asked for is among them differs between releases. */
const STEP = 49;
/** Of topics that go on over years, more than this is not kept waiting for their first post. */
const MAX_HELD = 100_000_000;

/** A topic and all of its posts. */
export interface WholeTopic {
  readonly row: TopicRow;
  readonly posts: readonly Post[];
}

/**
 * Reads many topics at once, through the newest posts of the whole forum back to the oldest: 50 in a request, where a
 * topic by itself is one. A topic comes when as many of its posts are there as its line in the list says; those with
 * posts that such lists leave out never do, nor do those left when one by one is quicker: they stay in `wanted`.
 */
export async function* readInBulk(
  api: DiscourseApi,
  wanted: Map<number, TopicRow>,
  newest: number,
  call: Call,
): AsyncGenerator<WholeTopic> {
  if (wanted.size < MANY) return;
  const held = new Map<number, Map<number, Post>>();
  let size = 0;
  for (let before = newest + 1; before > 0 && before / STEP < wanted.size && size < MAX_HELD; before -= STEP) {
    let some: readonly unknown[];
    try {
      some = await api.postsBefore(before, call);
    } catch (error) {
      // One post that breaks the answer must not keep all the others from being read.
      if (error instanceof ConnectorError && error.code === 'BAD_RESPONSE') return;
      throw error;
    }
    for (const one of some) {
      const { success, data } = PostWithTopic.safeParse(one);
      const row = success ? wanted.get(data.topic_id) : undefined;
      // Moved since it was listed: it may have other readers now.
      if (!success || row === undefined || data.category_id !== row.category_id) continue;
      const { topic_id: topic, ...post } = data;
      const posts = held.get(topic) ?? new Map<number, Post>();
      held.set(topic, posts.set(post.id, post));
      size += post.cooked.length;
      if (posts.size < row.posts_count) continue;
      const whole = [...posts.values()].sort((a, b) => a.post_number - b.post_number);
      if (posts.size > row.posts_count || whole[0]?.post_number !== 1) continue;
      held.delete(topic);
      wanted.delete(topic);
      for (const { cooked } of whole) size -= cooked.length;
      yield { row, posts: whole };
    }
  }
}
