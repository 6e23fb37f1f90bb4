import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from './config/schema.ts';
import type { Departure } from './http/departure.ts';
import type { createLog } from './log.ts';

/** When even cut connections do not let the program end. */
const LAST_MS = 5_000;

/** What is to be ended. */
export interface Life {
  readonly departure: Departure;
  readonly log: ReturnType<typeof createLog>;
  readonly shutdown: Config['shutdown'];
  /** Stops listening, and is fulfilled when everything under way is done and everything open closed. */
  close(): Promise<void>;
  /** Cuts off what is still under way. */
  cut(): void;
}

/**
 * The first signal ends cleanly: `/ready` says no at once, after a while nothing new is taken, what is under way is
 * answered, what is synced is stored. The second ends at once.
 */
export function endOnSignals(life: Life): void {
  const { departure, shutdown } = life;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (departure.isUnderWay) process.exit(1);
      // Ctrl-C is no balancer's business.
      void end(life, signal === 'SIGTERM' ? shutdown.delayMs : 0, 0);
    });
  }
}

/** An error nobody caught ends cleanly too, as a failure: what state the program is in is not known any more. */
export function endOnFault(life: Life): void {
  const { departure, log } = life;
  // Promises that nobody waited for come here too.
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'an error nobody caught: the program ends');
    if (!departure.isUnderWay) void end(life, 0, 1);
  });
}

/** Ends the program: for `delayMs` it listens on while `/ready` says no. */
export async function end(life: Life, delayMs: number, code: number): Promise<void> {
  const { departure, log, shutdown } = life;
  departure.begin();
  if (delayMs > 0) await wait(delayMs);
  setTimeout(() => {
    log.warn({}, 'what is still under way took too long and is cut off');
    life.cut();
    setTimeout(() => process.exit(1), LAST_MS).unref();
  }, shutdown.drainMs).unref();
  try {
    await life.close();
    process.exit(code);
  } catch (err) {
    log.fatal({ err }, 'ending failed');
    process.exit(1);
  }
}
