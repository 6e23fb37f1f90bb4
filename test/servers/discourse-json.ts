/** A category of the fake; with groups it is restricted to them. */
export interface FakeCategory {
  readonly id: number;
  readonly name: string;
  groups: readonly string[] | undefined;
  hasAnswers: boolean;
}

/** A post of the fake. */
export interface FakePost {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly type: number;
  readonly createdAt: string;
  updatedAt: string;
  cooked: string;
  likes: number;
  isAccepted: boolean;
  isHidden: boolean;
}

/** A topic of the fake. */
export interface FakeTopic {
  readonly id: number;
  readonly createdAt: string;
  readonly tags: string[];
  title: string;
  category: number | null;
  archetype: string;
  isVisible: boolean;
  isPinned: boolean;
  bumpedAt: string;
  posts: FakePost[];
}

/** A user of the fake. */
export interface FakeUser {
  readonly id: number;
  readonly name: string;
  readonly mail: string;
  readonly isAdmin: boolean;
  groups: readonly string[];
  isSuspended: boolean;
  lastSeenAt: string | null;
  /** Topics that lists do not show this user. */
  readonly muted: Set<number>;
}

/** Users by name. */
export type FakeUsers = Map<string, FakeUser>;

/** Posts that come with their topic. */
const CHUNK = 20;

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function commonOf(topic: FakeTopic): object {
  const { id, title, createdAt, category, archetype, tags, isVisible, posts } = topic;
  const spoken = posts.filter((post) => post.type !== 4);
  return {
    id,
    title,
    fancy_title: title.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    slug: slugOf(title),
    posts_count: spoken.length,
    created_at: createdAt,
    last_posted_at: spoken.at(-1)?.createdAt ?? null,
    archetype,
    category_id: category,
    tags,
    visible: isVisible,
    highest_post_number: posts.at(-1)?.number ?? 0,
    like_count: posts.reduce((sum, post) => sum + post.likes, 0),
  };
}

/** A topic's line in a list. */
export function rowOf(topic: FakeTopic, users: FakeUsers): object {
  const first = topic.posts[0];
  return {
    ...commonOf(topic),
    bumped_at: topic.bumpedAt,
    has_accepted_answer: topic.posts.some((post) => post.isAccepted),
    posters: [{ user_id: users.get(first?.author ?? '')?.id, description: 'Original Poster' }],
  };
}

/** A topic with its first posts, and the ids of all. */
export interface FakeTopicJson extends Readonly<Record<string, unknown>> {
  readonly post_stream: { readonly posts: readonly object[]; readonly stream: readonly number[] };
}

/** A topic with its first posts. */
export function topicOf(topic: FakeTopic, users: FakeUsers): FakeTopicJson {
  const posts = topic.posts.slice(0, CHUNK).map((post) => postOf(post, topic, users));
  return { ...commonOf(topic), chunk_size: CHUNK, post_stream: { posts, stream: topic.posts.map(({ id }) => id) } };
}

/** A post. */
export function postOf(
  post: FakePost,
  topic: FakeTopic,
  users: FakeUsers,
  isInList = false,
): Readonly<Record<string, unknown>> & { readonly id: number } {
  const user = users.get(post.author);
  return {
    id: post.id,
    post_number: post.number,
    post_type: post.type,
    username: post.author,
    name: user?.name,
    user_id: user?.id,
    cooked: post.cooked,
    created_at: post.createdAt,
    updated_at: post.updatedAt,
    topic_id: topic.id,
    ...(isInList ? { category_id: topic.category } : {}),
    hidden: post.isHidden,
    deleted_at: null,
    user_deleted: false,
    accepted_answer: post.isAccepted,
    // No entry at all where nobody likes it.
    actions_summary: post.likes === 0 ? [] : [{ id: 2, count: post.likes }],
  };
}

/** A user's line in the list shown to all. */
export function directoryItemOf(
  username: string,
  { id, name }: FakeUser,
  topics: Iterable<FakeTopic>,
): { readonly likes_received: number } & Readonly<Record<string, unknown>> {
  const posts = [...topics].flatMap((topic) => topic.posts).filter(({ author }) => author === username);
  return {
    id,
    likes_received: posts.reduce((sum, { likes }) => sum + likes, 0),
    likes_given: 0,
    topics_entered: 0,
    topic_count: posts.filter(({ number }) => number === 1).length,
    post_count: posts.length,
    posts_read: 0,
    days_visited: 1,
    user: { id, username, name, avatar_template: '/letter/{size}.png', title: null },
  };
}
