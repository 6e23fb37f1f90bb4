import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { SubgraphFailure } from './client.ts';
import { Retryable } from './guard.ts';
import type { ResponseHeaders } from './transport.ts';

/** Answers of these statuses may be other ones a moment later. */
const MOMENTARY = new Set([429, 502, 503, 504]);

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', promisify(gunzip) as Unpack],
  ['deflate', promisify(inflate) as Unpack],
  ['br', promisify(brotliDecompress) as Unpack],
]);

/**
 * Looks at whether an answer is one to a GraphQL operation.
 * @throws SubgraphFailure, Retryable
 */
export function checkHead(name: string, status: number, headers: ResponseHeaders): void {
  const [type = ''] = (headers.get('content-type') ?? '').toLowerCase().split(';', 1);
  const media = type.trim();
  const isResult = media === 'application/graphql-response+json';
  const isWell = status >= 200 && status < 300;
  // The specification lets errors have other statuses than 200 under its own media type.
  if (isResult && (isWell || status >= 400)) return;
  if (!isWell) throw statusFailure(name, status, headers);
  if (media !== 'application/json' && !media.endsWith('+json')) {
    throw badResponse(name, `no JSON but "${media.slice(0, 40)}"`);
  }
}

/**
 * The text of an answer's body; at once where it is not packed.
 * @param bytes of the unpacked body, at most
 * @throws SubgraphFailure
 */
export function textOf(name: string, body: Buffer, headers: ResponseHeaders, bytes: number): string | Promise<string> {
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body.toString('utf8');
  const unpack = UNPACK.get(encoding);
  if (!unpack) throw badResponse(name, `an encoding nobody asked for: ${encoding.slice(0, 20)}`);
  // It is unpacked elsewhere, while the memory of these bytes is used again.
  return unpack(Buffer.from(body), { maxOutputLength: bytes }).then(
    (unpacked) => unpacked.toString('utf8'),
    (cause: unknown) => {
      throw badResponse(name, 'something that cannot be unpacked, or is too large', cause);
    },
  );
}

/** Whether an answer is the same for everyone. */
export function isPublic(headers: ResponseHeaders): boolean {
  return /(?:^|[\s,])public(?:[\s,]|$)/i.test(headers.get('cache-control') ?? '');
}

/** An answer that is none. */
export function badResponse(name: string, what: string, cause?: unknown): SubgraphFailure {
  return new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', `${name} answered with ${what}.`, { cause });
}

function statusFailure(name: string, status: number, headers: ResponseHeaders): Error {
  const failure = new SubgraphFailure('SUBGRAPH_UNAVAILABLE', `${name} answered with status ${status}.`);
  if (!MOMENTARY.has(status)) {
    return status >= 500 ? failure : new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', failure.message);
  }
  const wait = Number(headers.get('retry-after') ?? 0);
  return new Retryable(failure, Number.isFinite(wait) ? Math.max(0, wait * 1_000) : Number.POSITIVE_INFINITY);
}
