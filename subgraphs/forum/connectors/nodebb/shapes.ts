import { z } from 'zod';
import { decodeEntities } from '../../../kit/text/html.ts';
import { cleanLine } from '../../../kit/text/plain.ts';

const Id = z.int().positive();
/** What the store has is found by trying ids, so that a made-up one must not keep us busy. No forum is near. */
const TopicId = Id.max(20_000_000);
const Text = z.string();
/** The database knows no booleans: `1`, `"1"`, `true`; absent means no. */
const Flag = z
  .union([z.boolean(), z.number(), Text])
  .nullish()
  .transform((value) => value === true || ['1', 'true'].includes(String(value)));
/** Older releases escape names. */
const Name = Text.transform((name) => cleanLine(decodeEntities(name)));
const Count = z.number().nullish();
/** Posts that came from other servers have addresses for ids. */
const PostId = z.union([Id, Text.min(1).max(2_000)]);

/** Wraps every answer below `api/v3`. */
export function wrapped<Shape extends z.ZodType>(response: Shape): z.ZodObject<{ response: Shape }> {
  return z.object({ response });
}

/** What lists of topics, and a topic itself, have in common. */
export const TopicRow = z.object({
  tid: TopicId,
  cid: z.union([z.int(), Text]),
  title: Text,
  /** Releases that escape `title` have the text as it was written here. */
  titleRaw: Text.nullish(),
  slug: z.union([Text, z.number()]).nullish(),
  timestamp: Count,
  lastposttime: Count,
  postcount: Count,
  mainPid: PostId.nullish(),
  deleted: Flag,
  scheduled: Flag,
  tags: z.array(z.union([Text, z.object({ value: Text })])).nullish(),
  // Of the question-and-answer plugin.
  isQuestion: Flag,
  isSolved: Flag,
  solvedPid: z.union([z.number(), Text]).nullish(),
});
/** What lists of topics, and a topic itself, have in common. */
export type TopicRow = z.output<typeof TopicRow>;

/** Who wrote a post; of one that is gone only a placeholder is left. */
const Author = z.object({
  uid: z.union([z.number(), Text]).nullish(),
  userslug: Text.nullish(),
  username: Text.nullish(),
  displayname: Text.nullish(),
});
/** Who wrote a post; of one that is gone only a placeholder is left. */
export type Author = z.output<typeof Author>;

/** A post with its text as HTML. */
export const Post = z.object({
  pid: PostId,
  content: Text.nullish(),
  timestamp: z.number(),
  upvotes: Count,
  downvotes: Count,
  deleted: Flag,
  user: Author.nullish(),
});
/** A post with its text as HTML. */
export type Post = z.output<typeof Post>;

/** A topic with a page of its posts, which are looked at one by one. */
export const TopicPage = TopicRow.extend({
  posts: z.array(z.unknown()),
  pagination: z.object({ pageCount: z.number() }).nullish(),
  loggedIn: z.boolean().nullish(),
});
/** A topic with a page of its posts. */
export type TopicPage = z.output<typeof TopicPage>;

/** A page of a category's topics, which are looked at one by one, and for whom it was made. */
export const CategoryTopics = z.object({
  topics: z.array(z.unknown()),
  nextStart: z.int().nullish(),
  privileges: z.object({ uid: z.union([z.number(), Text]).nullish() }).nullish(),
});

/** A post of a list over all topics: enough to see that it changed. */
export const RecentPost = z.object({
  pid: PostId,
  tid: z.union([Id, Text]),
  timestamp: z.number(),
  content: Text.nullish(),
  upvotes: Count,
  downvotes: Count,
  deleted: Flag,
  user: Author.nullish(),
  topic: z.unknown().optional(),
});
/** A post of a list over all topics: enough to see that it changed. */
export type RecentPost = z.output<typeof RecentPost>;

/** A category. Those of other servers have addresses for ids. */
export const Category = z.object({
  cid: z.union([z.int(), Text]),
  name: Name,
  disabled: Flag,
  post_count: Count,
});
/** A category. */
export type Category = z.output<typeof Category>;

/** The forum's categories. */
export const Categories = z.object({ categories: z.array(Category) });

const Rights = z.record(Text, z.unknown());
/** Who has which rights in a category. Administrators have all of them and are not named. */
export const Privileges = z.object({
  users: z.array(z.object({ uid: z.number(), privileges: Rights })),
  groups: z.array(z.object({ name: Name, privileges: Rights })),
});
/** Who has which rights in a category. */
export type Privileges = z.output<typeof Privileges>;

/** A user as administrators see them, and as one sees oneself. */
export const User = z.object({
  uid: z.number(),
  userslug: Text,
  username: Text.nullish(),
  email: Text.nullish(),
  'email:confirmed': Flag,
});
/** A user as administrators see them. */
export type User = z.output<typeof User>;

/** A page of users. */
export const Users = z.object({ users: z.array(z.unknown()), pageCount: z.number().nullish() });

/** The text of a title, whether the release escapes it or not. */
export function titleOf({ title, titleRaw }: Pick<TopicRow, 'title' | 'titleRaw'>): string {
  // What would be translated (`[[…]]`) is escaped there all the same.
  return titleRaw?.replaceAll('&lsqb;', '[').replaceAll('&rsqb;', ']') ?? title;
}

/** Names of tags, however they are written. */
export function tagNames(tags: TopicRow['tags']): string[] {
  return (tags ?? []).map((tag) => (typeof tag === 'string' ? tag : tag.value));
}
