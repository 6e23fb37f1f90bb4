/** Thrown when as many wait as may. */
export class TooManyWaiting extends Error {}

/** Lets so many run at once, and so many more wait for their turn; whoever leaves the queue makes room in it. */
export class Turns {
  readonly #atOnce: number;
  readonly #mayWait: number;
  readonly #queue = new Set<() => void>();
  #running = 0;

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** @throws TooManyWaiting at once; what `signal` was aborted with, while waiting */
  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    if (this.#running < this.#atOnce) this.#running++;
    else await this.#wait(signal);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Fulfilled when the place of one that ended was handed over. */
  async #wait(signal: AbortSignal): Promise<void> {
    if (this.#queue.size >= this.#mayWait) throw new TooManyWaiting();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#queue.delete(resolve);
      reject(signal.reason as Error);
    };
    this.#queue.add(resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #next(): void {
    const [first] = this.#queue;
    if (!first) {
      this.#running--;
      return;
    }
    this.#queue.delete(first);
    first();
  }
}
