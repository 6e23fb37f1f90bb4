import { FilterParser } from 'ldapts';

/** Why a search filter (RFC 4515) is of no use; undefined when it is fine. */
export function filterFault(filter: string): string | undefined {
  // The library forgives what is not closed. Within values parentheses are escaped.
  const count = (char: string): number => filter.split(char).length;
  if (count('(') !== count(')')) return 'its parentheses do not match';
  try {
    FilterParser.parseString(readableFilter(filter));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The filter with escaped bytes beyond ASCII as the characters they stand for: `\c3\b3` as `ó`. The library takes each
 * escape for a character of its own, so that the filter would look for `Ã³`. Escapes of ASCII stay: `\2a` is no `*`.
 */
export function readableFilter(filter: string): string {
  return filter.replace(/(?:\\[89a-f][0-9a-f])+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
}
