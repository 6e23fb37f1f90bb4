import type { Switches } from './fields.ts';

/** So many combinations of an operation's conditions are kept; more are compiled anew. */
const MAX_KEPT = 64;

/** Compiles something once for each combination of the variables that `@skip` and `@include` go by. */
export function forSwitches<Compiled>(
  names: readonly string[],
  compile: (switches: Switches) => Compiled,
): (coerced: Readonly<Record<string, unknown>>) => Compiled {
  const kept = new Map<string, Compiled>();
  return (coerced) => {
    const key = names.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    let compiled = kept.get(key);
    if (compiled === undefined) {
      compiled = compile(new Map(names.map((name) => [name, coerced[name] === true])));
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(key, compiled);
    }
    return compiled;
  };
}
