/** A call that several wait for. */
interface Joined<Result> {
  readonly result: Promise<Result>;
  readonly abort: AbortController;
  waiting: number;
}

/** Joins identical calls while the first is under way: one is made, and ended when nobody waits for it any more. */
export class JoinedCalls<Result> {
  readonly #calls = new Map<string, Joined<Result>>();

  /** @param key what makes calls identical, who asks included; undefined for a call that is never shared */
  async join(
    key: string | undefined,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (key === undefined) return make(signal);
    let call = this.#calls.get(key);
    if (!call) {
      const abort = new AbortController();
      call = { result: make(abort.signal), abort, waiting: 0 };
      this.#calls.set(key, call);
      const forget = () => {
        if (this.#calls.get(key) === call) this.#calls.delete(key);
      };
      call.result.then(forget, forget);
    }
    const shared = call;
    shared.waiting++;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    shared.result.then(resolve, reject);
    const leave = () => {
      if (--shared.waiting === 0) {
        if (this.#calls.get(key) === shared) this.#calls.delete(key);
        shared.abort.abort(signal.reason);
      }
      reject(signal.reason as Error);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
