/** No text of one item is longer than this: beyond it lies a log file or an attack, and neither is read to its end. */
export const MAX_TEXT = 1_000_000;

// NUL ends strings in SQLite's C interface and the other controls only ever come from broken exports; TAB and LF stay.
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFEFF]/g;

/** Text as the store may have it: well-formed Unicode, `\n` line ends, no control characters, of bounded length. */
export function clean(text: string): string {
  const short = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  return short
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROLS, '')
    .toWellFormed();
}

/** `clean` on one line: for titles, names, tags. */
export function cleanLine(text: string): string {
  return clean(text.length > 2000 ? text.slice(0, 2000) : text)
    .replace(/\s+/g, ' ')
    .trim();
}

/** Paragraphs as a reader sees them: no trailing blanks, at most one empty line in a row. */
export function tidy(text: string): string {
  return clean(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

/** The address, when it is an absolute web address (or becomes one on `base`); credentials and other schemes are refused. */
export function webAddress(href: string, base?: string): string | undefined {
  const text = cleanLine(href);
  if (text === '' || text.length >= 2000 || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '')
    return undefined;
  return url.href;
}

/** The distinct web addresses among `hrefs`, in their order. */
export function webAddresses(hrefs: Iterable<string>, base?: string): string[] {
  const found = new Set<string>();
  for (const href of hrefs) {
    const url = webAddress(href, base);
    if (url !== undefined) found.add(url);
    if (found.size >= 1000) break;
  }
  return [...found];
}

/** Web addresses written out in plain text; the punctuation of the sentence around them is left off. */
export function addressesIn(text: string): string[] {
  const candidates = text.match(/https?:\/\/[^\s<>"'`]{1,1900}/gi) ?? [];
  return webAddresses(candidates.map((url) => url.replace(/[.,;:!?)\]}]+$/, '')));
}
