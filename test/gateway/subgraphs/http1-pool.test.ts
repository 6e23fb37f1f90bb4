import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1Pool } from '../../../gateway/execution/subgraphs/http1/pool.ts';
import { TransportFault } from '../../../gateway/execution/subgraphs/transport.ts';
import { ScriptedHttp, type RawRequest } from '../../servers/scripted-http.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(script: string | ((request: RawRequest) => void)): Promise<ScriptedHttp> {
  const server = await ScriptedHttp.start(script);
  cleanups.push(() => server[Symbol.asyncDispose]());
  return server;
}

function poolFor(address: URL, connections = 4): Http1Pool {
  const pool = new Http1Pool(address, { connections, connectMs: 5_000 });
  cleanups.push(() => pool.close());
  return pool;
}

/** The text of an answer's body. */
function post(pool: Http1Pool, body = '{}'): Promise<string> {
  return new Promise((resolve, reject) => {
    pool.post(
      { headers: {}, body, answerBytes: 1_000 },
      { head: () => undefined, body: (bytes) => resolve(bytes.toString()), failed: reject },
    );
  });
}

describe('a connection', () => {
  it('is used for the next request, the one used last first', async () => {
    const server = await serve(ANSWER);
    const pool = poolFor(server.address);
    for (let count = 0; count < 5; count++) expect(await post(pool)).toBe('{}');
    expect(server.connections).toBe(1);
    await Promise.all([post(pool), post(pool), post(pool)]);
    expect(pool.size).toBe(3);
    const { connection } = server.requests.at(-1) as RawRequest;
    await post(pool);
    await post(pool);
    expect(server.requests.slice(-2).map((request) => request.connection)).toEqual([connection, connection]);
  });

  it('has one request at a time', async () => {
    const waiting: RawRequest[] = [];
    const server = await serve((request) => void waiting.push(request));
    const pool = poolFor(server.address);
    const answers = Array.from({ length: 4 }, (_, index) => post(pool, String(index)));
    while (waiting.length < 4) await wait(5);
    expect(new Set(waiting.map(({ connection }) => connection)).size).toBe(4);
    for (const { socket, body } of waiting.reverse()) {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nfor: ${body}`);
    }
    expect(await Promise.all(answers)).toEqual(['for: 0', 'for: 1', 'for: 2', 'for: 3']);
  });

  it('too many is refused', async () => {
    const server = await serve(() => undefined);
    const pool = poolFor(server.address, 2);
    const ended = Promise.allSettled([post(pool), post(pool)]);
    await expect(post(pool)).rejects.toThrow(TransportFault);
    expect(pool.size).toBe(2);
    await pool.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(pool.size).toBe(0);
  });

  const ONCE: readonly [what: string, answer: string][] = [
    ['says that it closes', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
    ['keeps connections for a second only', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\n{}'],
    ['says more than its answer', `${ANSWER}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
  ];
  it.each(ONCE)('is not used again where the server %s', async (_what, answer) => {
    const server = await serve(answer);
    const pool = poolFor(server.address);
    expect(await post(pool)).toBe('{}');
    expect(pool.size).toBe(0);
    expect(await post(pool)).toBe('{}');
    expect(server.connections).toBe(2);
    while (server.open.size > 0) await wait(5);
  });

  it('ends when bytes come that nobody asked for, so that they are nobody’s answer', async () => {
    const server = await serve(ANSWER);
    const pool = poolFor(server.address);
    await post(pool);
    server.requests[0]?.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    while (pool.size > 0) await wait(5);
    expect(await post(pool)).toBe('{}');
    expect(server.connections).toBe(2);
  });

  it('that the server ends is forgotten', async () => {
    const server = await serve(ANSWER);
    const pool = poolFor(server.address);
    await post(pool);
    server.requests[0]?.socket.end();
    while (pool.size > 0) await wait(5);
    expect(await post(pool)).toBe('{}');
  });

  it('ends with an answer that has no length', async () => {
    const server = await serve(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n{"a":');
      setTimeout(() => socket.end('1}'), 20);
    });
    const pool = poolFor(server.address);
    expect(await post(pool)).toBe('{"a":1}');
    expect(pool.size).toBe(0);
    server.answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n{"a":');
      setTimeout(() => socket.resetAndDestroy(), 20);
    };
    await expect(post(pool)).rejects.toMatchObject({ fault: 'broke off' });
  });

  it('is not used again while a request is not sent whole, though it was answered', async () => {
    const server = await ScriptedHttp.start(ANSWER, (socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}');
    });
    cleanups.push(() => server[Symbol.asyncDispose]());
    const pool = poolFor(server.address);
    expect(await post(pool, 'x'.repeat(30_000_000))).toBe('{}');
    expect(pool.size).toBe(0);
  });

  it('goes to names, and to addresses of both kinds', async () => {
    const server = await serve(ANSWER);
    const { port } = server.address;
    expect(await post(poolFor(new URL(`http://localhost:${port}/`)))).toBe('{}');
    expect(server.requests.at(-1)?.head).toContain(`\r\nhost: localhost:${port}\r\n`);
    await expect(post(poolFor(new URL('http://[::1]:1/')))).rejects.toThrow(TransportFault);
  });
});

describe('an idle connection', () => {
  it.each([
    ['', 3_000, 5_000],
    ['keep-alive: timeout=20\r\n', 18_000, 20_000],
  ])('ends before the server would end it: %s', async (hint, before, after) => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const server = await serve(`HTTP/1.1 200 OK\r\n${hint}content-length: 2\r\n\r\n{}`);
    const pool = poolFor(server.address);
    await Promise.all([post(pool), post(pool)]);
    vi.advanceTimersByTime(before);
    expect(pool.size).toBe(2);
    // The one that is used stays.
    await post(pool);
    vi.advanceTimersByTime(after - before);
    expect(pool.size).toBe(1);
    vi.advanceTimersByTime(after);
    expect(pool.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', async () => {
    const server = await serve('HTTP/1.1 200 OK\r\nkeep-alive: timeout=600\r\ncontent-length: 2\r\n\r\n{}');
    const module = new URL('../../../gateway/execution/subgraphs/http1/pool.ts', import.meta.url);
    const script = `import { Http1Pool } from '${module.href}';
      const pool = new Http1Pool(new URL(process.argv[1]), { connections: 1, connectMs: 60_000 });
      pool.post({ headers: {}, body: '{}', answerBytes: 9 }, { head() {}, body: () => console.log('answered', pool.size) });`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, server.address.href],
      { cwd: fileURLToPath(new URL('../../../', import.meta.url)) },
    );
    expect(stdout).toBe('answered 1\n');
  });
});

it('tells of each request once, whatever is done with it', async () => {
  const server = await serve(ANSWER);
  const pool = poolFor(server.address);
  const told: string[] = [];
  const cancel = pool.post(
    { headers: {}, body: '{}', answerBytes: 1_000 },
    { head: () => told.push('head'), body: () => told.push('body'), failed: () => told.push('failed') },
  );
  while (told.length < 2) await wait(5);
  const next = post(pool);
  // It is over: this must not end the next request, which has the same connection.
  cancel();
  expect(await next).toBe('{}');
  await pool.close();
  expect(told).toEqual(['head', 'body']);
  expect(server.connections).toBe(1);
});
