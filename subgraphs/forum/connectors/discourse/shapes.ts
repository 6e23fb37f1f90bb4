import { z } from 'zod';

const Id = z.int().positive();
/** What the store has is found by trying ids, so that a made-up one must not keep us busy. No forum is near. */
const TopicId = Id.max(20_000_000);
const Text = z.string();
/** Newer forums write tags as objects. */
const Tags = z.array(z.union([Text, z.object({ name: Text })])).nullish();

/** A topic as lists have it. */
export const TopicRow = z.object({
  id: TopicId,
  title: Text,
  slug: Text.nullish(),
  created_at: Text.nullish(),
  category_id: z.int().nullish(),
  archetype: Text.default('regular'),
  visible: z.boolean().nullish(),
  deleted_at: Text.nullish(),
  bumped_at: Text.nullish(),
  last_posted_at: Text.nullish(),
  posts_count: z.int().nonnegative(),
  highest_post_number: z.int().nullish(),
  like_count: z.int().nullish(),
  has_accepted_answer: z.boolean().nullish(),
  tags: Tags,
  posters: z.array(z.object({ user_id: z.int().nullish() })).nullish(),
});
/** A topic as lists have it. */
export type TopicRow = z.output<typeof TopicRow>;

/** What says of a topic where it is now. */
export const ShownTopic = z.object({
  id: TopicId,
  category_id: z.int().nullish(),
  archetype: Text.default('regular'),
  visible: z.boolean().nullish(),
  deleted_at: Text.nullish(),
});

/** A page of a list. Its rows are looked at one by one. */
export const TopicList = z.object({
  topic_list: z.object({ topics: z.array(z.unknown()), more_topics_url: Text.nullish() }),
});

/** A post with its text as HTML. */
export const Post = z.object({
  id: Id,
  post_number: z.int(),
  username: Text,
  name: Text.nullish(),
  user_id: z.int().nullish(),
  cooked: Text,
  created_at: Text,
  post_type: z.int(),
  actions_summary: z.array(z.object({ id: z.int(), count: z.int().nullish() })).nullish(),
  accepted_answer: z.boolean().nullish(),
  hidden: z.boolean().nullish(),
  deleted_at: Text.nullish(),
  user_deleted: z.boolean().nullish(),
});
/** A post with its text as HTML. */
export type Post = z.output<typeof Post>;

/** A post of a list over all topics. */
export const PostWithTopic = Post.extend({ topic_id: Id, category_id: z.int().nullish() });

/** A topic with its first posts and the ids of all, which for a topic of more than 10,000 are left out. */
export const Topic = z.object({
  id: Id,
  title: Text,
  slug: Text.nullish(),
  category_id: z.int().nullish(),
  archetype: Text,
  visible: z.boolean().nullish(),
  deleted_at: Text.nullish(),
  created_at: Text.nullish(),
  last_posted_at: Text.nullish(),
  posts_count: z.int().nonnegative(),
  tags: Tags,
  accepted_answer: z.object({ post_number: z.int() }).nullish(),
  post_stream: z.object({ posts: z.array(z.unknown()), stream: z.array(Id).nullish() }),
});
/** A topic with its first posts. */
export type Topic = z.output<typeof Topic>;

/** Some posts of a topic. */
export const PostChunk = z.object({ post_stream: z.object({ posts: z.array(z.unknown()) }) });

/** The newest posts of all topics, as far as edits need them. */
export const RecentPosts = z.object({
  latest_posts: z.array(z.object({ id: Id, topic_id: Id, updated_at: Text.nullish() })),
});

/** Posts of all topics. They are looked at one by one. */
export const ManyPosts = z.object({ latest_posts: z.array(z.unknown()) });

/** A category; its groups are shown only to those who may change it. */
export const Category = z.object({
  id: z.int(),
  name: Text,
  // Said to be open only where it says so.
  read_restricted: z.boolean(),
  custom_fields: z.record(Text, z.unknown()).nullish(),
  group_permissions: z.array(z.object({ group_name: Text, permission_type: z.int() })).nullish(),
});
/** A category; its groups are shown only to those who may change it. */
export type Category = z.output<typeof Category>;

/** What the forum says about itself. Without categories where it loads them one by one. */
export const Site = z.object({
  post_action_types: z.array(z.unknown()),
  categories: z.array(Category).nullish(),
});

/** One category. */
export const CategoryAnswer = z.object({ category: Category });

/** Users as administrators see them. */
export const Users = z.array(z.object({ username: Text, email: Text.nullish(), last_seen_at: Text.nullish() }));

/** A user as administrators see them; the date is there while they are suspended. */
export const User = z.object({ user: z.object({ username: Text, suspended_till: Text.nullish() }) });

/** A page of the list of users that the forum shows to all. Its rows are looked at one by one. */
export const DirectoryPage = z.object({ directory_items: z.array(z.unknown()) });
/** What the forum counts of a user. */
export const DirectoryItem = z.object({ likes_received: z.int32().nonnegative(), user: z.object({ username: Text }) });

/** Names of tags, however they are written. */
export function tagNames(tags: z.output<typeof Tags>): string[] {
  return (tags ?? []).map((tag) => (typeof tag === 'string' ? tag : tag.name));
}

/** A refusal of too many requests. */
export const WaitAnswer = z.looseObject({ extras: z.looseObject({ wait_seconds: z.number().nonnegative() }) });
