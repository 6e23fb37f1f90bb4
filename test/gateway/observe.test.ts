import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => void (sample = await sampleApp()));
afterAll(() => sample.close());

const QUERY =
  'query Certificates { topic(query: "certificates") { people(first: 1) { totalCount } content { totalCount } } }';

function post(app: App, query: string, headers: Readonly<Record<string, string>> = {}) {
  return app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { host: '127.0.0.1', 'content-type': 'application/json', ...headers },
    payload: JSON.stringify({ query }),
  });
}

describe('/metrics', () => {
  it('counts operations, fetches and errors, and tells the state of sources', async () => {
    await post(sample.app, QUERY);
    await post(sample.app, '{ documents(first: 0) { totalCount } }');
    const { headers, body } = await sample.app.http.inject('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(body).toMatch(/^atrium_operations_total\{code="OK"\} [1-9]/m);
    expect(body).toMatch(/^atrium_errors_total\{code="PAGE_SIZE"\} 1$/m);
    for (const subgraph of ['directory', 'documents', 'forum']) {
      expect(body).toMatch(new RegExp(`^atrium_fetch_seconds_count\\{subgraph="${subgraph}"\\} [1-9]`, 'm'));
    }
    expect(body).toMatch(/^atrium_sync_lag_seconds\{source="people"\} \d/m);
    expect(body).toMatch(/^atrium_source_failing\{source="people"\} 0$/m);
    expect(body).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  });

  it('has no label that clients choose', async () => {
    await post(sample.app, 'query Chosen_by_a_client { viewer { groups } }');
    await post(sample.app, '{ not_a_field_of_ours }');
    const { body } = await sample.app.http.inject('/metrics');
    expect(body).not.toMatch(/Chosen_by_a_client|not_a_field_of_ours/);
  });

  it('is not served where others could reach it, but on a port of its own', async () => {
    const listen = { ...sample.config.listen, host: '0.0.0.0' };
    const log = pino({ level: 'silent' });
    const open = await createApp({ ...sample.config, listen }, { log });
    expect((await open.http.inject('/metrics')).statusCode).toBe(404);
    await open.close();
    const port = await freePort();
    const apart = await createApp({ ...sample.config, listen, metrics: { host: '127.0.0.1', port } }, { log });
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await response.text()).toContain('atrium_operations_total');
    await apart.close();
  });
});

describe('a trace in the answer', () => {
  it('says what the plan was and how long each step took, when asked in development', async () => {
    const response = await post(sample.app, QUERY, { 'x-atrium-trace': '1' });
    const { extensions } = response.json<{
      extensions: { trace: { fetches: string[]; plan: string[]; total: string } };
    }>();
    expect(extensions.trace.total).toMatch(/^[\d.]+ ms$/);
    expect(extensions.trace.fetches).toContainEqual(
      expect.stringMatching(/^forum: [\d.]+ ms from [\d.]+ ms on, 1 entity at topic$/),
    );
    expect(extensions.trace.plan[0]).toBe('QueryPlan {');
    expect((await post(sample.app, QUERY)).json()).not.toHaveProperty('extensions');
  });

  it('is not to be had elsewhere', async () => {
    const app = await createApp({ ...sample.config, development: { chooseViewer: false } });
    const response = await post(app, QUERY, { 'x-atrium-trace': '1' });
    expect(response.json()).not.toHaveProperty('extensions');
    await app.close();
  });
});

it('logs what is slow, with where the time went and without what was asked', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  const app = await createApp({ ...sample.config, limits: { ...sample.config.limits, slowMs: 1 } }, { log });
  await post(app, QUERY.replace('certificates', 'something secret'));
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 40,
      msg: 'slow operation',
      operation: 'Certificates',
      fetches: expect.arrayContaining([expect.stringMatching(/^directory: /)]),
    }),
  );
  expect(JSON.stringify(lines)).not.toContain('something secret');
  await app.close();
});

it('sends traces to a collector, going on with that of the client', async () => {
  const sent: string[] = [];
  const collector = createServer((request, response) => {
    void buffer(request).then((body) => {
      sent.push(body.toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const app = await createApp({ ...sample.config, traces: { url } });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await post(app, QUERY, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await app.close();
  for (let wait = 0; wait < 50 && sent.length === 0; wait++) await sleep(20);
  const all = sent.join();
  for (const name of ['graphql.operation', 'graphql.plan', 'graphql.fetch', 'forum']) expect(all).toContain(name);
  expect(all.includes(traceId) || all.includes(Buffer.from(traceId, 'hex').toString('base64'))).toBe(true);
  expect(all).not.toContain('certificates');
  await new Promise((resolve) => collector.close(resolve));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
