/** A user of the fake. */
export interface FakeUser {
  uid: number;
  username: string;
  userslug: string;
  fullname: string;
  email: string;
  isConfirmed: boolean;
  isAdmin: boolean;
  isBanned: boolean;
  groups: string[];
  /** Counts what private categories hold as well. */
  reputation: number;
  /** Marked by whatever is asked in their name. */
  lastonline: number;
}

/** A category of the fake, with who may read it: names of groups, and ids of users. */
export interface FakeCategory {
  cid: number;
  name: string;
  groups: string[];
  users: number[];
  isDisabled: boolean;
}

/** A post of the fake; its text is HTML, as the forum makes it of Markdown. */
export interface FakePost {
  pid: number;
  tid: number;
  uid: number;
  timestamp: number;
  content: string;
  upvotes: number;
  downvotes: number;
  isDeleted: boolean;
}

/** A topic of the fake. */
export interface FakeTopic {
  tid: number;
  cid: number;
  uid: number;
  title: string;
  timestamp: number;
  tags: string[];
  posts: FakePost[];
  isDeleted: boolean;
  isScheduled: boolean;
  isPinned: boolean;
  isQuestion: boolean;
  solvedPid: number | undefined;
  /** How often somebody opened it. */
  views: number;
}

/** Users by their id. */
export type FakeUsers = Map<number, FakeUser>;

const DELETED = { uid: 0, username: '[[global:former-user]]', userslug: '', displayname: '[[global:former-user]]' };

/** The author of a post, as posts show them: without mail, and with counts that private categories are part of. */
export function authorOf(users: FakeUsers, uid: number): object {
  const user = users.get(uid);
  if (user === undefined) return DELETED;
  const { username, userslug, fullname, lastonline, reputation, isBanned } = user;
  const displayname = fullname || username;
  return {
    uid,
    username,
    userslug,
    displayname,
    reputation,
    postcount: reputation,
    status: 'online',
    lastonline,
    banned: isBanned,
  };
}

/** A topic as it is without its posts: flags are numbers, those of the question-and-answer plugin texts. */
export function rowOf(topic: FakeTopic): object {
  const [main] = topic.posts;
  const slug = topic.title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  const plugin = topic.isQuestion
    ? { isQuestion: '1', isSolved: topic.solvedPid === undefined ? '0' : '1', solvedPid: String(topic.solvedPid ?? 0) }
    : {};
  return {
    tid: topic.tid,
    cid: topic.cid,
    uid: topic.uid,
    mainPid: main?.pid,
    title: topic.title,
    slug: `${topic.tid}/${slug}`,
    timestamp: topic.timestamp,
    lastposttime: topic.posts.findLast((post) => !post.isDeleted)?.timestamp ?? topic.timestamp,
    postcount: topic.posts.length,
    viewcount: topic.views,
    upvotes: main?.upvotes,
    downvotes: main?.downvotes,
    deleted: topic.isDeleted ? 1 : 0,
    scheduled: topic.isScheduled,
    pinned: topic.isPinned ? 1 : 0,
    tags: topic.tags.map((value) => ({ value, valueEncoded: encodeURIComponent(value) })),
    ...plugin,
  };
}

/** A post as its topic shows it. */
export function postOf(post: FakePost, users: FakeUsers): object {
  const { pid, tid, uid, timestamp, content, upvotes, downvotes } = post;
  const deleted = post.isDeleted ? 1 : 0;
  const votes = upvotes - downvotes;
  return { pid, tid, uid, timestamp, content, upvotes, downvotes, votes, deleted, user: authorOf(users, uid) };
}

/** A post as the list of all posts shows it: some tags taken out of its text, `deleted` a truth value. */
export function recentOf(post: FakePost, topic: FakeTopic, users: FakeUsers): object {
  const content = post.content.replaceAll(/<\/?(?:ul|ol|li|pre|code|h[1-6]|table|t[dhr]|thead|tbody)\b[^<>]*>/g, '');
  return {
    ...postOf(post, users),
    content,
    deleted: post.isDeleted,
    topic: rowOf(topic),
    isMainPost: topic.posts[0] === post,
  };
}

/** Who may do what in a category; administrators, who may everything, are not named. */
export function privilegesOf({ groups, users: some }: FakeCategory, all: readonly string[], users: FakeUsers): object {
  const rights = (prefix: string, may: boolean): object => ({
    [`${prefix}find`]: may,
    [`${prefix}read`]: may,
    [`${prefix}topics:read`]: may,
    [`${prefix}topics:create`]: false,
  });
  return {
    labelData: [],
    users: some.map((uid) => ({ uid, username: users.get(uid)?.username, privileges: rights('', true) })),
    groups: [...new Set([...all, ...groups])].map((name) => ({
      name,
      privileges: rights('groups:', groups.includes(name)),
      isPrivate: false,
    })),
  };
}

/** A user as administrators see them in the list of all: the mail stays blank until it is confirmed. */
export function listedOf({ uid, username, userslug, email, isConfirmed, isBanned, lastonline }: FakeUser): object {
  const mail = isConfirmed
    ? { email, 'email:confirmed': 1 }
    : { email: '', 'email:confirmed': 0, emailToConfirm: email };
  return { uid, username, userslug, ...mail, banned: isBanned, lastonline };
}
