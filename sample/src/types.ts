/** Somebody in the directory of Kestrel Instruments. */
export interface Person {
  uid: string;
  given: string;
  sn: string;
  cn: string;
  title: string;
  dept: string;
  team: string;
  city: string;
  manager?: string;
  mails: string[];
  /** What this person's forum posts are signed with: uid, mail, or a handle of their own. */
  handle: string;
  /** Set only when `handle` is neither the uid nor a mail. */
  account?: string;
  skills: string[];
  interests: string[];
  description?: string;
  phone: string;
  number: number;
  uuid: string;
  former: boolean;
  /** Zipf-like activity weight. */
  weight: number;
}

/** A thread as hand-written: title, body, optional accepted answer, replies. */
export interface Thread {
  title: string;
  body: string;
  answer?: string;
  replies: string[];
}

/** A hand-written page in parts, such as a decision record. */
export type Parts = string[];

/** The content record of one subject (see content/*.txt). */
export interface Subject {
  id: string;
  label: string;
  alt: string[];
  tags: string[];
  space: string;
  related: string[];
  experts: string[];
  former?: string;
  flags: string[];
  paras: { heading: string; text: string }[];
  steps: string[];
  decisions: Parts[];
  reports: Parts[];
  outdated: Parts[];
  questions: Thread[];
  open: Thread[];
  discussions: Thread[];
  chats: Thread[];
  notes: string[];
  mails: Thread[];
  asked: Thread[];
}

/** A document before rendering. */
export interface Doc {
  key: string;
  space: string;
  slug: string;
  kind: string;
  subject?: string;
  also: string[];
  title: string;
  authors: string[];
  editors: string[];
  mentions: string[];
  tags: string[];
  date: string;
  updated?: string;
  outdated: boolean;
  readers: string[];
  body: string;
  format: 'md' | 'html' | 'txt';
}

/** One reply of a conversation; `by` is a uid, or an unlinked handle. */
export interface Reply {
  by: string;
  body: string;
  at: number;
  votes: number;
  accepted: boolean;
}

/** A forum thread, meeting note or chat before rendering. */
export interface Conversation {
  key: string;
  id: string;
  kind: string;
  subject?: string;
  also: string[];
  title: string;
  body: string;
  by: string;
  category: string;
  channel: 'FORUM' | 'MEETING' | 'CHAT';
  tags: string[];
  at: number;
  question: boolean;
  votes: number;
  readers: string[];
  mentions: string[];
  replies: Reply[];
}

/** One mail message before rendering. */
export interface Mail {
  list: 'announce' | 'engineering';
  thread: string;
  index: number;
  by: string;
  subject: string;
  body: string;
  at: number;
  quoted?: { by: string; body: string; at: number };
  subjectId: string;
}
