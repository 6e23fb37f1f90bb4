import cluster, { type Worker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { Config } from '../config/schema.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Deaths are counted for so long. */
const MEMORY_MS = 60_000;

/** More deaths for each place in that time, with no worker that outlived it, are too many to go on. */
const MAX_DEATHS = 5;

/** How long a place stays empty: after the first death, and at most. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** What the workers need of the primary process. */
export interface CrewParts {
  readonly size: number;
  readonly config: Config;
  readonly log: Log;
  /** Answers what a worker asks. */
  readonly onMessage: (message: FromWorker, reply: (message: ToWorker) => void) => void;
  /** Is called when workers die as fast as they are replaced. */
  readonly onHopeless: () => void;
}

/** The processes that answer. Who dies is replaced, a little later each time. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #members = new Set<Worker>();
  readonly #servingSince = new Map<Worker, number>();
  readonly #gone = Promise.withResolvers<void>();
  #deaths: number[] = [];
  #state: 'starting' | 'serving' | 'departing' | 'ending' = 'starting';

  constructor(parts: CrewParts) {
    this.#parts = parts;
    cluster.setupPrimary({ exec: WORKER, args: [], serialization: 'advanced' });
  }

  /** Fulfilled when all serve. @throws what the first one that could not start says */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#parts.size }, () => this.#hire()));
    if (this.#state === 'starting') this.#state = 'serving';
  }

  /** Has `/ready` say no. */
  depart(): void {
    this.#state = 'departing';
    this.#tell({ type: 'depart' });
  }

  /** Has all answer what is under way, and end. */
  async end(): Promise<void> {
    this.#state = 'ending';
    this.#tell({ type: 'end' });
    if (this.#members.size > 0) await this.#gone.promise;
  }

  /** Cuts off what is still under way. */
  cut(): void {
    this.#tell({ type: 'cut' });
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#members) worker.send(message);
  }

  /** Fulfilled when the worker serves. */
  #hire(): Promise<void> {
    const { config, log, onMessage } = this.#parts;
    const worker = cluster.fork();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let failure: Error | undefined;
    let isReplaced = false;
    const replace = (why: string): void => {
      if (this.#state !== 'serving' || isReplaced) return;
      isReplaced = true;
      log.error({ worker: worker.process.pid }, `${why}: another takes its place`);
      this.#replace();
    };
    this.#members.add(worker);
    const send = (message: ToWorker) => void (worker.isConnected() && worker.send(message));
    // It ended before it could be told something; its end is told apart.
    worker.on('error', (err) => log.debug({ err }, 'a worker could not be told'));
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'hello') {
        send({ type: 'start', config });
        // Ending began while it was on its way.
        if (this.#state === 'departing') send({ type: 'depart' });
        if (this.#state === 'ending') send({ type: 'end' });
      } else if (message.type === 'serving') {
        this.#servingSince.set(worker, Date.now());
        resolve();
      } else if (message.type === 'failed') {
        failure = Object.assign(new Error(message.message), message.code !== undefined && { code: message.code });
      } else if (message.type === 'ending') replace('a worker ends');
      else onMessage(message, send);
    });
    worker.once('exit', (code, signal) => {
      this.#members.delete(worker);
      this.#servingSince.delete(worker);
      const why = failure?.message ?? `a worker ended (${signal ?? code})`;
      reject(failure ?? new Error(`${why} before it served.`));
      if (this.#members.size === 0) this.#gone.resolve();
      replace(why);
    });
    return promise;
  }

  #replace(): void {
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => at > now - MEMORY_MS), now];
    const hasVeteran = [...this.#servingSince.values()].some((since) => since < now - MEMORY_MS);
    if (this.#deaths.length > MAX_DEATHS * this.#parts.size && !hasVeteran) return this.#parts.onHopeless();
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.#deaths.length - 1), MAX_DELAY_MS);
    setTimeout(() => {
      // Why one could not start is told when it ends.
      if (this.#state === 'serving') this.#hire().catch(() => undefined);
    }, delay);
  }
}
