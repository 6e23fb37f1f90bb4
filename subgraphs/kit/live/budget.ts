/** The part of a minute's budget that may be spent at once. */
const AT_ONCE = 1 / 4;

/** So many a minute, some of them at once. */
export class Budget {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #at = performance.now();

  constructor(perMinute: number) {
    this.#perMs = perMinute / 60_000;
    this.#most = Math.max(1, perMinute * AT_ONCE);
    this.#left = this.#most;
  }

  /** Takes one. @returns false when there is none left. */
  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
