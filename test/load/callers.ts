import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** What came of many requests. */
export class Tally {
  asked = 0;
  /** Answered without an error. */
  whole = 0;
  /** Answered, with errors in it. */
  partial = 0;
  /** Not answered as GraphQL answers: no connection, another status, no JSON. */
  lost = 0;
  slowestMs = 0;
  /** The first thing that was lost, for whoever has to find out why. */
  firstLost = '';

  /** Lost, or not whole. */
  get hurt(): number {
    return this.lost + this.partial;
  }

  get hurtPercent(): number {
    return this.asked === 0 ? 0 : (100 * this.hurt) / this.asked;
  }
}

/** Gateways, asked in turn as a balancer does: only those that say they are ready. */
export class Balancer {
  readonly #pools = new Map<string, { readonly pool: Pool; isReady: boolean }>();
  #turn = 0;
  #isOpen = true;

  constructor(...urls: string[]) {
    for (const url of urls) this.add(url);
    void this.#look();
  }

  add(url: string): void {
    this.#pools.set(url, {
      pool: new Pool(url, { connections: 600, headersTimeout: 0, bodyTimeout: 0 }),
      isReady: true,
    });
  }

  async remove(url: string): Promise<void> {
    await this.#pools.get(url)?.pool.close();
    this.#pools.delete(url);
  }

  get isAnyReady(): boolean {
    return [...this.#pools.values()].some(({ isReady }) => isReady);
  }

  /** Asks one of those that are ready. */
  async ask(query: string, tally: Tally, variables: object = {}): Promise<void> {
    const ready = [...this.#pools.values()].filter(({ isReady }) => isReady);
    const chosen = ready[this.#turn++ % Math.max(1, ready.length)];
    if (!chosen) {
      await wait(10);
      return;
    }
    tally.asked++;
    const started = performance.now();
    try {
      const { statusCode, body } = await chosen.pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
      if (statusCode !== 200 || data === undefined) throw new Error(`${statusCode} ${text.slice(0, 300)}`);
      if (errors === undefined) tally.whole++;
      else tally.partial++;
    } catch (error) {
      tally.lost++;
      tally.firstLost ||= String(error);
    }
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - started);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.destroy()));
  }

  async #look(): Promise<void> {
    while (this.#isOpen) {
      for (const [url, each] of this.#pools) {
        each.isReady = await fetch(`${url}/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      }
      await wait(50);
    }
  }
}

/** Has so many callers ask one question after another as long as it should go on. */
export async function callWhile(
  callers: number,
  goOn: () => boolean,
  ask: (number: number) => Promise<void>,
): Promise<void> {
  let number = 0;
  const caller = async () => {
    while (goOn()) await ask(number++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
