import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebhookMessage } from '../../subgraphs/kit/connector.ts';
import type { WebhookOutcome } from '../../subgraphs/kit/sync/scheduler.ts';
import { registerWebhooks } from '../../subgraphs/kit/webhooks.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { emptyCompany } from '../helpers/company.ts';

let http: FastifyInstance;
let url: string;
let received: (WebhookMessage & { readonly source: string })[];
let outcome: () => Promise<WebhookOutcome>;
beforeEach(async () => {
  received = [];
  outcome = async () => 'accepted';
  http = Fastify();
  registerWebhooks(http, (source, message) => {
    received.push({ source, ...message });
    return outcome();
  });
  url = await http.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => http.close());

const post = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}, source = 'forum') =>
  fetch(`${url}/webhooks/${source}`, { method: 'POST', body, headers });

describe('a message to a webhook', () => {
  it.each([
    ['application/json', '{ "a":\t1 }\r\n'],
    ['application/json', 'not json'],
    ['application/x-www-form-urlencoded', 'payload=%7B%7D'],
    ['text/plain; charset=utf-16', '\u0000\ufffd'],
    ['image/png', 'x'],
  ])('of type %s is handed over byte by byte', async (type, body) => {
    expect((await post(body, { 'content-type': type, 'X-Signature': 'AbC' })).status).toBe(202);
    expect(received).toHaveLength(1);
    expect(received[0]?.body).toEqual(Buffer.from(body));
    expect(received[0]).toMatchObject({ source: 'forum', headers: { 'x-signature': 'AbC', 'content-type': type } });
  });

  it('without a body or type is one too', async () => {
    expect((await fetch(`${url}/webhooks/a%20b`, { method: 'POST' })).status).toBe(202);
    expect(received).toMatchObject([{ source: 'a b', body: Buffer.alloc(0) }]);
  });

  it.each([
    ['refused', 401],
    ['unknown', 404],
    ['away', 503],
  ] as const)('that is %s is answered with %i', async (what, status) => {
    outcome = async () => what;
    const answer = await post('{}');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status: what });
  });

  it('of more than a megabyte is refused, of a megabyte it is not', async () => {
    expect((await post(Buffer.alloc(1024 ** 2))).status).toBe(202);
    expect((await post(Buffer.alloc(1024 ** 2 + 1))).status).toBe(413);
    expect(received).toHaveLength(1);
  });

  it('among too many at once is refused, to this source alone, until others are answered', async () => {
    const held = Promise.withResolvers<WebhookOutcome>();
    outcome = () => held.promise;
    const first = Array.from({ length: 16 }, () => post('{}'));
    await vi.waitFor(() => expect(received).toHaveLength(16));
    const flooded = await post('{}');
    expect([flooded.status, flooded.headers.get('retry-after')]).toEqual([429, '30']);
    const other = post('{}', {}, 'other');
    await vi.waitFor(() => expect(received.at(-1)?.source).toBe('other'));
    held.resolve('accepted');
    expect(new Set((await Promise.all([...first, other])).map(({ status }) => status))).toEqual(new Set([202]));
    await vi.waitFor(async () => expect((await post('{}')).status).toBe(202));
  });

  it('that its sender breaks off makes place for others', async () => {
    const { port } = new URL(url);
    for (let round = 0; round < 2; round++) {
      const sockets = await Promise.all(
        Array.from({ length: 16 }, async () => {
          const socket = connect(Number(port), '127.0.0.1');
          await once(socket, 'connect');
          socket.write('POST /webhooks/forum HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
          return socket;
        }),
      );
      await vi.waitFor(async () => expect((await post('{}')).status).toBe(429));
      for (const socket of sockets) socket.destroy();
      await vi.waitFor(async () => expect((await post('{}')).status).toBe(202));
    }
    expect(received.every(({ body }) => body.toString() === '{}')).toBe(true);
  });
});

it('the gateway answers 503 while nobody takes messages, and reads GraphQL as before', async () => {
  const company = await emptyCompany();
  try {
    const app = await company.open();
    const base = await app.http.listen({ host: '127.0.0.1', port: 0 });
    const headers = { 'content-type': 'application/json' };
    const webhook = await fetch(`${base}/webhooks/talk`, { method: 'POST', headers, body: '{' });
    expect(webhook.status).toBe(503);
    expect((await fetch(`${base}/webhooks/talk`)).status).toBe(404);
    const graphql = await fetch(`${base}/graphql`, { method: 'POST', headers, body: '{"query":"{__typename}"}' });
    expect(await graphql.json()).toEqual({ data: { __typename: 'Query' } });
  } finally {
    await company.close();
  }
});

it('a subgraph’s own server takes them too, unsigned by the gateway, and still asks for that elsewhere', async () => {
  const company = await emptyCompany();
  const log = createLog({ level: 'silent', format: 'json' });
  const executor = openSubgraph(company.config, subgraphNamed('forum'), log);
  const secret = 'a secret of at least 16 characters';
  const server = createSubgraphServer({
    name: 'forum',
    executor,
    secret,
    log,
    receive: async (source) => (source === 'talk' ? 'accepted' : 'unknown'),
  });
  try {
    const base = await server.listen({ host: '127.0.0.1', port: 0 });
    const status = async (path: string, body: string | Buffer<ArrayBuffer>): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${base}/${path}`, { method: 'POST', headers, body })).status;
    };
    expect(await status('webhooks/talk', 'not json')).toBe(202);
    expect(await status('webhooks/nothing', '{}')).toBe(404);
    expect(await status('webhooks/talk', Buffer.alloc(1024 ** 2 + 1))).toBe(413);
    expect(await status('graphql', '{"query":"{__typename}"}')).toBe(401);
  } finally {
    await server.close();
    executor.service.close();
    await company.close();
  }
});
