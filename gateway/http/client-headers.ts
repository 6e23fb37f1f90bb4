import type { IncomingHttpHeaders } from 'node:http';

/** Headers that pass between parts of Atrium begin so. */
const OWN_PREFIX = 'x-atrium-';

/** Drops headers of a client that look like ours, so that nothing behind the front door can take them for such. */
export function stripOwnHeaders(headers: IncomingHttpHeaders, allowed: readonly string[]): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith(OWN_PREFIX) && !allowed.includes(name)) delete headers[name];
  }
}

/** What of a client's headers is passed on to subgraphs of others; undefined for nothing. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (names.length === 0) return undefined;
  const found = names.flatMap((name): [string, string][] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, [value].flat().join(', ')]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
