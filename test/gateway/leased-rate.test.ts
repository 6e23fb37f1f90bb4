import { GraphQLError } from 'graphql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LeasedRate } from '../../gateway/workers/leased-rate.ts';
import { Permits, type PermitRequest } from '../../gateway/workers/permits.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 9, 30) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Two workers' rates over one count, and how often that was asked. */
function workers(limit: number) {
  const permits = new Permits();
  const asked: PermitRequest[] = [];
  const ask = async (request: PermitRequest) => {
    asked.push(request);
    return permits.grant(request);
  };
  return { asked, rates: [new LeasedRate('viewer', limit, ask), new LeasedRate('viewer', limit, ask)] as const };
}

async function isThrough(rate: LeasedRate, who = 'ann'): Promise<boolean> {
  try {
    await rate.take(who);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(GraphQLError);
    expect((error as GraphQLError).extensions).toMatchObject({ code: 'RATE_LIMITED' });
    return false;
  }
}

it('a limit holds over all workers, for requests at the same time too', async () => {
  const { rates } = workers(10);
  const all = await Promise.all(Array.from({ length: 30 }, (_, at) => isThrough(rates[at % 2 === 0 ? 0 : 1])));
  expect(all.filter(Boolean)).toHaveLength(10);
  expect(await isThrough(rates[0], 'bo')).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(await isThrough(rates[1])).toBe(true);
});

it('most requests wait for nobody, and nearly all of the limit can be used by one worker', async () => {
  const { rates, asked } = workers(1_000);
  expect(await isThrough(rates[1])).toBe(true);
  let through = 0;
  for (let at = 0; at < 1_100; at++) through += Number(await isThrough(rates[0]));
  expect(through).toBe(990);
  // Nor does who is refused ask again.
  expect(asked.length).toBeLessThanOrEqual(101);
});

it('0 is no limit', async () => {
  const { rates, asked } = workers(0);
  for (let at = 0; at < 50; at++) expect(await isThrough(rates[0])).toBe(true);
  expect(asked).toEqual([]);
});

it('a wish that comes after its minute takes nothing of the next', () => {
  const permits = new Permits();
  const request = { name: 'viewer', limit: 2, who: 'ann', window: 8, wanted: 2 };
  expect(permits.grant(request)).toBe(2);
  expect(permits.grant({ ...request, window: 7 })).toBe(2);
  expect(permits.grant(request)).toBe(0);
});
