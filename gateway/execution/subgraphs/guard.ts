import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
  SamplingBreaker,
} from 'cockatiel';
import { CallEnded, SubgraphFailure } from './client.ts';
import type { SubgraphLimits } from './limits.ts';
import { TooManyWaiting, Turns } from './turns.ts';

/** Retries that may follow one another out of a quiet time. */
const RETRY_BURST = 10;
/** Retries are spread over this time, so that those who failed together do not come again together. */
const JITTER_MS = 50;

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

/** How it stands with the calls to a subgraph. */
export interface CallState {
  readonly circuit: Circuit;
  /** Calls under way. */
  readonly calls: number;
  /** Calls waiting for their turn. */
  readonly waiting: number;
}

/** What a call is about. */
export interface CallOptions {
  /** Whether it may be made twice. */
  readonly isRead: boolean;
  /** Nobody waits after this; as of `performance.now()`. */
  readonly deadline: number;
  /** Nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Keeps one subgraph from being asked too much, and those who ask from waiting for one that is down. */
export class Guard {
  readonly #name: string;
  readonly #turns: Turns;
  readonly #breaker;
  readonly #retriesPerCall: number;
  #retries: number;

  constructor(name: string, limits: SubgraphLimits) {
    this.#name = name;
    this.#retriesPerCall = limits.retryPercent / 100;
    this.#retries = limits.retryPercent === 0 ? 0 : RETRY_BURST;
    this.#turns = new Turns(limits.calls, limits.waiting);
    // A client that leaves says nothing of the subgraph. Only a probe must not pass for a success by that.
    const counts = handleWhen((error) =>
      error instanceof CallEnded ? this.circuit === 'half-open' : error instanceof Retryable || isOutage(error),
    );
    this.#breaker = circuitBreaker(counts, {
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: limits.circuitOpenMs,
        maxDelay: limits.circuitMaxOpenMs,
        generator: noJitterGenerator,
      }),
      breaker: new SamplingBreaker({
        threshold: limits.circuitPercent / 100,
        duration: limits.circuitWindowMs,
        minimumRps: limits.circuitCalls / (limits.circuitWindowMs / 1_000),
      }),
    });
  }

  get circuit(): Circuit {
    const { state } = this.#breaker;
    if (state === CircuitState.Closed) return 'closed';
    return state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  get state(): CallState {
    return { circuit: this.circuit, calls: this.#turns.running, waiting: this.#turns.waiting };
  }

  /**
   * Makes a call, and once more where that can help and time is left.
   * @throws SubgraphFailure
   */
  async call<Result>(once: () => Promise<Result>, options: CallOptions): Promise<Result> {
    this.#retries = Math.min(RETRY_BURST, this.#retries + this.#retriesPerCall);
    try {
      return await this.#guarded(once, options.signal);
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      const wait = error.waitMs + Math.random() * JITTER_MS;
      if (!options.isRead || this.#retries < 1 || performance.now() + wait > options.deadline) throw error.failure;
      this.#retries--;
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        return await this.#guarded(once, options.signal);
      } catch (again) {
        throw again instanceof Retryable ? again.failure : again;
      }
    }
  }

  async #guarded<Result>(once: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      return await this.#turns.take(signal, () => this.#breaker.execute(once));
    } catch (error) {
      if (error instanceof TooManyWaiting) {
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
