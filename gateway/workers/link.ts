import { AggregatorRegistry, type Registry } from 'prom-client';
import type { WebhookReceiver } from '../../subgraphs/kit/webhooks.ts';
import { Asker } from '../../subgraphs/kit/sync/questions.ts';
import type { Figures } from '../http/metrics.ts';
import type { Rate } from '../http/rate.ts';
import type { RunningSync } from '../sync.ts';
import { LeasedRate } from './leased-rate.ts';
import type { FromWorker, ToWorker, Wish } from './messages.ts';
import type { PermitRequest } from './permits.ts';

/** A little longer than the thread that is asked in the end gives itself. */
const TOOL_MS = 11_000;

/** The primary process does little; if it does not answer by then, requests are let through. */
const PERMIT_MS = 1_000;

/** What several processes that serve one port do together. */
export interface Together {
  /** Counts requests, whichever process they come to. */
  rateOf(name: string, limit: number): Rate;
  /** The figures of all processes; takes those of this one. */
  figures(own: Registry): Figures;
}

/** A worker's end of what connects it with the primary process. */
export class Link implements Together, Pick<RunningSync, 'receive' | 'readable'> {
  readonly #tools = new Asker((message) => this.tell(message));
  readonly #wishes = new Map<number, (value: unknown) => void>();
  #last = 0;

  tell(message: FromWorker): void {
    // Without the primary process the worker ends as well: nobody is left to tell.
    process.send?.(message, undefined, {}, () => undefined);
  }

  /** Takes what the primary process answered. */
  take(message: Extract<ToWorker, { type: 'granted' | 'answer' | 'failure' }>): void {
    if (message.type !== 'granted') return this.#tools.take(message);
    this.#wishes.get(message.id)?.(message.value);
    this.#wishes.delete(message.id);
  }

  rateOf(name: string, limit: number): Rate {
    return new LeasedRate(name, limit, (request) => this.#permits(request));
  }

  figures(own: Registry): Figures {
    AggregatorRegistry.setRegistries([own]);
    // Answers the primary process, which collects the figures.
    const { contentType } = new AggregatorRegistry();
    return { contentType, text: async () => String(await this.#wish({ kind: 'metrics' })) };
  }

  readonly receive: WebhookReceiver = (source, message) =>
    this.#tools.ask({ kind: 'receive', source, message }, TOOL_MS).catch(() => 'away');

  readonly readable: RunningSync['readable'] = (source, account, keys, signal) =>
    this.#tools.ask({ kind: 'readable', source, account, keys }, TOOL_MS, signal);

  async #permits(request: PermitRequest): Promise<number> {
    const { promise: late, resolve } = Promise.withResolvers<number>();
    const timer = setTimeout(() => resolve(request.wanted), PERMIT_MS);
    const granted = await Promise.race([this.#wish({ kind: 'permits', request }), late]);
    clearTimeout(timer);
    return Number(granted);
  }

  #wish(wish: Wish): Promise<unknown> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#wishes.set(id, resolve);
    this.tell({ type: 'wish', id, wish });
    return promise;
  }
}
