import { LRUCache } from 'lru-cache';
import { tooMany, windowOf, type Rate } from '../http/rate.ts';
import type { PermitRequest } from './permits.ts';

/** Most who are counted at once; beyond that, whoever was not seen longest is forgotten. */
const MAX_COUNTED = 100_000;

/** This part of a limit is asked for at once: so much of it can lie about unused in another worker. */
const LEASE = 0.01;

interface Lease {
  readonly window: number;
  left: number;
  waiting: number;
  isSpent: boolean;
  asking: Promise<void> | undefined;
}

/**
 * Counts requests together with other workers: permission for a few is asked for at once, so that the limit is never
 * exceeded, and most requests wait for nobody.
 */
export class LeasedRate implements Rate {
  readonly #name: string;
  readonly #limit: number;
  readonly #ask: (request: PermitRequest) => Promise<number>;
  readonly #leases = new LRUCache<string, Lease>({ max: MAX_COUNTED });

  /**
   * @param limit requests a minute; 0 for any number
   * @param ask gets permission from where all are counted
   */
  constructor(name: string, limit: number, ask: (request: PermitRequest) => Promise<number>) {
    this.#name = name;
    this.#limit = limit;
    this.#ask = ask;
  }

  async take(who: string): Promise<void> {
    if (this.#limit === 0) return;
    const now = Date.now();
    const lease = this.#leaseOf(who, windowOf(now));
    lease.waiting++;
    try {
      while (lease.left === 0) {
        if (lease.isSpent) throw tooMany(this.#limit, now);
        await (lease.asking ??= this.#renew(who, lease));
      }
      lease.left--;
    } finally {
      lease.waiting--;
    }
  }

  #leaseOf(who: string, window: number): Lease {
    const known = this.#leases.get(who);
    if (known?.window === window) return known;
    const lease = { window, left: 0, waiting: 0, isSpent: false, asking: undefined };
    this.#leases.set(who, lease);
    return lease;
  }

  async #renew(who: string, lease: Lease): Promise<void> {
    const wanted = Math.max(lease.waiting, Math.ceil(this.#limit * LEASE));
    const { window } = lease;
    lease.left = await this.#ask({ name: this.#name, limit: this.#limit, who, window, wanted });
    lease.isSpent = lease.left < wanted;
    lease.asking = undefined;
  }
}
