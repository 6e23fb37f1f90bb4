import { CallEnded } from './subgraphs/client.ts';

/** The time of one operation. */
export interface Clock {
  /** Aborted when the time is over or the client left. */
  readonly signal: AbortSignal;
  /** Rejects then: whoever waits for a subgraph waits for this beside it. */
  readonly over: Promise<never>;
  /** As of `performance.now()`. */
  readonly deadline: number;
  /** The operation is done: nothing is aborted any more. */
  stop(): void;
}

/** Starts the clock of an operation whose client may leave. */
export function startClock(client: AbortSignal, ms: number): Clock {
  const abort = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  // Often nobody waits when it rejects.
  over.catch(() => undefined);
  const end = (message: string) => {
    const failure = new CallEnded(message);
    abort.abort(failure);
    reject(failure);
  };
  const leave = () => end('The client left.');
  const timer = setTimeout(() => end('The time for the whole operation is over.'), ms);
  if (client.aborted) leave();
  else client.addEventListener('abort', leave, { once: true });
  return {
    signal: abort.signal,
    over,
    deadline: performance.now() + ms,
    stop() {
      clearTimeout(timer);
      client.removeEventListener('abort', leave);
    },
  };
}
