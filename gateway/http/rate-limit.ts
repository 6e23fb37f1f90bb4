import { randomUUID } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { GatewayCache } from '../cache/key-value-cache.ts';
import { tooMany, WINDOW_MS, windowOf, type Rate } from './rate.ts';

/** How old what is known of other gateways' counts may be, in ms. */
const SHARE_EVERY_MS = 250;

/** Most who are counted at once; beyond that, whoever was not seen longest is forgotten. */
const MAX_COUNTED = 100_000;

interface Count {
  readonly window: number;
  own: number;
  /** What other gateways counted, by their id. */
  others: ReadonlyMap<string, number>;
  sharedAt: number;
}

/**
 * Counts requests, together with all gateways that share a cache. Each writes its own count beside the others' under
 * one key: a write that is lost to another gateway's is made up for by the next.
 */
export class RateLimit implements Rate {
  readonly #name: string;
  readonly #limit: number;
  readonly #cache: GatewayCache;
  readonly #id = randomUUID().slice(0, 8);
  readonly #counts = new LRUCache<string, Count>({ max: MAX_COUNTED });

  /** @param limit requests a minute; 0 for any number */
  constructor(name: string, limit: number, cache: GatewayCache) {
    this.#name = name;
    this.#limit = limit;
    this.#cache = cache;
  }

  async take(who: string): Promise<void> {
    if (this.#limit === 0) return;
    const now = Date.now();
    const window = windowOf(now);
    let count = this.#counts.get(who);
    if (count?.window !== window) {
      count = { window, own: 0, others: new Map(), sharedAt: 0 };
      this.#counts.set(who, count);
    }
    count.own++;
    if (this.#cache.isShared && now - count.sharedAt >= SHARE_EVERY_MS) {
      const isFirst = count.sharedAt === 0;
      count.sharedAt = now;
      const sharing = this.#share(who, count);
      // Of whom nothing is known, other gateways may know all.
      if (isFirst) await sharing;
    }
    let sum = count.own;
    for (const other of count.others.values()) sum += other;
    if (sum > this.#limit) throw tooMany(this.#limit, now);
  }

  async #share(who: string, count: Count): Promise<void> {
    const key = `rate:${this.#name}:${count.window}:${who}`;
    const counts = countsIn(await this.#cache.get(key));
    counts.delete(this.#id);
    for (const [id, before] of count.others) counts.set(id, Math.max(before, counts.get(id) ?? 0));
    count.others = new Map(counts);
    counts.set(this.#id, count.own);
    await this.#cache.set(key, JSON.stringify([...counts]), { ttl: (2 * WINDOW_MS) / 1_000 });
  }
}

/** An address as it is counted: whoever has one address of IPv6 has its whole /64. */
export function countedAddress(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}

function countsIn(text: string | undefined): Map<string, number> {
  try {
    const pairs: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(pairs)) return new Map();
    return new Map(
      pairs.filter(
        (pair): pair is [string, number] =>
          Array.isArray(pair) && typeof pair[0] === 'string' && Number.isSafeInteger(pair[1]),
      ),
    );
  } catch {
    // What others may write to as well is not trusted.
    return new Map();
  }
}
