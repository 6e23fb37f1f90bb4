import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Pool, type Dispatcher } from 'undici';
import { SubgraphFailure } from './client.ts';
import { Retryable } from './guard.ts';
import type { SubgraphLimits } from './limits.ts';

/** What came back: JSON text, and whether it is the same for everyone. */
export interface Exchanged {
  readonly text: string;
  readonly isPublic: boolean;
}

/** Answers of these statuses may be other ones a moment later. */
const MOMENTARY = new Set([429, 502, 503, 504]);

/** Nothing of an answer can have come when one of these is the cause. */
const NOTHING_CAME = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', promisify(gunzip) as Unpack],
  ['deflate', promisify(inflate) as Unpack],
  ['br', promisify(brotliDecompress) as Unpack],
]);

/** Connections to one subgraph, kept open; each exchange within its limits. */
export class Exchange {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #name: string;
  readonly #limits: SubgraphLimits;

  constructor(name: string, address: URL, limits: SubgraphLimits) {
    this.#name = name;
    this.#limits = limits;
    this.#path = `${address.pathname}${address.search}`;
    this.#pool = new Pool(address.origin, {
      connections: limits.calls,
      connect: { timeout: limits.connectMs },
      headersTimeout: limits.firstByteMs,
      bodyTimeout: limits.callMs,
      maxHeaderSize: 32_768,
    });
  }

  /** @throws SubgraphFailure, Retryable */
  async post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Exchanged> {
    const abort = new AbortController();
    const follow = () => abort.abort(signal.reason);
    const late = () => abort.abort(new SubgraphFailure('SUBGRAPH_TIMEOUT', `${this.#name} did not answer in time.`));
    let timer = setTimeout(late, Math.min(this.#limits.firstByteMs, this.#limits.callMs));
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true });
    const started = performance.now();
    let hasBegun = false;
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body,
        signal: abort.signal,
      });
      clearTimeout(timer);
      timer = setTimeout(late, Math.max(0, this.#limits.callMs - (performance.now() - started)));
      hasBegun = true;
      const text = await this.#read(response);
      return { text, isPublic: isPublic(response) };
    } catch (error) {
      throw this.#failureOf(error, abort.signal, hasBegun);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', follow);
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<string> {
    const type =
      String(headers['content-type'] ?? '')
        .split(';')[0]
        ?.trim()
        .toLowerCase() ?? '';
    const isResult = type === 'application/graphql-response+json';
    const isJson = isResult || type === 'application/json' || type.endsWith('+json');
    // The specification lets errors have other statuses than 200 under its own media type.
    if (!isJson || !((statusCode >= 200 && statusCode < 300) || (isResult && statusCode >= 400))) {
      body.on('error', () => undefined).destroy();
      throw this.#statusFailure(statusCode, type, headers);
    }
    const packed = await this.#bytes(body);
    const encoding = String(headers['content-encoding'] ?? 'identity')
      .trim()
      .toLowerCase();
    if (encoding === 'identity') return packed.toString('utf8');
    const unpack = UNPACK.get(encoding);
    if (!unpack) throw this.#badResponse(`an encoding nobody asked for: ${encoding.slice(0, 20)}`);
    try {
      return (await unpack(packed, { maxOutputLength: this.#limits.answerBytes })).toString('utf8');
    } catch (cause) {
      throw this.#badResponse('something that cannot be unpacked, or is too large', cause);
    }
  }

  async #bytes(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > this.#limits.answerBytes) throw this.#badResponse('more than it may');
      chunks.push(chunk);
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  #statusFailure(status: number, type: string, headers: Dispatcher.ResponseData['headers']): Error {
    if (status >= 200 && status < 300) return this.#badResponse(`no JSON but "${type.slice(0, 40)}"`);
    const failure = new SubgraphFailure('SUBGRAPH_UNAVAILABLE', `${this.#name} answered with status ${status}.`);
    if (!MOMENTARY.has(status)) {
      return status >= 500 ? failure : new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', failure.message);
    }
    const wait = Number(headers['retry-after'] ?? 0);
    return new Retryable(failure, Number.isFinite(wait) ? Math.max(0, wait * 1_000) : Number.POSITIVE_INFINITY);
  }

  #failureOf(error: unknown, signal: AbortSignal, hasBegun: boolean): Error {
    if (error instanceof SubgraphFailure || error instanceof Retryable) return error;
    if (signal.aborted && signal.reason instanceof SubgraphFailure) return signal.reason;
    const { code = '' } = error as { readonly code?: string };
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
      return new SubgraphFailure('SUBGRAPH_TIMEOUT', `${this.#name} did not answer in time.`, { cause: error });
    }
    if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return this.#badResponse('no HTTP', error);
    if (hasBegun) {
      return new SubgraphFailure('SUBGRAPH_UNAVAILABLE', `${this.#name} broke off its answer.`, { cause: error });
    }
    const failure = new SubgraphFailure('SUBGRAPH_UNAVAILABLE', `${this.#name} cannot be reached.`, { cause: error });
    return NOTHING_CAME.has(code) ? new Retryable(failure) : failure;
  }

  #badResponse(what: string, cause?: unknown): SubgraphFailure {
    return new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', `${this.#name} answered with ${what}.`, { cause });
  }
}

function isPublic({ headers }: Dispatcher.ResponseData): boolean {
  return /(?:^|[\s,])public(?:[\s,]|$)/i.test(String(headers['cache-control'] ?? ''));
}
