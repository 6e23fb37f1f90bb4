import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
  SamplingBreaker,
  wrap,
} from 'cockatiel';
import { SubgraphFailure } from './client.ts';
import type { SubgraphLimits } from './limits.ts';

/** The circuit opens when this part of the calls fails … */
const THRESHOLD = 0.5;
/** … over this time … */
const SAMPLE_MS = 10_000;
/** … of at least so many calls. */
const MIN_CALLS = 20;
const FIRST_OPEN_MS = 5_000;
const MAX_OPEN_MS = 60_000;

/** A retry may follow one call in so many, so that a subgraph in trouble is not asked twice by everybody. */
const CALLS_PER_RETRY = 10;
/** Retries that may follow one another out of a quiet time. */
const RETRY_BURST = 10;

/** Whether calls to a subgraph go through: closed does, open does not, half-open tries. */
export type Circuit = 'closed' | 'open' | 'half-open';

/** Thrown within for what may be tried again at once: nothing of an answer had come. */
export class Retryable extends Error {
  readonly failure: SubgraphFailure;
  /** How long the subgraph asked to wait. */
  readonly waitMs: number;

  constructor(failure: SubgraphFailure, waitMs = 0) {
    super(failure.message);
    this.failure = failure;
    this.waitMs = waitMs;
  }
}

/** Keeps one subgraph from being asked too much, and those who ask from waiting for one that is down. */
export class Guard {
  readonly #name: string;
  readonly #policy;
  readonly #breaker;
  #retries = RETRY_BURST;

  constructor(name: string, limits: SubgraphLimits) {
    this.#name = name;
    const counts = handleWhen((error) => error instanceof Retryable || isOutage(error));
    this.#breaker = circuitBreaker(counts, {
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: FIRST_OPEN_MS,
        maxDelay: MAX_OPEN_MS,
        generator: noJitterGenerator,
      }),
      breaker: new SamplingBreaker({
        threshold: THRESHOLD,
        duration: SAMPLE_MS,
        minimumRps: MIN_CALLS / (SAMPLE_MS / 1_000),
      }),
    });
    this.#policy = wrap(bulkhead(limits.calls, limits.waiting), this.#breaker);
  }

  get circuit(): Circuit {
    const { state } = this.#breaker;
    if (state === CircuitState.Closed) return 'closed';
    return state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /**
   * Makes a call, and once more where that can help and time is left.
   * @throws SubgraphFailure
   */
  async call<Result>(
    once: () => Promise<Result>,
    options: { readonly isRead: boolean; readonly deadline: number },
  ): Promise<Result> {
    this.#retries = Math.min(RETRY_BURST, this.#retries + 1 / CALLS_PER_RETRY);
    try {
      return await this.#guarded(once);
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      const wait = error.waitMs + Math.random() * 50;
      if (!options.isRead || this.#retries < 1 || performance.now() + wait > options.deadline) throw error.failure;
      this.#retries--;
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        return await this.#guarded(once);
      } catch (again) {
        throw again instanceof Retryable ? again.failure : again;
      }
    }
  }

  async #guarded<Result>(once: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#policy.execute(once);
    } catch (error) {
      if (error instanceof BulkheadRejectedError) {
        throw new SubgraphFailure('SUBGRAPH_BUSY', `${this.#name} has as many calls under way and waiting as it may.`);
      }
      if (error instanceof BrokenCircuitError) {
        throw new SubgraphFailure(
          'SUBGRAPH_UNAVAILABLE',
          `${this.#name} has failed often and is left alone for a while.`,
        );
      }
      throw error;
    }
  }
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof SubgraphFailure && (error.code === 'SUBGRAPH_UNAVAILABLE' || error.code === 'SUBGRAPH_TIMEOUT')
  );
}
