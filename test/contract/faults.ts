import type { ConnectorErrorCode } from '../../subgraphs/kit/errors.ts';
import { send, type Misbehaviour } from '../servers/faulty-proxy.ts';

/** A way for a tool to be unwell, and what a connector has to make of it. */
export interface Fault {
  readonly name: string;
  readonly misbehave: Misbehaviour;
  /** What a run may end with. */
  readonly codes: readonly ConnectorErrorCode[];
  /** An outage says nothing of the configuration; a refusal does. */
  readonly health: 'unknown' | 'failed';
  /** Takes as long as the connector lets it. */
  readonly isLate?: boolean;
  /** Is a fault only where an answer has a shape: any bytes make a file. */
  readonly isOfData?: boolean;
  /** May be where nobody looks: then nothing comes of it. */
  readonly isPartial?: boolean;
}

const answer =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Misbehaviour =>
  (reply) =>
    void reply.writeHead(status, headers).end(body);

const HTML = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Password</form></body></html>';

/** Sends what it is given for ever, so much at a time and so often, until the connection is closed. */
const forever =
  (text: string, everyMs: number): Misbehaviour =>
  (reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => reply.write(text), everyMs);
    reply.on('close', () => clearInterval(timer));
  };

/** Bytes sent by `flood`, over all of its requests. */
export const flooded = { bytes: 0, requests: 0 };

/** 200 MB, as fast as they are taken. */
const flood: Misbehaviour = (reply) => {
  const chunk = Buffer.alloc(1 << 20, ' ');
  let left = 200;
  flooded.requests++;
  reply.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (left-- > 0) {
      flooded.bytes += chunk.length;
      if (!reply.write(chunk)) return void reply.once('drain', more);
    }
    reply.end();
  };
  more();
};

/** The true answer, with strings in place of the objects and lists that lie so deep. */
const flattened =
  (depth: number): Misbehaviour =>
  async (reply, truth) => {
    const flat = (value: unknown, left: number): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (left === 0) return 'x';
      if (Array.isArray(value)) return value.map((one) => flat(one, left - 1));
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, flat(one, left - 1)]));
    };
    const { body, ...rest } = await truth();
    let value: unknown = 'x';
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      // XML has no strings instead of objects: none at all will do.
    }
    send(reply, { ...rest, body: Buffer.from(JSON.stringify(flat(value, depth))) });
  };

const OUTAGE = { codes: ['UNAVAILABLE'], health: 'unknown' } as const;
const SLOW_DOWN = { codes: ['RATE_LIMITED'], health: 'unknown' } as const;
/** Something else than the tool, or a tool gone mad; some connectors say that the address must be wrong. */
const NO_ANSWER = { codes: ['BAD_RESPONSE', 'MISCONFIGURED'], health: 'failed' } as const;

/** All that may befall any tool, for as long as it lasts. `elsewhere` is another origin's address. */
export function faultsWith(elsewhere: () => string): readonly Fault[] {
  const shapes: readonly (readonly [string, string])[] = [
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['null', 'null'],
    ['a string', '"ok"'],
    ['a list of strings', '["a","b"]'],
    ['an object of strings', '{"Resources":"x","query":"x","topics":"x","list":"x","items":"x"}'],
    ['lists in lists without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['nothing at all', ''],
  ];
  return [
    {
      name: 'is down',
      misbehave: (reply, _truth, proxy) => {
        reply.destroy();
        proxy.stop();
      },
      ...OUTAGE,
    },
    { name: 'never answers', misbehave: () => {}, isLate: true, ...OUTAGE },
    { name: 'answers a byte at a time', misbehave: forever(' ', 20), isLate: true, ...OUTAGE },
    {
      name: 'breaks off in the middle of an answer',
      misbehave: async (reply, truth) => {
        const { status, headers, body } = await truth();
        for (const [name, value] of headers) reply.appendHeader(name, value);
        reply.writeHead(status, { 'content-length': String(body.length + 100) });
        reply.write(body.subarray(0, body.length / 2), () => reply.destroy());
      },
      ...OUTAGE,
    },
    { name: 'answers 500', misbehave: answer(500, HTML), ...OUTAGE },
    { name: 'answers 503', misbehave: answer(503, HTML), ...OUTAGE },
    { name: 'answers 401', misbehave: answer(401, ''), codes: ['UNAUTHORIZED'], health: 'failed' },
    { name: 'answers 403', misbehave: answer(403, ''), codes: ['FORBIDDEN', 'UNAUTHORIZED'], health: 'failed' },
    { name: 'answers 429', misbehave: answer(429, 'slow down'), ...SLOW_DOWN },
    { name: 'answers 429, to be asked at once', misbehave: answer(429, '', { 'retry-after': '0' }), ...SLOW_DOWN },
    { name: 'answers 429 until tomorrow', misbehave: answer(429, '', { 'retry-after': '86400' }), ...SLOW_DOWN },
    {
      name: 'sends to another origin',
      misbehave: (reply) => void reply.writeHead(302, { location: elsewhere() }).end(),
      ...NO_ANSWER,
    },
    {
      name: 'sends round in circles',
      misbehave: (reply) => void reply.writeHead(307, { location: '/round' }).end(),
      ...NO_ANSWER,
    },
    { name: 'answers 200 MB', misbehave: flood, ...NO_ANSWER },
    {
      name: 'answers with HTML',
      misbehave: answer(200, HTML, { 'content-type': 'text/html' }),
      isOfData: true,
      ...NO_ANSWER,
    },
    {
      name: 'answers with half of it',
      misbehave: async (reply, truth) => {
        const { body, ...rest } = await truth();
        send(reply, { ...rest, body: body.subarray(0, body.length / 2) });
      },
      isOfData: true,
      ...NO_ANSWER,
    },
    ...shapes.map(([name, body]) => ({
      name: `answers with ${name}`,
      misbehave: answer(200, body, { 'content-type': 'application/json' }),
      isOfData: true,
      ...NO_ANSWER,
    })),
    ...[1, 2, 3].map((depth) => ({
      name: `answers with strings ${depth} deep`,
      misbehave: flattened(depth),
      isOfData: true,
      isPartial: depth > 1,
      ...NO_ANSWER,
    })),
  ];
}

/** What passes: a connector asks again by itself. */
export const PASSING: readonly (readonly [string, Misbehaviour])[] = [
  ['a connection that is cut', (reply) => void reply.destroy()],
  ['503', answer(503, HTML)],
  ['503 with a wait of a second', answer(503, HTML, { 'retry-after': '1' })],
  ['429', answer(429, '')],
  ['429 with no wait', answer(429, '', { 'retry-after': '0' })],
  ['429 with a wait of a second', answer(429, '', { 'retry-after': '1' })],
];
