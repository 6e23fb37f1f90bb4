import type { Path } from './run.ts';
import type { SubgraphError } from './subgraphs/client.ts';

/** Longest path of an error. */
const MAX_PATH = 100;

/** The part of a path that has no list in it: one path in the answer. */
export function fixedPart(path: readonly string[]): Path {
  const list = path.indexOf('@');
  return list === -1 ? path : path.slice(0, list);
}

/** The path of an error a subgraph sent, as far as clients may see it; undefined for none. */
export function pathOf({ path }: SubgraphError, names: ReadonlySet<string>): Path | undefined {
  return Array.isArray(path) ? knownPart(path, names) : undefined;
}

/** The beginning of a path that holds nothing but places in lists and names the client chose. */
export function knownPart(path: readonly unknown[], names: ReadonlySet<string>): Path {
  const end = path.findIndex((step, at) => {
    const isFine = typeof step === 'string' ? names.has(step) : Number.isSafeInteger(step) && Number(step) >= 0;
    return !isFine || at >= MAX_PATH;
  });
  return (end === -1 ? path : path.slice(0, end)) as Path;
}
