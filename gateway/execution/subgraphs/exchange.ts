import { badResponse, checkHead, isPublic, textOf } from './answer-text.ts';
import { SubgraphFailure } from './client.ts';
import { Retryable } from './guard.ts';
import type { SubgraphLimits } from './limits.ts';
import { openTransport } from './open-transport.ts';
import { TransportFault, type Cancel, type Receiver, type ResponseHeaders, type Transport } from './transport.ts';

/** What came back: JSON text, and whether it is the same for everyone. */
export interface Exchanged {
  readonly text: string;
  readonly isPublic: boolean;
}

/** Connections to one subgraph, kept open; each exchange within its limits. */
export class Exchange {
  readonly #transport: Transport;
  readonly #name: string;
  readonly #limits: SubgraphLimits;

  /** @param transport by which requests go, where that is not the usual one for the address */
  constructor(name: string, address: URL, limits: SubgraphLimits, transport = openTransport(address, limits)) {
    this.#name = name;
    this.#limits = limits;
    this.#transport = transport;
  }

  /** @throws SubgraphFailure, Retryable */
  post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Exchanged> {
    const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
    const exchanging = new Exchanging(this.#name, this.#limits, signal, resolve, reject);
    exchanging.start(this.#transport, body, {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json',
    });
    return promise;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

/** One exchange under way. It ends once: with an answer, a failure, the end of its time or by its signal. */
class Exchanging implements Receiver {
  readonly #name: string;
  readonly #limits: SubgraphLimits;
  readonly #signal: AbortSignal;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (failure: Error) => void;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #cancel: Cancel | undefined;
  #headers: ResponseHeaders | undefined;
  #isOver = false;

  constructor(
    name: string,
    limits: SubgraphLimits,
    signal: AbortSignal,
    resolve: (exchanged: Exchanged) => void,
    reject: (failure: Error) => void,
  ) {
    this.#name = name;
    this.#limits = limits;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(transport: Transport, body: string, headers: Readonly<Record<string, string>>): void {
    if (this.#signal.aborted) return this.failed(this.#signal.reason);
    const { answerBytes, firstByteMs, callMs } = this.#limits;
    try {
      this.#cancel = transport.post({ headers, body, answerBytes }, this);
    } catch (error) {
      return this.failed(error);
    }
    // A transport may have told of a failure at once.
    if (this.#isOver) return;
    this.#signal.addEventListener('abort', this);
    this.#timer = setTimeout(tick, Math.min(firstByteMs, callMs), this);
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.#cancel?.();
    this.failed(this.#signal.reason);
  }

  /** The timer is not set anew when the head comes: most answers are whole long before it would matter. */
  tick(): void {
    const left = this.#headers ? this.#limits.callMs - (performance.now() - this.#started) : 0;
    if (left > 0) {
      this.#timer = setTimeout(tick, left, this);
      return;
    }
    this.#cancel?.();
    this.failed(new SubgraphFailure('SUBGRAPH_TIMEOUT', `${this.#name} did not answer in time.`));
  }

  head(status: number, headers: ResponseHeaders): void {
    this.#headers = headers;
    checkHead(this.#name, status, headers);
  }

  body(bytes: Buffer): void {
    const headers = this.#headers ?? new Map<string, string>();
    try {
      const text = textOf(this.#name, bytes, headers, this.#limits.answerBytes);
      if (typeof text === 'string') this.#answered(text, headers);
      else
        text.then(
          (unpacked) => this.#answered(unpacked, headers),
          (error: unknown) => this.failed(error),
        );
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    if (this.#end()) this.#reject(this.#failureOf(error));
  }

  #answered(text: string, headers: ResponseHeaders): void {
    if (this.#end()) this.#resolve({ text, isPublic: isPublic(headers) });
  }

  /** Whether it was not over before. */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this);
    return true;
  }

  #failureOf(error: unknown): Error {
    if (error instanceof SubgraphFailure || error instanceof Retryable) return error;
    const fault = error instanceof TransportFault ? error.fault : undefined;
    if (fault === 'no HTTP') return badResponse(this.#name, 'no HTTP', error);
    if (fault === 'too large') return badResponse(this.#name, 'more than it may', error);
    const what = this.#headers || fault === 'broke off' ? 'broke off its answer' : 'cannot be reached';
    const failure = new SubgraphFailure('SUBGRAPH_UNAVAILABLE', `${this.#name} ${what}.`, { cause: error });
    return fault === 'nothing came' ? new Retryable(failure) : failure;
  }
}

function tick(exchanging: Exchanging): void {
  exchanging.tick();
}
