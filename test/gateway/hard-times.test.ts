import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { ConfigFile } from '../../gateway/config/schema.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
let app: App;
let port: number;
beforeAll(async () => {
  sample = await sampleApp();
  const { limits } = ConfigFile.parse({ limits: { headersMs: 300, requestMs: 600, eventLoopMs: 40 } });
  app = await createApp({ ...sample.config, limits });
  await app.http.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.http.server.address() as AddressInfo);
});
afterAll(async () => {
  await app.close();
  await sample.close();
});

/** Sends a text, then nothing more; what comes back until the server hangs up. */
async function sendAndWait(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('a client that is too slow', () => {
  it.each([
    ['in its head', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: app'],
    [
      'in its body',
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"qu',
    ],
  ])('is turned away: %s', async (_where, text) => {
    const answer = await sendAndWait(text);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  });

  it('is waited for as long as the configuration says', () => {
    expect(app.http.server).toMatchObject({ headersTimeout: 300, requestTimeout: 600 });
    expect(sample.app.http.server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 15_000 });
  });
});

it.each([
  ['no HTTP at all', '\u0000\u0001\u0002\r\n\r\n', 400, 'BAD_REQUEST'],
  [
    'a head that is too large',
    `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'HEADERS_TOO_LARGE',
  ],
  [
    'two lengths',
    'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
    400,
    'BAD_REQUEST',
  ],
  [
    'a length and chunks',
    'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'BAD_REQUEST',
  ],
  [
    'an unknown method',
    'PROPFIND /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    405,
    'METHOD_NOT_ALLOWED',
  ],
])('%s is refused in GraphQL’s form', async (_what, text, status, code) => {
  const answer = await sendAndWait(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toContain(`"code":"${code}"`);
});

describe('a process that cannot keep up', () => {
  const ask = () => app.http.inject({ method: 'POST', url: '/graphql', payload: { query: '{ viewer { groups } }' } });

  it('turns requests away, says that it lives, and takes them again when it can', async () => {
    let response = await ask();
    // The test's own time limit ends it.
    while (response.statusCode === 200) {
      const until = performance.now() + 80;
      while (performance.now() < until);
      await setImmediate();
      response = await ask();
    }
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect((await app.http.inject('/live')).statusCode).toBe(200);
    while (response.statusCode !== 200) {
      await setImmediate();
      response = await ask();
    }
  });
});
