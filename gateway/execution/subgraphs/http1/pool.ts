import { TransportFault, type Cancel, type Receiver, type Transport, type TransportRequest } from '../transport.ts';
import { Connection, type ConnectionOwner, type Place } from './connection.ts';
import { RequestHeads } from './request-head.ts';

/** How often idle connections are looked through. */
const SWEEP_MS = 1_000;

/** How many connections there may be, and how long making one may take. */
export interface PoolLimits {
  /** Requests at once: one more is refused, for waiting is done elsewhere. */
  readonly connections: number;
  readonly connectMs: number;
}

/** A lean HTTP/1.1 client for one address without TLS: connections kept open, one request at a time on each. */
export class Http1Pool implements Transport, ConnectionOwner {
  readonly #heads: RequestHeads;
  readonly #place: Place;
  readonly #limits: PoolLimits;
  readonly #all = new Set<Connection>();
  /** The one used last is used next, so that those not needed grow old. */
  readonly #idle: Connection[] = [];
  #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(address: URL, limits: PoolLimits) {
    this.#heads = new RequestHeads(address);
    this.#limits = limits;
    this.#place = {
      host: address.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(address.port || 80),
      connectMs: limits.connectMs,
    };
  }

  /** Connections there are, idle ones included. */
  get size(): number {
    return this.#all.size;
  }

  post({ headers, body, answerBytes }: TransportRequest, receiver: Receiver): Cancel {
    const bytes = Buffer.byteLength(body);
    const head = this.#heads.head(headers, bytes);
    const connection = this.#take();
    connection.send(head, body, bytes, answerBytes, receiver);
    return () => connection.cancel(receiver);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#all) connection.close();
  }

  idle(connection: Connection): void {
    this.#idle.push(connection);
    this.#sweep ??= setInterval(() => this.#endOld(), SWEEP_MS).unref();
  }

  gone(connection: Connection): void {
    this.#all.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
  }

  #take(): Connection {
    if (this.#isClosed) throw new TransportFault('not sent', 'closed');
    const now = performance.now();
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (last.idleUntil > now) return last;
      last.close();
    }
    if (this.#all.size >= this.#limits.connections) throw new TransportFault('not sent', 'too many at once');
    const connection = new Connection(this.#place, this);
    this.#all.add(connection);
    return connection;
  }

  #endOld(): void {
    const now = performance.now();
    for (const connection of this.#idle.filter(({ idleUntil }) => idleUntil <= now)) connection.close();
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
