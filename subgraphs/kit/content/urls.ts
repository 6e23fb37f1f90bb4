/**
 * An address in the form links are compared by: no fragment, no trailing slash, host in lower case.
 * @returns undefined for what is not an absolute http(s) address.
 */
export function normalUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}
