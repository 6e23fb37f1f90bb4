/**
 * Works on up to `width` values at once, and hands over what comes of each in the order of the values. A failure comes
 * in its place, and ends it.
 * @returns what `values` returns
 */
export async function* ahead<Value, Result, End>(
  values: AsyncGenerator<Value, End>,
  width: number,
  work: (value: Value) => Promise<Result>,
): AsyncGenerator<Result, End> {
  const waiting: Promise<Result>[] = [];
  for (;;) {
    const next = await values.next();
    if (next.done === true) {
      for (const result of waiting) yield await result;
      return next.value;
    }
    const result = work(next.value);
    // Who waits for it learns of the failure; nobody may, when the one before has failed.
    result.catch(() => {});
    waiting.push(result);
    if (waiting.length >= width) yield await (waiting.shift() as Promise<Result>);
  }
}
