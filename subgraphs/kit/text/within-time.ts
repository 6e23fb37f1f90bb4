import { createContext, Script } from 'node:vm';

/** Thrown where work was broken off. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

const slot: { work: () => void } = { work: () => undefined };
const context = createContext(slot);
const script = new Script('work()');

/**
 * Does work that does not wait, and breaks it off when it takes too long: a library whose time grows faster than what
 * it is given could else be kept busy for hours by one text.
 * @throws TookTooLong, and whatever the work does
 */
export function withinTime<Result>(work: () => Result, ms: number): Result {
  let result: Result | undefined;
  slot.work = () => {
    result = work();
  };
  try {
    script.runInContext(context, { timeout: ms });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong();
    throw cause;
  } finally {
    slot.work = () => undefined;
  }
  return result as Result;
}
