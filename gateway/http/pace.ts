/** Work is begun in one turn of the event loop for so long, in ms. */
const TURN_MS = 20;

/** Something that waits for its turn. */
interface Waiting {
  readonly since: number;
  readonly begin: () => void;
}

/**
 * Spreads work over turns of the event loop. An operation whose subgraphs are all in this process runs to its end in
 * the turn it is begun in. Were all that is there begun in the same turn, it would last as long as all of them together,
 * and new connections, of which Node takes up one a turn, would wait for seconds.
 */
export class Pace {
  readonly #waiting: Waiting[] = [];
  #turnBegan: number | undefined;

  /** @returns what to wait for before work is begun; undefined for: begin now */
  turn(): Promise<void> | undefined {
    const now = performance.now();
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now;
      setImmediate(this.#next);
    }
    if (this.#waiting.length === 0 && now - this.#turnBegan < TURN_MS) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ since: now, begin: resolve });
    return promise;
  }

  /** How long the first of those who wait has waited, in ms. */
  get lagMs(): number {
    const [first] = this.#waiting;
    return first ? performance.now() - first.since : 0;
  }

  readonly #next = (): void => {
    const first = this.#waiting.shift();
    this.#turnBegan = first && performance.now();
    if (!first) return;
    setImmediate(this.#next);
    first.begin();
  };
}
