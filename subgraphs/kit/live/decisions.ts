import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { Log } from '../connector.ts';
import type { Samples } from '../content/reader.ts';
import { ConnectorError } from '../errors.ts';
import type { ConfirmOptions } from '../options.ts';
import { Budget } from './budget.ts';

/** Asks a tool, see `Connector.readable`. Undefined when it has no live reads. */
export type AskReadable = (
  source: string,
  account: string | null,
  keys: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, string> | undefined>;

/** A source whose tool is asked live. */
export interface ConfirmedSource extends ConfirmOptions {
  readonly name: string;
}

/** A set of readers to be confirmed: what the tool grants it by, and some of its items, at least one. */
export interface Sampled extends Samples {
  readonly acl: number;
  readonly container: string;
}

/** One that is asked for, by an item of it. */
interface Sample extends Sampled {
  readonly key: string;
}

/** Whether an account may read a set's items; `unknown` when the tool did not say. */
export interface Decision {
  readonly mayRead: boolean | 'unknown';
  /** Until when that counts, in ms as of `performance.now()`: a clock that is set back must not lengthen it. */
  readonly until: number;
}

/** So many sets are asked for in one question: others wait for the next one. */
const MAX_SAMPLES = 30;

/** A tool that could not be asked for somebody is not asked for them again for so long. */
const RETRY_MS = 5_000;

/** Decisions remembered of a source. */
const MAX_DECISIONS = 20_000;

/** A question to the tool ends after this long even if nobody ends it. */
const MAX_ASK_MS = 30_000;

/** What one source's tool said of who may read what: remembered for seconds, asked within a budget, once for all who wait. */
export class Decisions {
  readonly #source: ConfirmedSource;
  readonly #ask: AskReadable;
  readonly #log: Log;
  readonly #budget: Budget;
  readonly #keyv = new Keyv<Decision>({ store: new Remembered() });
  readonly #turns = new LRUCache<string, number>({ max: MAX_DECISIONS });
  readonly #underWay = new Map<string, Promise<void>>();
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(source: ConfirmedSource, ask: AskReadable, log: Log) {
    this.#source = source;
    this.#ask = ask;
    this.#log = log;
    this.#budget = new Budget(source.perMinute);
  }

  /** Whether the tool could not be asked when it last was, for whomever that was. */
  get isFailing(): boolean {
    return performance.now() - this.#failedAt < this.#source.seconds * 1_000;
  }

  /** What the tool says of these sets. One question at most; what it does not answer in time is not known. */
  async of(account: string, sets: readonly Sampled[]): Promise<ReadonlyMap<number, Decision>> {
    const known = await this.#remembered(account, sets);
    const asked = sets.filter(({ acl }) => !known.has(acl)).slice(0, MAX_SAMPLES);
    if (asked.length === 0) return known;
    await this.#inTime(this.#joined(account, asked));
    return this.#remembered(account, sets);
  }

  async #remembered(account: string, sets: readonly Sampled[]): Promise<ReadonlyMap<number, Decision>> {
    const values = await this.#keyv.getMany(sets.map((set) => keyOf(account, set)));
    const now = performance.now();
    return new Map(
      sets.flatMap(({ acl }, index) => {
        const decision = values[index] as Decision | undefined;
        return decision && decision.until > now ? [[acl, decision] as const] : [];
      }),
    );
  }

  /** Asks, unless something is being asked for this account already: a slow tool is not asked more, but waited for. */
  #joined(account: string, sets: readonly Sampled[]): Promise<void> {
    const underWay = this.#underWay.get(account);
    if (underWay) return underWay;
    const asking = this.#decide(account, sets).finally(() => this.#underWay.delete(account));
    this.#underWay.set(account, asking);
    return asking;
  }

  /** Asks, and remembers the answer, or that there was none. Never rejects. */
  async #decide(account: string, sets: readonly Sampled[]): Promise<void> {
    if (!this.#budget.take()) {
      this.#failed(
        new ConnectorError('RATE_LIMITED', `${this.#source.name}: more is asked live than \`confirm\` lets.`),
      );
      return;
    }
    const { name, seconds } = this.#source;
    // Its word is as old as the question.
    const askedAt = performance.now();
    const samples = sets.map((set) => this.#sampleOf(account, set));
    const keys = samples.map(({ key }) => key);
    try {
      const found = await this.#ask(name, account, keys, AbortSignal.timeout(MAX_ASK_MS));
      if (!found) throw new ConnectorError('MISCONFIGURED', `${name}: the tool cannot be asked live.`);
      this.#failedAt = Number.NEGATIVE_INFINITY;
      // One that was moved since the last sync says nothing of the container it was in.
      const mayRead = ({ key, container }: Sample): boolean => found.get(key) === container;
      for (const sample of samples) if (!mayRead(sample)) this.#turn(account, sample);
      await this.#remember(account, samples, mayRead, askedAt + seconds * 1_000);
    } catch (error) {
      this.#failed(error);
      await this.#remember(account, samples, () => 'unknown', performance.now() + Math.min(RETRY_MS, seconds * 1_000));
    }
  }

  /** Where an item could not be read, it may be that one alone that is gone: the next question is for another one. */
  #turn(account: string, sample: Sample): void {
    const key = keyOf(account, sample);
    this.#turns.set(key, (this.#turns.get(key) ?? 0) + 1);
  }

  #sampleOf(account: string, set: Sampled): Sample {
    const turn = this.#turns.get(keyOf(account, set)) ?? 0;
    return { ...set, key: set.keys[turn % set.keys.length] ?? '' };
  }

  async #remember(
    account: string,
    samples: readonly Sample[],
    of: (sample: Sample) => Decision['mayRead'],
    until: number,
  ): Promise<void> {
    const ttl = until - performance.now();
    if (ttl <= 0) return;
    for (const sample of samples) {
      await this.#keyv.set(keyOf(account, sample), { mayRead: of(sample), until }, ttl);
    }
  }

  #failed(error: unknown): void {
    // Said once: an outage is not news with every question.
    const level = this.isFailing ? 'debug' : 'warn';
    this.#failedAt = performance.now();
    const { name: source } = this.#source;
    const isKnown = error instanceof ConnectorError;
    const about = isKnown ? { source, code: error.code, reason: error.message } : { source, err: error };
    this.#log[level](about, 'the tool cannot be asked who may read what now');
  }

  /** Waits as long as an answer may be held up. */
  async #inTime(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#source.waitMs);
    });
    await Promise.race([work, late]);
    clearTimeout(timer);
  }
}

/** What was said of somebody's own items is not said of others' that come to a set later. */
function keyOf(account: string, { acl, areOwn }: Sampled): string {
  return `${areOwn ? 'own' : 'all'} ${acl} ${account}`;
}

/** What was not used for longest is forgotten first. */
class Remembered extends LRUCache<string, string> {
  constructor() {
    super({ max: MAX_DECISIONS });
  }

  /** The library says how long, too; it looks after that itself. */
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}
