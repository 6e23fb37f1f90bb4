import { refusal } from '../refusal.ts';

/** Requests are counted by the minute. */
export const WINDOW_MS = 60_000;

/** Counts the requests of each who asks. */
export interface Rate {
  /** Counts one request. @throws RATE_LIMITED */
  take(who: string): Promise<void>;
}

/** The minute a time is in. */
export function windowOf(now: number): number {
  return Math.floor(now / WINDOW_MS);
}

/** What whoever asks too often is told. */
export function tooMany(limit: number, now: number): Error {
  const retryAfterSeconds = Math.ceil(((windowOf(now) + 1) * WINDOW_MS - now) / 1_000);
  return refusal('RATE_LIMITED', { limit, retryAfterSeconds });
}
