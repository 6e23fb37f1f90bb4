import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createApp } from '../../gateway/app.ts';
import { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { Pace } from '../../gateway/http/pace.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
let upstream: Server;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await sample.close();
});

it('a client that leaves takes its upstream calls with it', async () => {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  upstream = createServer((call) => {
    asked.resolve();
    call.socket.once('close', () => left.resolve());
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const app = await createApp({
    ...sample.config,
    forum: { url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, sources: [] },
    subgraphSecret: 'a secret of at least 16 characters',
    limits: {
      ...sample.config.limits,
      operationMs: 60_000,
      subgraph: { ...sample.config.limits.subgraph, firstByteMs: 60_000, callMs: 60_000 },
    },
  });
  const url = await app.http.listen({ host: '127.0.0.1', port: 0 });
  const client = request(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  client.on('error', () => undefined);
  client.end(JSON.stringify({ query: '{ conversations { totalCount } }' }));
  await asked.promise;
  client.destroy();
  await left.promise;
  await app.close();
  expect(client.destroyed).toBe(true);
});

it('who leaves before the turn has come is not worked for', async () => {
  const arrived = Promise.withResolvers<void>();
  const turn = Promise.withResolvers<void>();
  const pace = vi.spyOn(Pace.prototype, 'turn').mockImplementationOnce(() => {
    arrived.resolve();
    return turn.promise;
  });
  const run = vi.spyOn(SubgraphExecutor.prototype, 'run');
  const app = await createApp(sample.config);
  const url = await app.http.listen({ host: '127.0.0.1', port: 0 });
  const gone = new Promise<void>((resolve) => {
    app.http.server.once('connection', (socket: Socket) => socket.once('close', () => resolve()));
  });
  const ask = (signal?: AbortSignal) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ conversations { totalCount } }' }),
      signal: signal ?? null,
    });
  const abort = new AbortController();
  const left = ask(abort.signal).catch(() => 'left');
  await arrived.promise;
  abort.abort();
  expect(await left).toBe('left');
  await gone;
  turn.resolve();
  expect((await ask()).status).toBe(200);
  expect(run.mock.calls).toHaveLength(1);
  pace.mockRestore();
  run.mockRestore();
  await app.close();
});
