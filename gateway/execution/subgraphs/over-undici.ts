import { createRequire } from 'node:module';
import type * as Undici from 'undici';
import type { Dispatcher, Pool } from 'undici';
import { TransportFault, type Cancel, type Receiver, type Transport, type TransportRequest } from './transport.ts';
import type { PoolLimits } from './http1/pool.ts';

/** Causes by which nothing of an answer can have come. */
const NOTHING_CAME = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);

/** Not to be told by their codes, which some of them lack. */
const NO_HTTP = ['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError'] as const;

/** A hundred files, not to be loaded before there is an address with TLS. */
const undici = () => require('undici') as typeof Undici;
const require = createRequire(import.meta.url);

const NOBODY_WAITS = new Error('Nobody waits any more.');

/** Requests by undici: for addresses with TLS. */
export class UndiciTransport implements Transport {
  readonly #pool: Pool;
  readonly #path: string;

  constructor(address: URL, { connections, connectMs }: PoolLimits) {
    this.#path = `${address.pathname}${address.search}`;
    this.#pool = new (undici().Pool)(address.origin, {
      connections,
      connect: { timeout: connectMs },
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 32_768,
    });
  }

  post({ headers, body, answerBytes }: TransportRequest, receiver: Receiver): Cancel {
    const handler = new Handler(receiver, answerBytes);
    this.#pool.dispatch({ method: 'POST', path: this.#path, headers, body }, handler);
    return () => handler.cancel();
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Passes on what undici tells. */
class Handler implements Dispatcher.DispatchHandler {
  readonly #answerBytes: number;
  readonly #pieces: Buffer[] = [];
  #receiver: Receiver | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #size = 0;
  #hasBegun = false;

  constructor(receiver: Receiver, answerBytes: number) {
    this.#receiver = receiver;
    this.#answerBytes = answerBytes;
  }

  cancel(): void {
    if (!this.#receiver) return;
    this.#receiver = undefined;
    this.#controller?.abort(NOBODY_WAITS);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (!this.#receiver) controller.abort(NOBODY_WAITS);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#hasBegun = true;
    try {
      this.#receiver?.head(
        status,
        new Map(Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')])),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > this.#answerBytes) this.#fail(new TransportFault('too large'));
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.body(Buffer.concat(this.#pieces, this.#size));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.failed(new TransportFault(this.#faultOf(error), error));
  }

  #fail(failure: unknown): void {
    const receiver = this.#receiver;
    this.cancel();
    receiver?.failed(failure);
  }

  #faultOf(error: Error): TransportFault['fault'] {
    const { code = '' } = error as { readonly code?: string };
    if (NO_HTTP.some((kind) => error instanceof undici().errors[kind])) return 'no HTTP';
    if (this.#hasBegun) return 'broke off';
    return NOTHING_CAME.has(code) ? 'nothing came' : 'not sent';
  }
}
