/** What became of a nonce. */
export type NonceState = 'new' | 'seen' | 'full';

/** Where the instances of a subgraph remember nonces together. */
export interface SharedNonces {
  /** Takes note of a nonce for a time, unless one of them has; undefined where that cannot be told now. */
  takeShared(nonce: string, keepMs: number): Promise<boolean | undefined>;
}

/**
 * Remembers nonces for at least a given time, and at most twice that. Only those of requests with a right signature
 * come here, so that no stranger can fill it; when it is full nonetheless, nothing new is taken rather than something
 * forgotten.
 */
export class Nonces {
  readonly #keepMs: number;
  readonly #most: number;
  #since = 0;
  #recent = new Set<string>();
  #older = new Set<string>();

  /** @param most of them are remembered in the time each is kept */
  constructor(keepMs: number, most: number) {
    this.#keepMs = keepMs;
    this.#most = most;
  }

  /** Takes note of a nonce. */
  take(nonce: string, now: number): NonceState {
    if (now - this.#since >= this.#keepMs) {
      // After two such times without any request the recent ones are old as well.
      this.#older = now - this.#since >= 2 * this.#keepMs ? new Set() : this.#recent;
      this.#recent = new Set();
      this.#since = now;
    }
    if (this.#recent.has(nonce) || this.#older.has(nonce)) return 'seen';
    if (this.#recent.size >= this.#most) return 'full';
    this.#recent.add(nonce);
    return 'new';
  }
}
