import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { composeServices } from '@apollo/composition';
import { OperationTypeNode, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { bareConfig } from '../../gateway/config/load.ts';
import { ConfigFile } from '../../gateway/config/schema.ts';
import { startClock } from '../../gateway/execution/clock.ts';
import { SubgraphClients } from '../../gateway/execution/subgraphs/clients.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { SIGNATURE_HEADER } from '../../subgraphs/kit/signing/signature.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { smallCompany } from '../helpers/company.ts';

const log = createLog({ level: 'silent', format: 'json' });

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a subgraph of somebody else', () => {
  let folder: string;
  let foreign: Server;
  let app: App;
  /** What it was sent, call by call. */
  let seen: IncomingHttpHeaders[];
  /** Keeps its answers back until so many calls are waiting. */
  let atOnce: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atrium-headers-'));
    const waiting: (() => void)[] = [];
    foreign = createServer((request, response) => {
      seen.push(request.headers);
      request.resume();
      waiting.push(() =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ data: { greeting: `hello, ${request.headers['accept-language'] ?? 'nobody'}` } })),
      );
      if (waiting.length >= atOnce) for (const answer of waiting.splice(0)) answer();
    });
    const url = await listen(foreign);
    const typeDefs = parse('type Query { greeting: String }');
    const { supergraphSdl = '' } = composeServices([{ name: 'greeter', typeDefs, url }]);
    await writeFile(join(folder, 'supergraph.graphql'), supergraphSdl);
    const bare = bareConfig(folder);
    app = await createApp(
      {
        ...bare,
        supergraph: {
          file: join(folder, 'supergraph.graphql'),
          addresses: {},
          // The configuration refuses the second: it is here to see that the front door has dropped it before.
          forwardHeaders: ['accept-language', 'x-atrium-viewer'],
        },
        cache: { ...bare.cache, answerSeconds: 60 },
      },
      { log },
    );
  });
  beforeEach(() => {
    seen = [];
    atOnce = 1;
  });
  afterAll(async () => {
    await app.close();
    foreign.close();
    await rm(folder, { recursive: true });
  });

  async function ask(name: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const payload = { query: `query ${name} { greeting }` };
    return (await app.http.inject({ method: 'POST', url: '/graphql', headers, payload })).json();
  }

  const greeting = (text: string) => ({ data: { greeting: text } });

  it('is sent the headers on the list, and no others', async () => {
    const answer = await ask('List', {
      'accept-language': 'sv',
      cookie: 'session=of-a-client',
      'x-custom': 'of-a-client',
      'x-forwarded-for': '192.0.2.1',
      'x-atrium-viewer': 'ada',
      [SIGNATURE_HEADER]: 'v1.of-a-client',
      'x-atrium-time-left-ms': '1',
    });
    expect(answer).toEqual(greeting('hello, sv'));
    expect(seen).toHaveLength(1);
    expect(seen[0]?.['accept-language']).toBe('sv');
    const { 'x-request-id': ours, ...others } = seen[0] ?? {};
    expect(ours).toBeDefined();
    expect(JSON.stringify(others)).not.toMatch(/of-a-client|192\.0\.2\.1|ada|signature/);
    expect(Number(seen[0]?.['x-atrium-time-left-ms'])).toBeGreaterThan(1);
  });

  it('answers each by what was passed on: nothing is shared between those who sent something else', async () => {
    atOnce = 2;
    const languages = ['de', 'fr'];
    const both = () => Promise.all(languages.map((language) => ask('Shared', { 'accept-language': language })));
    // Joined while under way …
    expect(await both()).toEqual([greeting('hello, de'), greeting('hello, fr')]);
    expect(seen).toHaveLength(2);
    // … or remembered when answered.
    expect(await both()).toEqual([greeting('hello, de'), greeting('hello, fr')]);
    expect(seen).toHaveLength(2);
    expect(await Promise.all(['x', 'y'].map((name) => ask(name)))).toEqual(Array(2).fill(greeting('hello, nobody')));
  });

  it.each(['x-atrium-viewer', 'host', 'content-length', 'connection', 'Accept-Language', 'a b', 'x-request-id'])(
    'can be passed no %s',
    (name) => {
      expect(ConfigFile.safeParse({ supergraph: { forwardHeaders: [name] } }).success).toBe(false);
    },
  );
});

describe('a subgraph of ours', () => {
  const SECRET = 'a secret of at least 16 characters';
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  it('is asked again with a signature of its own: the first one may have arrived', async () => {
    const company = await smallCompany();
    ends.push(() => company.close());
    await company.sync();
    const executor = openSubgraph(company.config, subgraphNamed('documents'), log);
    const server = createSubgraphServer({ name: 'documents', executor, secret: SECRET, log });
    ends.push(
      () => executor.service.close(),
      () => server.close(),
    );
    const signatures: unknown[] = [];
    // Loses the first answer on its way back.
    const lossy = createServer((request, response) => {
      const { headers } = request;
      signatures.push(headers[SIGNATURE_HEADER]);
      const isFirst = signatures.length === 1;
      const pass = async () => {
        const answer = await server.inject({
          method: 'POST',
          url: '/graphql',
          headers,
          payload: await buffer(request),
        });
        expect(answer.statusCode).toBe(200);
        if (isFirst) response.destroy();
        else response.writeHead(200, { 'content-type': 'application/json' }).end(answer.body);
      };
      void pass();
    });
    const url = await listen(lossy);
    const clients = new SubgraphClients({
      local: new Map(),
      remote: new Map([['documents', url]]),
      addresses: {},
      secret: SECRET,
      limits: ConfigFile.parse({}).limits.subgraph,
      limitsOf: {},
    });
    ends.push(
      () => lossy.close(),
      () => clients.close(),
    );
    const ask = clients
      .get('documents')
      .prepare({ query: '{ documents { totalCount } }', operationName: undefined, kind: OperationTypeNode.QUERY });
    const clock = startClock(new AbortController().signal, 10_000);
    ends.push(() => clock.stop());
    expect(await ask({}, { context: undefined, ...clock })).toMatchObject({ data: { documents: { totalCount: 3 } } });
    expect(signatures).toHaveLength(2);
    expect(new Set(signatures).size).toBe(2);
  });
});
