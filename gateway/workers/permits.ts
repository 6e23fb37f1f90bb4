import { LRUCache } from 'lru-cache';

/** Most who are counted at once; beyond that, whoever was not seen longest is forgotten. */
const MAX_COUNTED = 100_000;

/** A wish for permission to let requests through. */
export interface PermitRequest {
  /** Which limit, and how many requests a minute it allows. */
  readonly name: string;
  readonly limit: number;
  readonly who: string;
  /** The minute they are for. */
  readonly window: number;
  readonly wanted: number;
}

/** Counts the requests of all workers, in the one process that all of them talk to. */
export class Permits {
  readonly #counts = new LRUCache<string, { readonly window: number; used: number }>({ max: MAX_COUNTED });

  /** @returns how many requests may be let through: at most as many as wanted, none when the limit is reached. */
  grant({ name, limit, who, window, wanted }: PermitRequest): number {
    const key = `${name}:${who}`;
    let count = this.#counts.get(key);
    // A wish from before the minute's end that comes after it is as good as one in time.
    if (count && count.window > window) return wanted;
    if (count?.window !== window) {
      count = { window, used: 0 };
      this.#counts.set(key, count);
    }
    const granted = Math.max(0, Math.min(wanted, limit - count.used));
    count.used += granted;
    return granted;
  }
}
