import type { IncomingMessage } from 'node:http';
import { unauthenticated } from './refusal.ts';

/** Longer tokens are not looked at: taking them apart costs before anything is proven. */
const MAX_TOKEN = 8_192;

/** Names under which clients put tokens where logs and histories keep them. */
const QUERY_NAMES = new Set(['access_token', 'id_token', 'token', 'jwt', 'bearer', 'authorization']);

/** The request as it came over the wire. */
export type Wire = Pick<IncomingMessage, 'rawHeaders' | 'url'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * The token of a request (RFC 6750, 2.1); undefined for none.
 * @throws UNAUTHENTICATED for one that is not where or what it should be.
 */
export function bearerOf(request: Wire): string | undefined {
  if (namesInAddress(request).some((name) => QUERY_NAMES.has(name.toLowerCase()))) {
    throw unauthenticated('A token in the address ends up in logs: send it in the header.', 'invalid_request');
  }
  const given = headerValues(request, 'authorization');
  if (given.length === 0) return undefined;
  if (given.length > 1) throw unauthenticated('There are two Authorization headers.', 'invalid_request');
  const [, token] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(given[0] ?? '') ?? [];
  if (token === undefined) throw unauthenticated('The Authorization header holds no bearer token.', 'invalid_request');
  if (token.length > MAX_TOKEN) throw unauthenticated('The token is too long.', 'invalid_token');
  return token;
}

function namesInAddress({ url = '/' }: Wire): string[] {
  return url.includes('?') ? [...new URL(url, 'http://localhost').searchParams.keys()] : [];
}

/** All values of a header, each as it came: Node drops or joins those that came twice. */
export function headerValues({ rawHeaders }: Wire, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}
