import { setTimeout as sleep } from 'node:timers/promises';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
  wrap,
  type IPolicy,
} from 'cockatiel';
import type { z } from 'zod';
import type { Call } from './connector.ts';
import { ConnectorError } from './errors.ts';
import { unreachable } from './unreachable.ts';

/** How a tool is asked over HTTP. */
export interface HttpOptions {
  /** The source's name, for messages. */
  readonly source: string;
  /** All requests go below this address, and never to another origin. */
  readonly baseUrl: string;
  /** Sent with every request: credentials, mostly. Never logged. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Give up on one request after this long. */
  readonly timeoutMs: number;
  /** Most bytes taken of one answer. */
  readonly maxBytes: number;
  /** Requests a minute at most; without it as fast as the tool answers. */
  readonly perMinute?: number | undefined;
  /** How long a refusal asks to wait, in ms, for tools that say it elsewhere than in the headers known here. */
  readonly waitIn?: (answer: HttpAnswer) => number | undefined;
}

/** One request. */
export interface HttpRequest {
  readonly method?: string;
  /** Added to the base address; `?` and what follows included. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Statuses besides 2xx that are answers and no errors: 404 where something may be absent. */
  readonly expected?: readonly number[];
  /** Most bytes taken of this answer, where that differs from the tool's others. */
  readonly maxBytes?: number;
}

/** What a tool answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered, after redirects within the tool. */
  readonly url: string;
  readonly body: Buffer;
}

/** Tries of one request, the first included. */
const ATTEMPTS = 4;

/** A tool that asks for a longer wait than this is left alone until the next sync. */
const MAX_WAIT_MS = 120_000;

/** So many failures in a row, and the tool is left alone for a while. */
const FAILURES = 8;
const OPEN_MS = 30_000;

const MAX_REDIRECTS = 3;

/**
 * Asks one tool over HTTP: within its rate budget, with a deadline and a size limit for each answer, tried again where
 * that can help, and not at all while the tool is down.
 */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #base: URL;
  readonly #policy: IPolicy;
  #nextAt = 0;

  /** @throws ConnectorError MISCONFIGURED when the base address is none. */
  constructor(options: HttpOptions) {
    if (!/^https?:\/\//.test(options.baseUrl) || !URL.canParse(options.baseUrl)) {
      throw new ConnectorError('MISCONFIGURED', `${options.source}: the address must begin with http:// or https://.`);
    }
    this.#options = options;
    this.#base = new URL(options.baseUrl.replace(/\/*$/, '/'));
    const transient = handleWhen((error) => isTransient(error));
    this.#policy = wrap(
      retry(transient, {
        maxAttempts: ATTEMPTS - 1,
        backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000 }),
      }),
      circuitBreaker(transient, { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES) }),
    );
  }

  /** Asks for JSON of a shape. @throws ConnectorError BAD_RESPONSE for anything else. */
  async json<Shape extends z.ZodType>(request: HttpRequest, shape: Shape, call: Call): Promise<z.output<Shape>> {
    const answer = await this.ask({ ...request, headers: { accept: 'application/json', ...request.headers } }, call);
    return this.read(answer, shape);
  }

  /** The JSON of an answer, of a shape. @throws ConnectorError BAD_RESPONSE for anything else. */
  read<Shape extends z.ZodType>(answer: HttpAnswer, shape: Shape): z.output<Shape> {
    let value: unknown;
    try {
      value = JSON.parse(answer.body.toString('utf8'));
    } catch (cause) {
      throw this.#error('BAD_RESPONSE', 'answered with something that is not JSON; is the address right?', { cause });
    }
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    throw this.#error('BAD_RESPONSE', `answered with unexpected JSON at "${place}": ${issue?.message ?? ''}.`);
  }

  /** @throws ConnectorError for anything but 2xx and the statuses expected. */
  async ask(request: HttpRequest, call: Call): Promise<HttpAnswer> {
    try {
      return await this.#policy.execute(() => this.#once(request, call), call.signal);
    } catch (error) {
      if (isBrokenCircuitError(error))
        throw this.#error('UNAVAILABLE', 'has failed many times in a row and is left alone.');
      throw error;
    }
  }

  async #once(request: HttpRequest, call: Call): Promise<HttpAnswer> {
    call.signal.throwIfAborted();
    await this.#withinBudget(call.signal);
    const answer = await this.#exchange(request, call.signal);
    if ((answer.status >= 200 && answer.status < 300) || request.expected?.includes(answer.status)) return answer;
    if (answer.status === 429 || answer.status === 503) await this.#waitAsAsked(answer, call.signal);
    throw this.#statusError(answer);
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    let url = new URL(request.path.replace(/^\/+/, ''), this.#base);
    for (let redirects = 0; ; redirects++) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeoutMs)]);
      try {
        const response = await fetch(url, {
          method: request.method ?? 'GET',
          headers: { ...this.#options.headers?.(), ...request.headers },
          ...(request.body !== undefined && { body: request.body }),
          redirect: 'manual',
          signal: deadline,
        });
        const target = response.headers.get('location');
        if (response.status >= 300 && response.status < 400 && response.status !== 304 && target !== null) {
          await response.body?.cancel();
          url = this.#redirected(url, target, redirects);
          continue;
        }
        const { status, headers } = response;
        return { status, headers, url: url.href, body: await this.#bodyOf(response, request.maxBytes) };
      } catch (cause) {
        signal.throwIfAborted();
        if (cause instanceof ConnectorError) throw cause;
        const isLate = deadline.aborted;
        if (isLate) throw this.#error('UNAVAILABLE', 'did not answer in time.', { cause });
        throw (
          unreachable(cause, url, this.#options.source) ?? this.#error('UNAVAILABLE', 'cannot be reached.', { cause })
        );
      }
    }
  }

  /** Where a redirect leads, if it stays within the tool: credentials go nowhere else. */
  #redirected(from: URL, target: string, redirects: number): URL {
    const url = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
    if (url?.origin !== this.#base.origin) {
      throw this.#error('MISCONFIGURED', 'redirects to another address: give that one, if it is the tool’s.');
    }
    if (redirects >= MAX_REDIRECTS) throw this.#error('BAD_RESPONSE', 'redirects in circles.');
    return url;
  }

  async #bodyOf(response: Response, maxBytes = this.#options.maxBytes): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) {
        throw this.#error('BAD_RESPONSE', `answered with more than ${maxBytes} bytes.`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Spaces requests evenly over the minute. */
  async #withinBudget(signal: AbortSignal): Promise<void> {
    const { perMinute } = this.#options;
    if (perMinute === undefined) return;
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 60_000 / perMinute;
    if (at > now) await sleep(at - now, undefined, { signal });
  }

  async #waitAsAsked(answer: HttpAnswer, signal: AbortSignal): Promise<void> {
    const wait = this.#waitOf(answer);
    if (wait === undefined || wait > MAX_WAIT_MS) return;
    // The whole tool is at its limit, not this one request.
    this.#nextAt = Math.max(this.#nextAt, Date.now() + wait);
    await sleep(wait, undefined, { signal });
  }

  #waitOf(answer: HttpAnswer): number | undefined {
    return retryAfterMs(answer.headers) ?? this.#options.waitIn?.(answer);
  }

  #statusError(answer: HttpAnswer): ConnectorError {
    const { status } = answer;
    const wait = this.#waitOf(answer);
    const waiting = wait === undefined ? {} : { retryAfterMs: wait };
    if (status === 401) return this.#error('UNAUTHORIZED', 'refuses the credentials.');
    if (status === 403) return this.#error('FORBIDDEN', 'does not let these credentials read what is asked for.');
    if (status === 404) return this.#error('MISCONFIGURED', 'has nothing at the address asked for; is it right?');
    if (status === 429) return this.#error('RATE_LIMITED', 'asks for fewer requests.', waiting);
    if (status >= 500) return this.#error('UNAVAILABLE', `answered with status ${status}.`, waiting);
    return this.#error('BAD_RESPONSE', `answered with status ${status}.`);
  }

  #error(
    code: ConstructorParameters<typeof ConnectorError>[0],
    what: string,
    options: ConstructorParameters<typeof ConnectorError>[2] = {},
  ): ConnectorError {
    return new ConnectorError(code, `${this.#options.source}: the tool ${what}`, options);
  }
}

/** How long the tool asks to wait: seconds or a date (RFC 9110, 10.2.3); with Okta, when its budget begins anew. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) {
    const reset = Number(headers.get('x-rate-limit-reset') ?? Number.NaN) * 1_000;
    // A point in time by the tool's clock, which may not be ours.
    const now = Date.parse(headers.get('date') ?? '') || Date.now();
    return Number.isFinite(reset) ? Math.max(0, reset - now) : undefined;
  }
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof ConnectorError)) return false;
  if (error.code === 'RATE_LIMITED') return error.retryAfterMs === undefined || error.retryAfterMs <= MAX_WAIT_MS;
  return error.code === 'UNAVAILABLE';
}
