import { connect, type Socket } from 'node:net';
import { TransportFault, type Receiver } from '../transport.ts';
import { keepAliveHint, type ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';

/** Bytes read at once. */
const READ_BYTES = 65_536;

/** Below the five seconds after which many servers end an idle connection. */
const IDLE_MS = 4_000;
/** Where the server says how long it waits, we wait so much less, and no longer than this. */
const EARLIER_MS = 1_000;
const MAX_IDLE_MS = 60_000;

/** Causes by which nothing of an answer can have come. */
const NOTHING_CAME = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Where a connection goes. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Give up on connecting after this long. */
  readonly connectMs: number;
}

/** Is told what becomes of a connection. */
export interface ConnectionOwner {
  /** It can take the next request. */
  idle(connection: Connection): void;
  /** It is of no use any more. */
  gone(connection: Connection): void;
}

/** A connection that is kept open. It has one request at a time; anything it did not expect ends it. */
export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  #receiver: Receiver | undefined;
  #reader: ResponseReader | undefined;
  #connecting: NodeJS.Timeout | undefined;
  #idleUntil = 0;
  #isGone = false;

  constructor({ host, port, connectMs }: Place, owner: ConnectionOwner) {
    this.#owner = owner;
    // With `onread` the bytes come without the machinery of streams, into the same memory again and again.
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (size: number, buffer: Uint8Array) => {
        this.#read((buffer as Buffer).subarray(0, size));
        return true;
      },
    };
    this.#socket = connect({ host, port, noDelay: true, onread });
    this.#connecting = setTimeout(() => this.#end(new TransportFault('nothing came', 'no connection')), connectMs);
    this.#socket
      .once('connect', () => clearTimeout(this.#connecting))
      .on('error', (error) => this.#end(this.#faultOf(error)))
      .on('end', () => this.#ended())
      .on('close', () => this.#end(this.#faultOf()));
  }

  /** When it should be given up if it is idle, as of `performance.now()`. */
  get idleUntil(): number {
    return this.#idleUntil;
  }

  /** Sends a request. Only for a connection that is new or idle. */
  send(head: string, body: string, bodyBytes: number, answerBytes: number, receiver: Receiver): void {
    this.#receiver = receiver;
    this.#reader = new ResponseReader(answerBytes, (answer) => receiver.head(answer.status, answer.headers));
    this.#socket.ref();
    if (bodyBytes === body.length) {
      // Nothing but ASCII, so that one encoding, the cheapest, does for both.
      this.#socket.write(head + body, 'latin1');
      return;
    }
    const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
    bytes.write(head, 'latin1');
    bytes.write(body, head.length);
    this.#socket.write(bytes);
  }

  /** Ends it and the request that it has for this receiver, who is told nothing more. */
  cancel(receiver: Receiver): void {
    if (this.#receiver !== receiver) return;
    this.#receiver = undefined;
    this.#end();
  }

  /** Ends it; a request under way has failed. */
  close(): void {
    this.#end(new TransportFault('not sent', 'closed'));
  }

  #read(bytes: Buffer): void {
    const reader = this.#reader;
    // Nobody has asked for these: what comes next would pass for an answer to somebody.
    if (!reader) return this.#end();
    let end: number | undefined;
    try {
      end = reader.take(bytes);
    } catch (error) {
      return this.#end(error);
    }
    // Whoever was told of the head may have ended it.
    if (end === undefined || !reader.head || !this.#receiver) return;
    this.#finish(reader, reader.head, end < bytes.length);
  }

  #finish(reader: ResponseReader, head: ResponseHead, isMore: boolean): void {
    const receiver = this.#receiver;
    this.#receiver = this.#reader = undefined;
    const idleMs = idleTime(head);
    // A server that answers before it has read everything may take the rest for the next request.
    if (isMore || idleMs <= 0 || this.#socket.writableLength > 0) this.#end();
    else {
      this.#idleUntil = performance.now() + idleMs;
      this.#socket.unref();
      this.#owner.idle(this);
    }
    receiver?.body(reader.body);
  }

  /** The other side will send no more: where nothing else says so, that is how an answer ends. */
  #ended(): void {
    const reader = this.#reader;
    if (reader?.head?.framing !== 'until close') return this.#end(this.#faultOf());
    this.#finish(reader, reader.head, true);
  }

  #end(failure?: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connecting);
    this.#socket.destroy();
    this.#owner.gone(this);
    const receiver = this.#receiver;
    this.#receiver = this.#reader = undefined;
    receiver?.failed(failure);
  }

  #faultOf(error?: Error): TransportFault {
    if (this.#reader?.hasBegun === true) return new TransportFault('broke off', error);
    const { code = '' } = (error ?? {}) as { readonly code?: string };
    return new TransportFault(!error || NOTHING_CAME.has(code) ? 'nothing came' : 'not sent', error);
  }
}

/** How long a connection may be idle after this answer; 0 for not at all. */
function idleTime({ keepsAlive, headers }: ResponseHead): number {
  if (!keepsAlive) return 0;
  const hint = keepAliveHint(headers);
  return hint === undefined ? IDLE_MS : Math.min(MAX_IDLE_MS, hint - EARLIER_MS);
}
