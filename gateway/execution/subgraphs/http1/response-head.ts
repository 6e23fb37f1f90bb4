import { TransportFault, type ResponseHeaders } from '../transport.ts';

/** Bytes of a head at most. */
export const HEAD_BYTES = 32_768;
const MAX_HEADERS = 200;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: .*)?$/;
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const LENGTH = /^\d{1,15}$/;

/** How the end of a body is known: by its length, by a last chunk, or by the end of the connection. */
export type Framing = number | 'chunked' | 'until close';

/** Status and headers of an answer, and what they say of the rest. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly framing: Framing;
  /** Whether the connection may be used once more. */
  readonly keepsAlive: boolean;
}

/**
 * Reads a head.
 * @param text lines that each end in CR LF, without other control characters than tabs
 * @throws TransportFault
 */
export function readHead(text: string): ResponseHead {
  const lineEnd = text.indexOf('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(text.slice(0, lineEnd)) ?? [];
  if (digits === undefined) throw new TransportFault('no HTTP', 'a status line that is none');
  const status = Number(digits);
  const headers = readHeaders(text, lineEnd + 2);
  const isOld = minor === '0';
  const framing = framingOf(status, headers, isOld);
  const connection = headers.get('connection');
  const keepsAlive =
    connection === undefined ? !isOld : isOld ? hasToken(connection, 'keep-alive') : !hasToken(connection, 'close');
  return { status, headers, framing, keepsAlive: keepsAlive && framing !== 'until close' };
}

/** What a server says it keeps an idle connection for, in ms; undefined when it says nothing. */
export function keepAliveHint(headers: ResponseHeaders): number | undefined {
  const keepAlive = headers.get('keep-alive');
  if (keepAlive === undefined) return undefined;
  const [, seconds] = /(?:^|[\s,;])timeout=(\d{1,6})(?:$|[\s,;])/i.exec(keepAlive) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

function readHeaders(text: string, from: number): Map<string, string> {
  const headers = new Map<string, string>();
  let at = from;
  for (let count = 0; at < text.length; count++) {
    if (count === MAX_HEADERS) throw new TransportFault('no HTTP', 'too many headers');
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    const name = colon === -1 || colon > end ? '' : text.slice(at, colon).toLowerCase();
    // A line that goes on the one before begins with a space: no name either.
    if (!NAME.test(name)) throw new TransportFault('no HTTP', 'a header without a name');
    const value = trimmed(text, colon + 1, end);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
    at = end + 2;
  }
  return headers;
}

/** A value without the spaces and tabs around it; no other white space means nothing. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** What can be understood in two ways is refused: a lenient reader takes for one answer what another takes for two. */
function framingOf(status: number, headers: ResponseHeaders, isOld: boolean): Framing {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (coding !== undefined && (length !== undefined || isOld || coding.toLowerCase() !== 'chunked')) {
    throw new TransportFault('no HTTP', 'a transfer-encoding that is not understood');
  }
  // A length that came twice was joined by a comma.
  if (length !== undefined && !LENGTH.test(length)) throw new TransportFault('no HTTP', 'a length that is none');
  if (status < 200 || status === 204 || status === 304) return 0;
  if (coding !== undefined) return 'chunked';
  return length === undefined ? 'until close' : Number(length);
}

function hasToken(value: string, token: string): boolean {
  return value.split(',').some((each) => each.trim().toLowerCase() === token);
}
