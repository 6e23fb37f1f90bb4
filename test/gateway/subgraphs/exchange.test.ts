import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { getEventListeners, once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../../gateway/execution/subgraphs/answer-text.ts';
import { CallEnded, type SubgraphFailure } from '../../../gateway/execution/subgraphs/client.ts';
import { Exchange } from '../../../gateway/execution/subgraphs/exchange.ts';
import { Retryable } from '../../../gateway/execution/subgraphs/guard.ts';
import { Http1Pool } from '../../../gateway/execution/subgraphs/http1/pool.ts';
import type { SubgraphLimits } from '../../../gateway/execution/subgraphs/limits.ts';
import { openTransport } from '../../../gateway/execution/subgraphs/open-transport.ts';
import { UndiciTransport } from '../../../gateway/execution/subgraphs/over-undici.ts';
import { ScriptedHttp, type RawRequest } from '../../servers/scripted-http.ts';

const LIMITS = {
  connectMs: 5_000,
  firstByteMs: 10_000,
  callMs: 10_000,
  calls: 4,
  waiting: 0,
  answerBytes: 100_000,
  circuitPercent: 50,
  circuitCalls: 1,
  circuitWindowMs: 1,
  circuitOpenMs: 1,
  circuitMaxOpenMs: 1,
  retryPercent: 0,
  answerDepth: 10,
  staleSeconds: 0,
} satisfies SubgraphLimits;

const TEXT = '{"data":{"name":"Zoë 🦜"}}';

function answer(body: string | Buffer = TEXT, headers = '', status = '200 OK'): string {
  const bytes = Buffer.from(body).toString('latin1');
  const type = /content-type/i.test(headers) ? '' : 'content-type: application/json\r\n';
  return `HTTP/1.1 ${status}\r\n${type}${headers}content-length: ${bytes.length}\r\n\r\n${bytes}`;
}

const TRANSPORTS = { 'our own client': Http1Pool, undici: UndiciTransport };

const never = new AbortController().signal;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(script: string | ((request: RawRequest) => void)): Promise<ScriptedHttp> {
  const server = await ScriptedHttp.start(script);
  cleanups.push(() => server[Symbol.asyncDispose]());
  return server;
}

/** What a call failed with. */
async function failure(call: Promise<unknown>): Promise<Error> {
  return call.then(
    (value) => Promise.reject(new Error(`no failure but ${JSON.stringify(value)}`)),
    (error: Error) => error,
  );
}

function codeOf(error: Error): string {
  return error instanceof Retryable ? `once more, then ${error.failure.code}` : (error as SubgraphFailure).code;
}

describe.each(Object.entries(TRANSPORTS))('an exchange by %s', (_name, Transport) => {
  function exchangeWith(address: URL, limits: Partial<SubgraphLimits> = {}): Exchange {
    const all = { ...LIMITS, ...limits };
    const exchange = new Exchange('forum', address, all, new Transport(address, { ...all, connections: all.calls }));
    cleanups.push(() => exchange.close());
    return exchange;
  }

  it('sends what it is given, and gives back the text', async () => {
    const server = await serve(answer());
    const exchange = exchangeWith(server.address);
    const body = '{"query":"{ a }","variables":{"name":"Zoë 🦜"}}';
    const exchanged = await exchange.post(body, { 'x-token': 'a b', 'x-latin': 'Zo\xeb' }, never);
    expect(exchanged).toEqual({ text: TEXT, isPublic: false });
    const [{ head, body: came } = { head: '', body: '' }] = server.requests;
    expect(came).toBe(body);
    const [line, ...headers] = head.trim().split('\r\n');
    expect(line).toBe('POST /graphql?a=b HTTP/1.1');
    for (const header of [
      `host: ${server.address.host}`,
      'connection: keep-alive',
      'content-type: application/json',
      'accept: application/json',
      'x-token: a b',
      'x-latin: Zo\xeb',
      `content-length: ${Buffer.byteLength(body)}`,
    ])
      expect(headers.filter((each) => each.toLowerCase() === header.toLowerCase())).toHaveLength(1);
  });

  it('says whether the answer is the same for everyone', async () => {
    const server = await serve(answer(TEXT, 'Cache-Control: max-age=5, public\r\n'));
    expect(await exchangeWith(server.address).post('{}', {}, never)).toMatchObject({ isPublic: true });
    server.answer = ({ socket }) => void socket.write(answer(TEXT, 'cache-control: private\r\n'), 'latin1');
    expect(await exchangeWith(server.address).post('{}', {}, never)).toMatchObject({ isPublic: false });
  });

  it.each([
    ['gzip', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
  ])('unpacks %s, each its own while others come', async (encoding, packed) => {
    const server = await serve(answer(packed, `content-encoding: ${encoding}\r\n`));
    const exchange = exchangeWith(server.address);
    for (let round = 0; round < 2; round++) {
      const all = await Promise.all(Array.from({ length: 4 }, () => exchange.post('{}', {}, never)));
      expect(all.map(({ text }) => text)).toEqual([TEXT, TEXT, TEXT, TEXT]);
    }
  });

  it('reads large answers, in chunks or not', async () => {
    const text = JSON.stringify({ data: 'ä'.repeat(40_000) });
    const bytes = Buffer.from(text).toString('latin1');
    const cut = (bytes.match(/[^]{1,999}/g) ?? []).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
    const server = await serve(answer(text));
    const exchange = exchangeWith(server.address);
    expect((await exchange.post('{}', {}, never)).text).toBe(text);
    server.answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write(`${cut.join('')}0\r\n\r\n`, 'latin1');
    };
    expect((await exchange.post('{}', {}, never)).text).toBe(text);
  });

  it('sends large requests', async () => {
    const server = await serve(answer());
    const body = JSON.stringify('ä'.repeat(500_000));
    await exchangeWith(server.address).post(body, {}, never);
    expect(server.requests[0]?.body === body).toBe(true);
  });

  it('keeps its connection for the next', async () => {
    const server = await serve(answer());
    const exchange = exchangeWith(server.address);
    for (let count = 0; count < 4; count++) await exchange.post('{}', {}, never);
    expect(server.connections).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 4 }, () => exchange.post('{}', {}, never)));
    await Promise.all(Array.from({ length: 4 }, () => exchange.post('{}', {}, never)));
    expect(server.connections).toBeLessThanOrEqual(4);
  });

  const ERROR = 'content-type: application/graphql-response+json\r\n';
  it('takes errors of other statuses under the media type of results alone', async () => {
    const server = await serve(answer(TEXT, ERROR, '400 Bad Request'));
    expect((await exchangeWith(server.address).post('{}', {}, never)).text).toBe(TEXT);
    server.answer = ({ socket }) => void socket.write(answer(TEXT, '', '400 Bad Request'), 'latin1');
    expect(codeOf(await failure(exchangeWith(server.address).post('{}', {}, never)))).toBe('SUBGRAPH_BAD_RESPONSE');
  });

  const FAILING: readonly [what: string, code: string, script: string | ((request: RawRequest) => void)][] = [
    ['is busy', 'once more, then SUBGRAPH_UNAVAILABLE', answer('', '', '503 Busy')],
    ['is ill', 'SUBGRAPH_UNAVAILABLE', answer('', '', '500 Ill')],
    ['refuses', 'SUBGRAPH_BAD_RESPONSE', answer('', '', '401 Who')],
    ['redirects', 'SUBGRAPH_BAD_RESPONSE', answer('', 'location: /\r\n', '302 Elsewhere')],
    ['answers HTML', 'SUBGRAPH_BAD_RESPONSE', answer('<p>', 'content-type: text/html\r\n')],
    ['answers too much', 'SUBGRAPH_BAD_RESPONSE', answer('x'.repeat(100_001))],
    ['packs too much', 'SUBGRAPH_BAD_RESPONSE', answer(gzipSync('x'.repeat(100_001)), 'content-encoding: gzip\r\n')],
    ['packs oddly', 'SUBGRAPH_BAD_RESPONSE', answer('x', 'content-encoding: compress\r\n')],
    ['answers no HTTP', 'SUBGRAPH_BAD_RESPONSE', 'what?\r\n\r\n'],
    ['says two lengths', 'SUBGRAPH_BAD_RESPONSE', answer(TEXT, 'content-length: 1\r\n')],
    ['ends the connection', 'once more, then SUBGRAPH_UNAVAILABLE', ({ socket }) => void socket.end()],
    ['resets it', 'once more, then SUBGRAPH_UNAVAILABLE', ({ socket }) => void socket.resetAndDestroy()],
    ['breaks off', 'SUBGRAPH_UNAVAILABLE', ({ socket }) => void socket.end(answer().slice(0, -1), 'latin1')],
  ];
  it.each(FAILING)('fails where the other side %s', async (_what, code, script) => {
    const server = await serve(script);
    const error = await failure(exchangeWith(server.address).post('{}', {}, never));
    expect(codeOf(error)).toBe(code);
    expect(error.message).toMatch(/^forum /);
  });

  it('says how long it was asked to wait', async () => {
    const server = await serve(answer('', 'retry-after: 7\r\n', '429 Slowly'));
    const exchange = exchangeWith(server.address);
    expect(await failure(exchange.post('{}', {}, never))).toMatchObject({ waitMs: 7_000 });
    server.answer = ({ socket }) => void socket.write(answer('', 'retry-after: Fri, 1 Jan\r\n', '429 Slowly'));
    expect(await failure(exchange.post('{}', {}, never))).toMatchObject({ waitMs: Number.POSITIVE_INFINITY });
  });

  it('may be made once more where a kept connection was ended meanwhile, and goes through then', async () => {
    const server = await serve(answer());
    const exchange = exchangeWith(server.address);
    await exchange.post('{}', {}, never);
    server.answer = ({ socket }) => void socket.destroy();
    expect(await failure(exchange.post('{}', {}, never))).toBeInstanceOf(Retryable);
    server.answer = ({ socket }) => void socket.write(answer(), 'latin1');
    expect((await exchange.post('{}', {}, never)).text).toBe(TEXT);
    expect(server.connections).toBe(2);
  });

  it('fails where nobody listens', async () => {
    const error = await failure(exchangeWith(new URL('http://127.0.0.1:1/')).post('{}', {}, never));
    expect(error).toMatchObject({ failure: { code: 'SUBGRAPH_UNAVAILABLE', message: 'forum cannot be reached.' } });
  });

  it('fails where no connection is made in time', async () => {
    // Listens, but never accepts: once its queue is full, the system answers no further one.
    const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      require('fs').writeSync(1, String(this.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); })`;
    const deaf = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(deaf.stdout, 'data')) as [Buffer];
    const queue = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
    await Promise.race(queue.map((socket) => once(socket, 'connect')));
    await wait(50);
    const exchange = exchangeWith(new URL(`http://127.0.0.1:${Number(port)}/`), { connectMs: 100 });
    const error = await failure(exchange.post('{}', {}, never));
    for (const socket of queue) socket.destroy();
    deaf.kill('SIGKILL');
    expect(codeOf(error)).toBe('once more, then SUBGRAPH_UNAVAILABLE');
  });

  const LATE: readonly [what: string, limits: Partial<SubgraphLimits>, script: (request: RawRequest) => void][] = [
    ['nothing comes', { firstByteMs: 50 }, () => undefined],
    ['the head does not end', { firstByteMs: 50 }, ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\n')],
    [
      'the body does not end',
      { firstByteMs: 50, callMs: 100 },
      ({ socket }) => void socket.write(answer().slice(0, -1), 'latin1'),
    ],
  ];
  it.each(LATE)('fails, and ends its connection, where %s in time', async (_what, limits, script) => {
    const server = await serve(script);
    const error = await failure(exchangeWith(server.address, limits).post('{}', {}, never));
    expect(error).toMatchObject({ code: 'SUBGRAPH_TIMEOUT', message: 'forum did not answer in time.' });
    while (server.requests[0]?.socket.destroyed === false) await wait(5);
  });

  it('goes on beyond the time for the first byte once that has come', async () => {
    const server = await serve(({ socket }) => {
      socket.write(answer().slice(0, -1), 'latin1');
      setTimeout(() => socket.write('}'), 250);
    });
    expect((await exchangeWith(server.address, { firstByteMs: 100 }).post('{}', {}, never)).text).toBe(TEXT);
  });

  const LEFT: readonly [when: string, script: (request: RawRequest) => void][] = [
    ['before the answer', () => undefined],
    ['within it', ({ socket }) => void socket.write(answer().slice(0, -1), 'latin1')],
  ];
  it.each(LEFT)('ends its connection at once when nobody waits any more, %s', async (_what, script) => {
    const server = await serve(script);
    const abort = new AbortController();
    const call = failure(exchangeWith(server.address).post('{}', {}, abort.signal));
    while (server.requests.length === 0) await wait(5);
    await wait(20);
    const reason = new CallEnded('left');
    abort.abort(reason);
    expect(await call).toBe(reason);
    while (server.requests[0]?.socket.destroyed === false) await wait(5);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('does not begin for nobody', async () => {
    const server = await serve(answer());
    const reason = new CallEnded('left');
    expect(await failure(exchangeWith(server.address).post('{}', {}, AbortSignal.abort(reason)))).toBe(reason);
    expect(server.connections).toBe(0);
  });

  it('leaves nothing behind on a signal', async () => {
    const server = await serve(answer());
    const exchange = exchangeWith(server.address);
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++) await exchange.post('{}', {}, signal);
    server.answer = ({ socket }) => void socket.destroy();
    await failure(exchange.post('{}', {}, signal));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it.each([
    ['ends its line', { 'x-a': 'b\r\nx-admin: yes' }],
    ['has a lone LF', { 'x-a': 'b\nx-admin: yes' }],
    ['has NUL', { 'x-a': 'b\0' }],
    ['is beyond Latin 1', { 'x-a': '🦜' }],
    ['ends its line in its name', { 'x-a: b\r\nx-admin': 'yes' }],
    ['changes where the request ends', { 'transfer-encoding': 'chunked' }],
    ['says another length', { 'content-length': '1' }],
  ])('sends no header that %s', async (_what, headers) => {
    const server = await serve(answer());
    const error = await failure(exchangeWith(server.address).post('{}', headers, never));
    expect(error).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', message: 'forum cannot be reached.' });
    expect(server.requests).toEqual([]);
  });

  it('fails when it is closed, and from then on', async () => {
    const server = await serve(() => undefined);
    const exchange = exchangeWith(server.address);
    const call = failure(exchange.post('{}', {}, never));
    while (server.requests.length === 0) await wait(5);
    await exchange.close();
    expect(codeOf(await call)).toBe('SUBGRAPH_UNAVAILABLE');
    expect(codeOf(await failure(exchange.post('{}', {}, never)))).toBe('SUBGRAPH_UNAVAILABLE');
  });
});

it('a packed answer is read though the memory it came in is used again at once', async () => {
  const text = randomBytes(1_500_000).toString('base64');
  const packed = gzipSync(text);
  const unpacked = textOf('forum', packed, new Map([['content-encoding', 'gzip']]), text.length);
  packed.fill(0);
  expect((await unpacked) === text).toBe(true);
});

it('goes by undici where there is TLS, and by our own client where there is none', async () => {
  const transports = ['https://127.0.0.1:1/', 'http://127.0.0.1:1/'].map((url) => openTransport(new URL(url), LIMITS));
  expect(transports.map(({ constructor }) => constructor)).toEqual([UndiciTransport, Http1Pool]);
  for (const transport of transports) await transport.close();
});
