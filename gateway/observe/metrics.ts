import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { SubgraphClients } from '../execution/subgraphs/clients.ts';
import type { Observation } from './observation.ts';

/** Seconds; a fetch from memory takes less than the first, an operation at its limit eight. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

const CIRCUIT = { closed: 0, 'half-open': 0.5, open: 1 };

/** What the metrics look at besides operations. */
export interface MetricsParts {
  readonly clients: SubgraphClients;
  readonly local: ReadonlyMap<string, SubgraphExecutor>;
}

/**
 * What Prometheus asks for. Labels are bounded: subgraphs and sources of the configuration, codes of the catalogue;
 * never names of operations, which clients choose.
 */
export class Metrics {
  /** Where the figures are kept. */
  readonly registry = new Registry();
  readonly #operations = this.#counter('atrium_operations_total', 'Operations answered, by the first error’s code', [
    'code',
  ]);
  readonly #errors = this.#counter('atrium_errors_total', 'Errors in answers, by code', ['code']);
  readonly #seconds = this.#histogram('atrium_operation_seconds', 'From the parsed operation to its answer', []);
  readonly #planSeconds = this.#histogram('atrium_plan_seconds', 'Planning and compiling an operation seen first', []);
  readonly #fetchSeconds = this.#histogram('atrium_fetch_seconds', 'A fetch from a subgraph', ['subgraph']);
  readonly #fetchErrors = this.#counter('atrium_fetch_errors_total', 'Errors of fetches, by code', [
    'subgraph',
    'code',
  ]);
  readonly #shapeSeconds = this.#histogram('atrium_shape_seconds', 'Putting the answer together', []);
  readonly #answers = this.#counter('atrium_answer_cache_total', 'Whole answers given again, or made', ['result']);

  constructor({ clients, local }: MetricsParts) {
    collectDefaultMetrics({ register: this.registry });
    const processes = new Gauge({
      name: 'atrium_processes',
      help: 'Processes that answer',
      registers: [this.registry],
    });
    processes.set(1);
    this.#gauge(
      'atrium_circuit_open',
      `Whether a subgraph is left alone: 0 no, 0.5 being tried, 1 yes`,
      'subgraph',
      () => [...clients.states()].map(([name, { circuit }]) => [name, CIRCUIT[circuit]]),
    );
    this.#gauge('atrium_sync_lag_seconds', 'Since a source was last read whole; NaN for never', 'source', () =>
      rowsOf(local).map(({ name, last_success_at: at }) => [
        name,
        (Date.now() - (at === null ? Number.NaN : Date.parse(at))) / 1_000,
      ]),
    );
    this.#gauge('atrium_source_failing', 'Whether the last sync of a source failed', 'source', () =>
      rowsOf(local).map((row) => [row.name, row.error_code === null ? 0 : 1]),
    );
  }

  /** Takes in an operation that is answered. */
  record(observation: Observation, codes: readonly string[], cacheHit: boolean): void {
    this.#operations.inc({ code: codes[0] ?? 'OK' });
    for (const code of codes) this.#errors.inc({ code });
    this.#seconds.observe(observation.ms / 1_000);
    this.#answers.inc({ result: cacheHit ? 'hit' : 'miss' });
    if (observation.isFirst) this.#planSeconds.observe(observation.planMs / 1_000);
    if (observation.shapeMs > 0) this.#shapeSeconds.observe(observation.shapeMs / 1_000);
    for (const { subgraph, ms, codes: failed } of observation.fetches) {
      this.#fetchSeconds.observe({ subgraph }, ms / 1_000);
      for (const code of failed) this.#fetchErrors.inc({ subgraph, code });
    }
  }

  /**
   * A gauge of one label, whose values are looked up when they are asked for. Of several processes the worst counts.
   */
  #gauge(name: string, help: string, label: string, values: () => (readonly [string, number])[]): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      aggregator: 'max',
      registers: [],
      collect: () => {
        for (const [of, value] of values()) gauge.set({ [label]: of }, value);
      },
    });
    this.registry.registerMetric(gauge);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}

function rowsOf(local: ReadonlyMap<string, SubgraphExecutor>) {
  return [...local.values()].flatMap(({ service }) => sourceRows(service.db));
}
