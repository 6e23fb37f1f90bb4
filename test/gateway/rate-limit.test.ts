import { setImmediate } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import type { GatewayCache } from '../../gateway/cache/key-value-cache.ts';
import { ConfigFile, type Config } from '../../gateway/config/schema.ts';
import { countedAddress, RateLimit } from '../../gateway/http/rate-limit.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

/** A cache that gateways share. */
function sharedCache(): GatewayCache & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    isShared: true,
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    delete: async (key) => entries.delete(key),
    takeShared: async () => undefined,
    isReachable: async () => true,
    close: async () => undefined,
  };
}

/** How many of so many requests are let through. */
async function passed(limit: RateLimit, who: string, count: number): Promise<number> {
  let through = 0;
  for (let at = 0; at < count; at++) {
    try {
      await limit.take(who);
      through++;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 10 });
    }
  }
  return through;
}

describe('requests are counted', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 9, 30) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('by who asks and by the minute', async () => {
    const limit = new RateLimit('viewer', 10, { ...sharedCache(), isShared: false });
    expect(await passed(limit, 'ann', 30)).toBe(10);
    expect(await passed(limit, 'bo', 3)).toBe(3);
    vi.advanceTimersByTime(59_000);
    await expect(limit.take('ann')).rejects.toMatchObject({ extensions: { retryAfterSeconds: 1 } });
    vi.advanceTimersByTime(1_000);
    expect(await passed(limit, 'ann', 1)).toBe(1);
  });

  it('together with other gateways', async () => {
    const cache = sharedCache();
    const gateways = [new RateLimit('viewer', 10, cache), new RateLimit('viewer', 10, cache)] as const;
    expect(await passed(gateways[0], 'ann', 8)).toBe(8);
    vi.advanceTimersByTime(300);
    expect(await passed(gateways[0], 'ann', 1)).toBe(1);
    await setImmediate();
    // Of nine that the first one counted, the second one knows before it lets anybody in.
    expect(await passed(gateways[1], 'ann', 30)).toBe(1);
    vi.advanceTimersByTime(300);
    await passed(gateways[1], 'ann', 1);
    await setImmediate();
    vi.advanceTimersByTime(300);
    await passed(gateways[0], 'ann', 1);
    await setImmediate();
    expect(await passed(gateways[0], 'ann', 5)).toBe(0);
  });

  it('whatever stands in the cache', async () => {
    for (const text of ['', 'null', '{', '[[1,2]]', '[["x","y"]]', '[["x",1e999]]', '{"x":1}']) {
      const cache = sharedCache();
      const limit = new RateLimit('viewer', 10, { ...cache, get: async () => text });
      expect(await passed(limit, 'ann', 30)).toBe(10);
    }
  });

  it('or not at all', async () => {
    expect(await passed(new RateLimit('viewer', 0, sharedCache()), 'ann', 30)).toBe(30);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
])('the address %s is counted as %s', (address, counted) => {
  expect(countedAddress(address)).toBe(counted);
});

describe('too many requests are answered by 429', () => {
  let sample: SampleApp;
  const apps: App[] = [];
  beforeAll(async () => {
    sample = await sampleApp();
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await sample.close();
  });

  async function ask(limits: object, change: Partial<Config>, headers: readonly Record<string, string>[]) {
    const app = await createApp({ ...sample.config, ...change, limits: ConfigFile.parse({ limits }).limits });
    apps.push(app);
    const responses = [];
    for (const each of headers) {
      const request = { method: 'POST', url: '/graphql', payload: { query: '{ viewer { groups } }' } } as const;
      responses.push(await app.http.inject({ ...request, headers: each }));
    }
    return responses;
  }

  it('in one person’s name', async () => {
    const ann = { 'x-atrium-viewer': 'noor.vandijk' };
    const responses = await ask({ requestsPerViewer: 2 }, {}, [
      ann,
      ann,
      ann,
      {},
      {},
      {},
      { 'x-atrium-viewer': 'jose.ferreira' },
    ]);
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429, 200, 200, 200, 200]);
    const [, , refused] = responses;
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused?.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', limit: 2 } }] });
  });

  it('from one address', async () => {
    const responses = await ask({ requestsPerAddress: 2 }, {}, [{}, {}, {}, { 'x-forwarded-for': '192.0.2.1' }]);
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429, 429]);
    expect(Number(responses[2]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await apps.at(-1)?.http.inject('/live'))?.statusCode).toBe(200);
  });

  it('from one address behind a proxy that is named', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const listen = { ...sample.config.listen, proxies: ['127.0.0.1'] };
    const responses = await ask(
      { requestsPerAddress: 1 },
      { listen },
      ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map(from),
    );
    expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
  });
});
