import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, openWith } from '../contract/connector-contract.ts';
import { FakeJive, PASSWORD, refusal } from '../servers/jive.ts';

let fake: FakeJive;
let keys: string[];
beforeEach(async () => {
  fake = await FakeJive.start();
  fake.strategies = new Set(['username', 'email', 'userid', 'uri']);
  fake.group('Board', 'SECRET', ['eve']);
  fake.person('bob');
  keys = [
    fake.content('open', '<p>x</p>').id,
    fake.content('closed', '<p>x</p>', { place: 2 }).id,
    fake.content('for bob', '<p>x</p>', { visibility: 'people', users: ['bob'] }).id,
  ].map(String);
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<ConversationItem>> =>
  openWith(
    jive,
    { url: fake.url, user: 'admin', password: PASSWORD, perMinute: 1_000_000, runAs: 'username', ...options },
    '/',
  );
const readable = async (connector: Connector<ConversationItem>, account: string | null): Promise<string[]> =>
  [
    ...((await connector.readable?.(account, [...keys, '999', '../people/1', ''], call))?.keys() ?? ['nobody asked']),
  ].sort();

describe('jive: asked live', () => {
  it.each(['username', 'email', 'userid', 'uri'])('it says who may read what, by %s', async (runAs) => {
    const connector = await open({ runAs });
    expect(await readable(connector, 'eve')).toEqual(keys.slice(0, 2));
    expect(await readable(connector, 'BOB')).toEqual([keys[0], keys[2]]);
    expect(await readable(connector, 'bob@kestrel.example')).toEqual([keys[0], keys[2]]);
    expect(await readable(connector, `/people/${fake.people.get('eve')!.id}`)).toEqual(keys.slice(0, 2));
    expect(fake.requests.filter((path) => path.startsWith('contents/'))).not.toContainEqual(
      expect.not.stringContaining(' as '),
    );
  });

  it('nobody is asked without `runAs`', async () => {
    expect('readable' in (await open({ runAs: undefined }))).toBe(false);
  });

  it('guests see what guests see, and people it does not know nothing', async () => {
    const connector = await open();
    expect(await readable(connector, null)).toEqual([]);
    fake.allowsGuests = true;
    expect(await readable(connector, null)).toEqual([keys[0]]);
    expect(await readable(connector, 'stranger')).toEqual([]);
    expect(await readable(connector, 'stranger@x.example')).toEqual([]);
  });

  it('a header that is not looked at does not open everything', async () => {
    fake.strategies.clear();
    fake.ignoresRunAs = true;
    const connector = await open();
    await expect(readable(connector, 'bob')).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('does not act as others'),
    });
  });

  it('another person than the one asked for does not count', async () => {
    const connector = await open();
    const eve = JSON.stringify({ id: String(fake.people.get('eve')!.id), jive: { username: 'eve' }, emails: [] });
    fake.answer = (path) => (path.startsWith('people/username/') ? { status: 200, body: eve } : undefined);
    expect(await readable(connector, 'bob')).toEqual([]);
  });

  it('a name that fits no header is an error, and so is Jive being down', async () => {
    fake.person('Łucja');
    await expect(readable(await open(), 'Łucja')).rejects.toMatchObject({
      message: expect.stringContaining('set `runAs` to `userid`'),
    });
    expect(await readable(await open({ runAs: 'userid' }), 'Łucja')).toEqual([keys[0]]);
    const connector = await open();
    fake.answer = (path) => (path.startsWith('contents/') ? { status: 500 } : undefined);
    await expect(readable(connector, 'bob')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('jive: doctor', () => {
  it('acts as the account itself, and says what is missing for that', async () => {
    const connector = await open();
    expect(await connector.health(call)).toMatchObject({ status: 'ok' });
    fake.strategies = new Set(['email']);
    expect(await connector.health(call)).toMatchObject({ status: 'failed', detail: expect.stringContaining('(4049)') });
    fake.strategies.clear();
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('has acting as others switched off (4048); name the strategy of `runAs`'),
    });
    fake.ignoresRunAs = true;
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('does not act as others when asked to'),
    });
  });

  it.each([
    [4048, 'switched off'],
    [4049, 'refuses to act as somebody else (4049)'],
    [4050, 'refuses to act as somebody else (4050)'],
    [4051, 'refuses to act as somebody else (4051)'],
    [4052, 'refuses to act as somebody else (4052)'],
  ])('passes on refusal %i, wherever its number stands', async (code, sentence) => {
    const connector = await open();
    for (const status of [400, 401, 403]) {
      for (const body of [refusal(status, code, 'Denied').body, JSON.stringify({ code: String(code) })]) {
        fake.answer = (path) =>
          path.startsWith('contents/') ? { status, ...(body === undefined ? {} : { body }) } : undefined;
        await expect(readable(connector, 'bob')).rejects.toMatchObject({
          code: 'MISCONFIGURED',
          message: expect.stringContaining(sentence),
        });
      }
    }
  });
});
