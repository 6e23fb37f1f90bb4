import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, openWith } from '../contract/connector-contract.ts';
import { FakeDiscourse, KEY } from '../servers/discourse.ts';

let fake: FakeDiscourse;
let connector: Connector<ConversationItem>;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  const staff = fake.category('Staff', ['staff']);
  for (let at = 1; at <= 70; at++) fake.topic(`Topic ${at}`, '<p>x</p>', at % 2 ? {} : { category: staff.id });
  fake.user('Bea');
  fake.user('Stan').groups = ['staff'];
  connector = await openWith(discourse, { url: fake.url, apiKey: KEY, perMinute: 1_000_000 }, '/');
  fake.asked.length = 0;
});
afterEach(() => fake[Symbol.asyncDispose]());

const all = Array.from({ length: 70 }, (_, at) => String(at + 1));
const readable = async (account: string | null, wanted: readonly string[] = all): Promise<string[]> =>
  [...((await connector.readable?.(account, wanted, call))?.keys() ?? [])].sort((a, b) => Number(a) - Number(b));
const odd = all.filter((key) => Number(key) % 2 === 1);

it('is what the forum shows to the user, thirty topics in a request', async () => {
  expect(await readable('stan')).toEqual(all);
  expect(fake.asked).toEqual(['stan latest.json', 'stan latest.json', 'stan latest.json']);
});

it('leaves out what the user is not shown, asked for one by one at worst', async () => {
  expect(await readable('bea')).toEqual(odd);
  expect(fake.asked).toHaveLength(3 + 35);
  expect(fake.asked.every((line) => line.startsWith('bea '))).toBe(true);
});

it('takes part in what changed a moment ago', async () => {
  expect(await readable('bea', ['2'])).toEqual([]);
  fake.users.get('Bea')!.groups = ['staff'];
  expect(await readable('bea', ['2'])).toEqual(['2']);
  fake.categories.get(1)!.groups = ['board'];
  fake.topics.delete(2);
  expect(await readable('bea', ['1', '2'])).toEqual([]);
});

it('has what the user only muted', async () => {
  for (const id of [1, 2]) fake.users.get('Bea')!.muted.add(id);
  expect(await readable('bea', ['1', '2', '3'])).toEqual(['1', '3']);
});

it('is for guests what is shown without a key', async () => {
  expect(await readable(null)).toEqual(odd);
  expect(fake.asked.every((line) => !line.includes(' '))).toBe(true);
  fake.isShutToGuests = true;
  expect(await readable(null)).toEqual([]);
});

it('is nothing for who is suspended or not there, however good the key', async () => {
  expect(await readable('nobody')).toEqual([]);
  fake.users.get('Stan')!.isSuspended = true;
  expect(await readable('stan')).toEqual([]);
});

it('is nothing for keys that no topic has', async () => {
  expect(await readable('stan', ['0', '-1', '1.5', '1,2', 'x', '', '99999999999999999999', '4000', '3'])).toEqual([
    '3',
  ]);
});

it('fails, rather than showing nothing, when the key may not act as others, or is no longer good', async () => {
  fake.actsAs = ['system'];
  await expect(readable('stan')).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('the key may not act as "stan"'),
  });
  fake.actsAs = [];
  for (const account of ['stan', 'nobody']) {
    await expect(readable(account)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  }
});

it.each([
  ['HTML', { status: 200, body: '<p>Sign in</p>' }, 'BAD_RESPONSE'],
  ['other topics than those asked for', undefined, 'BAD_RESPONSE'],
  ['another address', { status: 302, headers: { location: 'http://x.example/' } }, 'MISCONFIGURED'],
] as const)('fails when the forum answers with %s', async (_what, answer, code) => {
  fake.answer = (path) => {
    if (!path.includes('topic_ids')) return undefined;
    return answer ?? { status: 200, body: JSON.stringify({ topic_list: { topics: [fake.row(fake.topics.get(2)!)] } }) };
  };
  await expect(readable('bea', ['1'])).rejects.toMatchObject({ name: 'ConnectorError', code });
});

it('fails when it is a proxy that refuses guests and everybody else', async () => {
  fake.answer = () => ({ status: 403, body: '<p>Blocked</p>' });
  for (const account of [null, 'stan']) {
    await expect(readable(account)).rejects.toMatchObject({ name: 'ConnectorError', code: 'FORBIDDEN' });
  }
});

it('acts as nobody whose name is no plain one', async () => {
  for (const account of ['', 'a b', 'zoë', 'a\r\nApi-Username: system']) {
    await expect(readable(account)).rejects.toMatchObject({ name: 'ConnectorError', code: 'FORBIDDEN' });
  }
  expect(fake.asked).toEqual([]);
});

it('ends with the call', async () => {
  await expect(connector.readable?.('bea', ['1'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});
