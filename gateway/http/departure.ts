import type { FastifyInstance } from 'fastify';

/** Whether the process is on its way out. */
export class Departure {
  #isUnderWay = false;

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  begin(): void {
    this.#isUnderWay = true;
  }
}

/** Has whoever keeps a connection open make the next one elsewhere, as soon as the process is on its way out. */
export function registerDeparture(http: FastifyInstance, departure: Departure): void {
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (departure.isUnderWay) reply.header('connection', 'close');
    done(null, payload);
  });
}
