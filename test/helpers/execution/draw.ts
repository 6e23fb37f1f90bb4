import fc from 'fast-check';

/** One of so many choices, counted from 0. */
export type Draw = (choices: number) => number;

/** An arbitrary made by drawing: what is drawn first shrinks first, and always towards 0. */
export function drawn<Value>(make: (draw: Draw) => Value): fc.Arbitrary<Value> {
  return fc.noBias(
    fc.gen().map((generate) => make((choices) => (choices < 2 ? 0 : generate(fc.nat, { max: choices - 1 })))),
  );
}

/** One of a list. */
export function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[draw(items.length)] as Item;
}

/** Some of a list, in its order. */
export function some<Item>(draw: Draw, items: readonly Item[], [of, out]: readonly [number, number] = [1, 2]): Item[] {
  return items.filter(() => draw(out) < of);
}

/** A number from 0 to below 1 that always is the same for the same words. */
export function chance(...words: readonly unknown[]): number {
  let hash = 0x811c9dc5;
  const text = words.join('\u0000');
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
