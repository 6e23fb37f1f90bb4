import type { Log } from '../../subgraphs/kit/connector.ts';
import type { GatewayContext } from '../context.ts';
import type { Metrics } from './metrics.ts';
import { lineOf, tenths } from './timing.ts';

/** How an operation ended. */
export interface Outcome {
  /** Its name, if it has one that is in the document. */
  readonly operation: string | null;
  /** SHA-256 of the document; undefined where there is none. */
  readonly hash: string | undefined;
  /** Whether it was executed. */
  readonly hasData: boolean;
  /** One for each error that the client is told of. */
  readonly codes: readonly string[];
  /** Whether the answer is one that was given before. */
  readonly isRemembered: boolean;
}

/**
 * Says how operations go: in the metrics, in traces, and of what took longer than `slowMs` in the log, with where the
 * time went. Never with its text or variables. Each operation has its line in the audit log.
 */
export class Account {
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #slowMs: number;

  constructor(log: Log, metrics: Metrics, slowMs: number) {
    this.#log = log;
    this.#metrics = metrics;
    this.#slowMs = slowMs;
  }

  /** Takes down how an operation ended: its answer is about to be sent. */
  give({ requestId, observation, audit, viewer }: GatewayContext, outcome: Outcome): void {
    const { operation, hash, hasData, codes, isRemembered } = outcome;
    const { ms } = observation;
    this.#metrics.record(observation, codes, isRemembered);
    observation.end(operation, codes);
    if (ms >= this.#slowMs) {
      const { planMs, shapeMs, fetches } = observation;
      const where = { planMs: tenths(planMs), shapeMs: tenths(shapeMs), fetches: fetches.map(lineOf) };
      this.#log.warn({ requestId, operation, ms: tenths(ms), errors: codes, ...where }, 'slow operation');
    }
    if (!audit) return;
    audit.viewer = viewer;
    audit.operation = operation ?? undefined;
    audit.hash = hash;
    audit.hasData = hasData;
    audit.codes = [...new Set(codes)];
  }
}

/** The codes of errors as clients are told of them. */
export function codesOf(errors: readonly { readonly extensions?: Record<string, unknown> }[] = []): string[] {
  return errors.map(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? code : 'UNKNOWN';
  });
}
