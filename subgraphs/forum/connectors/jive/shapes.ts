import { z } from 'zod';

const Text = z.string();
/** Ids are texts of digits; some releases write numbers. They become part of addresses. */
const Id = z
  .union([Text, z.int().nonnegative()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,18}$/));
const Count = z.number().nullish();

/** Somebody, as far as their profile is shown. */
export const Person = z.object({
  // Guests are below zero.
  id: z
    .union([Text, z.int()])
    .transform(String)
    .pipe(z.string().regex(/^-?\d{1,18}$/)),
  displayName: Text.nullish(),
  jive: z.object({ username: Text.nullish() }).nullish(),
  emails: z.array(z.object({ value: Text.nullish(), primary: z.boolean().nullish() })).nullish(),
});
/** Somebody, as far as their profile is shown. */
export type Person = z.output<typeof Person>;

/** A page of any list. Its rows are looked at one by one. */
export const Page = z.object({
  list: z.array(z.unknown()),
  links: z.object({ next: Text.nullish() }).nullish(),
});

/** A space, group, project or blog. */
export const Place = z.object({
  placeID: Id,
  name: Text.nullish(),
  type: Text,
  groupType: Text.nullish(),
  parent: Text.nullish(),
});
/** A space, group, project or blog. */
export type Place = z.output<typeof Place>;

/** Somebody's membership in a group. */
export const Member = z.object({ id: Id, state: Text.nullish(), person: Person });

const Body = z.object({ type: Text.nullish(), text: Text.nullish() }).nullish();

/** A discussion, post, idea, poll or announcement. */
export const Content = z.object({
  contentID: Id,
  type: Text,
  subject: Text,
  content: Body,
  status: Text.nullish(),
  visibility: Text.nullish(),
  // Objects, or addresses of people.
  users: z.array(z.unknown()).nullish(),
  parent: Text.nullish(),
  parentPlace: z.object({ placeID: Id.nullish(), name: Text.nullish() }).nullish(),
  author: Person.nullish().catch(null),
  published: Text.nullish(),
  updated: Text.nullish(),
  lastActivity: z.number().nullish(),
  lastActivityDate: Text.nullish(),
  replyCount: Count,
  likeCount: Count,
  tags: z.array(Text).nullish(),
  question: z.boolean().nullish(),
  resolved: Text.nullish(),
  answer: Text.nullish(),
  helpful: z.array(Text).nullish().catch(null),
  options: z.array(z.unknown()).nullish().catch(null),
  resources: z.object({ html: z.object({ ref: Text.nullish() }).nullish() }).nullish(),
});
/** A discussion, post, idea, poll or announcement. */
export type Content = z.output<typeof Content>;

/** What says by what a content may be read. */
export const Placed = Content.pick({
  contentID: true,
  type: true,
  visibility: true,
  parent: true,
  parentPlace: true,
});
/** What says by what a content may be read. */
export type Placed = z.output<typeof Placed>;

/** A message of a discussion, or a comment. */
export const Reply = z.object({
  id: Id,
  content: Body,
  status: Text.nullish(),
  author: Person.nullish().catch(null),
  published: Text.nullish(),
  likeCount: Count,
  helpfulCount: Count,
  answer: z.boolean().nullish(),
  // What a discussion has as a list is a flag here.
  helpful: z.boolean().nullish().catch(null),
});
/** A message of a discussion, or a comment. */
export type Reply = z.output<typeof Reply>;

const Code = z.union([Text, z.number()]).nullish();
/** What Jive says of a request it refuses. */
export const Refusal = z.object({
  code: Code,
  error: z.object({ code: Code, message: Text.nullish() }).nullish(),
});
