import type { Participation } from '../kit/content/area.ts';
import type { Account } from '../kit/content/item.ts';
import type { ConversationItem, ReplyItem } from './connector.ts';

/** What a conversation says for somebody by their part in it; see RANKING in README.md. */
const WEIGHTS = {
  /** Wrote the answer that was accepted. */
  accepted: 1.5,
  /** Wrote all other replies there are; shares of it by the square root of the share of words. */
  replies: 1,
  /** Opened a conversation that is no question. */
  starter: 1,
  /** Asked: asking is not knowing. */
  asker: 0.1,
  /** Is named. */
  mentioned: 0.3,
};

/** Less than two sentences say little: "same here", "+1". */
const SUBSTANCE_WORDS = 20;

/**
 * How much a match counts, whatever was asked: an accepted answer is what people look for; minutes touch many subjects
 * and dwell on few.
 */
export function priorOf(item: ConversationItem): number {
  if (item.replies.some((reply) => reply.accepted)) return 1.2;
  return item.channel === 'MEETING' ? 0.8 : 1;
}

/**
 * Everybody with a part in a conversation and what it says for them: the sum over their parts, so that who answers in
 * length, and is voted for, counts more than who says "same here".
 */
export function weighParticipants(item: ConversationItem): Participation[] {
  const people = new Map<string, Participation>();
  const add = (account: Account, role: string, weight: number) => {
    const before = people.get(account.handle);
    people.set(account.handle, {
      account: before?.account ?? account,
      role: before?.role ?? role,
      weight: (before?.weight ?? 0) + weight,
    });
  };
  if (item.author) {
    add(item.author, 'AUTHOR', (item.isQuestion ? WEIGHTS.asker : WEIGHTS.starter) * voteFactor(item.votes));
  }
  const byAuthor = Map.groupBy(
    item.replies.filter((reply) => reply.author !== undefined),
    (reply) => reply.author?.handle ?? '',
  );
  const allWords = item.replies.reduce((sum, reply) => sum + words(reply.body), 0);
  for (const replies of byAuthor.values()) {
    const [{ author } = { author: undefined }] = replies;
    if (author) add(author, 'SPEAKER', replyWeight(item, replies, allWords));
  }
  for (const account of item.mentions) {
    if (!people.has(account.handle)) add(account, 'MENTIONED', WEIGHTS.mentioned);
  }
  return [...people.values()].toSorted((a, b) => rank(a) - rank(b) || b.weight - a.weight);
}

/** What somebody's replies say for them. */
function replyWeight(item: ConversationItem, replies: readonly ReplyItem[], allWords: number): number {
  let weight = 0;
  const others = replies.filter((reply) => !reply.accepted);
  for (const reply of replies) if (reply.accepted) weight += WEIGHTS.accepted * voteFactor(reply.votes);
  const said = others.reduce((sum, reply) => sum + words(reply.body), 0);
  const share = said / Math.max(allWords, 1);
  const substance = Math.min(1, said / SUBSTANCE_WORDS);
  const votes = others.reduce((sum, reply) => sum + Math.max(reply.votes, 0), 0);
  // Who opened a question and writes on in it still asks.
  const asks = item.isQuestion && replies[0]?.author?.handle === item.author?.handle;
  return weight + (asks ? WEIGHTS.asker : WEIGHTS.replies) * substance * Math.sqrt(share) * voteFactor(votes);
}

function voteFactor(votes: number): number {
  return votes > 0 ? 1 + Math.log10(1 + votes) : 1;
}

function words(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function rank({ role }: Participation): number {
  return role === 'MENTIONED' ? 1 : 0;
}
