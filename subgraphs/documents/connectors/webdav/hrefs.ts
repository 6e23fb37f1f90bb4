/** Why an address of a listing names nothing there: it lies outside, or its name cannot be read. */
export type BadHref = 'elsewhere' | 'name';

/**
 * The names that lead from `base` to what `href` addresses, decoded; none for the base itself.
 *
 * Servers write absolute addresses or paths, and encode the same path differently (`%C3%BC`, `%c3%bc`, `~`, `%7E`), so
 * what is compared is what they decode to. Another origin is another server, whatever its path.
 */
export function namesBelow(base: URL, href: string, requestUrl: string): readonly string[] | BadHref {
  if (!URL.canParse(href, requestUrl)) return 'elsewhere';
  // The parser has resolved `..`, also written as `%2e%2e`.
  const url = new URL(href, requestUrl);
  if (url.origin !== base.origin || url.search !== '' || url.hash !== '') return 'elsewhere';
  const outer = namesOf(base);
  const names = namesOf(url);
  if (names === undefined || outer === undefined) return 'name';
  if (outer.some((name, index) => name !== names[index])) return 'elsewhere';
  return names.slice(outer.length);
}

/** The path below the base, as requests have it: every name encoded whole, so that none is taken for a scheme or query. */
export function pathOf(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

function namesOf(url: URL): string[] | undefined {
  try {
    const names = url.pathname
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent);
    return names.length === 1 && names[0] === '' ? [] : names.every(isName) ? names : undefined;
  } catch {
    // Bytes that are not UTF-8, from a disk of another age.
    return undefined;
  }
}

// A slash within a name would make another path of it, and NUL ends strings in SQLite's C interface.
// eslint-disable-next-line no-control-regex
const UNFIT = /[/\u0000-\u001F\u007F]|^\.{0,2}$/;

function isName(name: string): boolean {
  return !UNFIT.test(name);
}
