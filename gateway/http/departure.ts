import type { FastifyInstance } from 'fastify';

/** Whether the process is on its way out. */
export class Departure {
  #isUnderWay = false;
  readonly #listeners: (() => void)[] = [];

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  begin(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    for (const listener of this.#listeners) listener();
  }

  /** Is called when it begins. */
  onBegin(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

/** Has whoever keeps a connection open make the next one elsewhere, as soon as the process is on its way out. */
export function registerDeparture(http: FastifyInstance, departure: Departure): void {
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (departure.isUnderWay) reply.header('connection', 'close');
    done(null, payload);
  });
}
