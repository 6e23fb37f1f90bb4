import { describe, expect, it } from 'vitest';
import type { ConversationItem, ReplyItem } from '../../subgraphs/forum/connector.ts';
import { priorOf, weighParticipants } from '../../subgraphs/forum/weights.ts';

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');
const account = (handle: string) => ({ handle });

function reply(author: string, count: number, more: Partial<ReplyItem> = {}): ReplyItem {
  return { key: `${author}-${count}`, author: account(author), body: words(count), votes: 0, accepted: false, ...more };
}

function conversation(more: Partial<ConversationItem>): ConversationItem {
  return {
    key: 'c',
    version: '1',
    title: 'Title',
    body: 'Body',
    tags: [],
    links: [],
    readers: ['everyone'],
    channel: 'FORUM',
    category: 'help',
    isQuestion: true,
    votes: 0,
    mentions: [],
    replies: [],
    author: account('ann'),
    ...more,
  };
}

function weightsOf(more: Partial<ConversationItem>): Record<string, number> {
  return Object.fromEntries(
    weighParticipants(conversation(more)).map(({ account, weight }) => [account.handle, weight]),
  );
}

describe('what a conversation says for somebody', () => {
  it('asking is not knowing, starting a discussion is', () => {
    expect(weightsOf({})).toEqual({ ann: 0.1 });
    expect(weightsOf({ isQuestion: false })).toEqual({ ann: 1 });
  });

  it('votes count by their magnitude, and never against', () => {
    expect(weightsOf({ isQuestion: false, votes: 9 })).toEqual({ ann: 1 * (1 + Math.log10(10)) });
    expect(weightsOf({ isQuestion: false, votes: -9 })).toEqual({ ann: 1 });
  });

  it('an accepted answer counts one and a half, times its votes', () => {
    expect(weightsOf({ replies: [reply('bob', 3, { accepted: true })] })['bob']).toBe(1.5);
    expect(weightsOf({ replies: [reply('bob', 3, { accepted: true, votes: 99 })] })['bob']).toBe(1.5 * 3);
  });

  it('other replies count by the square root of their share of the words', () => {
    const { bob, cem } = weightsOf({ replies: [reply('bob', 90), reply('cem', 30), reply('bob', 0)] });
    expect(bob).toBeCloseTo(Math.sqrt(90 / 120), 12);
    expect(cem).toBeCloseTo(Math.sqrt(30 / 120), 12);
  });

  it('an accepted answer takes its share of the words from the others', () => {
    const { bob, cem } = weightsOf({ replies: [reply('bob', 60, { accepted: true }), reply('cem', 20)] });
    expect(bob).toBe(1.5);
    expect(cem).toBeCloseTo(Math.sqrt(20 / 80), 12);
  });

  it('"same here" says little, even alone', () => {
    expect(weightsOf({ replies: [reply('bob', 2)] })['bob']).toBeCloseTo(2 / 20, 12);
  });

  it('who asked and writes on still asks', () => {
    expect(weightsOf({ replies: [reply('ann', 40)] })['ann']).toBeCloseTo(0.1 + 0.1, 12);
    expect(weightsOf({ isQuestion: false, replies: [reply('ann', 40)] })['ann']).toBeCloseTo(1 + 1, 12);
  });

  it('who answered their own question has answered', () => {
    expect(weightsOf({ replies: [reply('ann', 40, { accepted: true })] })['ann']).toBeCloseTo(0.1 + 1.5, 12);
  });

  it('who is only named counts a little, and comes after all who spoke', () => {
    const people = weighParticipants(
      conversation({ mentions: [account('dee'), account('bob')], replies: [reply('bob', 1), reply('cem', 40)] }),
    );
    expect(people.map(({ account, role }) => [account.handle, role])).toEqual([
      ['cem', 'SPEAKER'],
      ['ann', 'AUTHOR'],
      ['bob', 'SPEAKER'],
      ['dee', 'MENTIONED'],
    ]);
    expect(people.at(-1)?.weight).toBe(0.3);
  });

  it('replies of nobody, and no replies, are no fault', () => {
    const anonymous: ReplyItem = { key: 'r', body: words(50), votes: 3, accepted: true };
    expect(weightsOf({ replies: [anonymous] })).toEqual({ ann: 0.1 });
    const { author: _, ...minutes } = conversation({ channel: 'MEETING', isQuestion: false });
    expect(weighParticipants(minutes)).toEqual([]);
  });
});

it.each([
  ['a thread', {}, 1],
  ['a meeting', { channel: 'MEETING' }, 0.8],
  ['an answered question', { replies: [reply('bob', 5, { accepted: true })] }, 1.2],
] as const)('%s counts as a match %#', (_what, more, prior) => {
  expect(priorOf(conversation(more as Partial<ConversationItem>))).toBe(prior);
});
