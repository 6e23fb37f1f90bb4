import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

const SECRET = 'a secret of at least 16 characters';
const OPERATIONS = new URL('../../schema/operations/', import.meta.url);
const log = createLog({ level: 'silent', format: 'json' });

let sample: SampleApp;
const servers = new Map<string, { http: FastifyInstance; url: string; close: () => Promise<void> }>();
let remote: App;

beforeAll(async () => {
  sample = await sampleApp();
  for (const subgraph of subgraphs) {
    const executor = openSubgraph(sample.config, subgraph, log);
    const http = createSubgraphServer({ name: subgraph.name, executor, secret: SECRET, log });
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const close = async () => {
      await http.close();
      executor.service.close();
    };
    servers.set(subgraph.name, { http, url, close });
  }
  remote = await createApp(remoteConfig({}), { log });
});
afterAll(async () => {
  await remote.close();
  for (const { close } of servers.values()) await close();
  await sample.close();
});

/** The gateway with all subgraphs elsewhere, some of them at other addresses. */
function remoteConfig(addresses: Readonly<Record<string, string>>, subgraphMs = 5_000): Config {
  const at = (name: string) => ({ url: addresses[name] ?? servers.get(name)?.url ?? '', sources: [] });
  return {
    ...sample.config,
    directory: at('directory'),
    documents: at('documents'),
    forum: at('forum'),
    subgraphSecret: SECRET,
    limits: { ...sample.config.limits, subgraph: { ...sample.config.limits.subgraph, firstByteMs: subgraphMs } },
    cache: { ...sample.config.cache, answerSeconds: 0 },
  };
}

describe('subgraphs in processes of their own', () => {
  it('answer every sample operation as those in the gateway do', async () => {
    const files = (await readdir(OPERATIONS)).filter((name) => name.endsWith('.graphql'));
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const query = await readFile(new URL(file, OPERATIONS), 'utf8');
      const variables = await readFile(new URL(file.replace('.graphql', '.variables.json'), OPERATIONS), 'utf8').then(
        (text) => JSON.parse(text) as Record<string, unknown>,
        () => ({}),
      );
      for (const viewer of [undefined, 'sanne.devries', 'noor.vandijk']) {
        const text = (answer: unknown) =>
          JSON.stringify(answer, (key, value: unknown) => (key === 'lagSeconds' ? 0 : value));
        const there = await remote.ask({ query, variables, viewer });
        expect(there.errors, file).toBeUndefined();
        expect(text(there), file).toBe(text(await sample.app.ask({ query, variables, viewer })));
      }
    }
  });
});

describe('a subgraph that misbehaves', () => {
  const QUERY = `{ topic(query: "kafka") { content(first: 1) { edges { node { title } } } conversations(first: 1) { totalCount } } }`;
  const open: Server[] = [];
  afterAll(() => {
    for (const server of open) server.close();
  });

  /** A server that answers everything in one way, or never. */
  async function serving(answer: string | undefined, type = 'application/json'): Promise<string> {
    const server = createServer((_request, response) => {
      if (answer !== undefined) response.writeHead(200, { 'content-type': type }).end(answer);
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['is not there', 'SUBGRAPH_UNAVAILABLE', () => Promise.resolve('http://127.0.0.1:1')],
    ['answers HTML', 'SUBGRAPH_BAD_RESPONSE', () => serving('<html>login</html>', 'text/html')],
    ['answers nothing of use', 'SUBGRAPH_BAD_RESPONSE', () => serving('{}')],
    ['answers null without a reason', 'SUBGRAPH_BAD_RESPONSE', () => serving('{"data":null}')],
    ['never answers', 'SUBGRAPH_TIMEOUT', () => serving(undefined)],
  ])('costs its own part of the answer: it %s', async (_what, code, address) => {
    const forum = await address();
    const app = await createApp(remoteConfig({ forum }, 300), { log });
    const answer = await app.ask({ query: QUERY });
    await app.close();
    for (const server of open.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    expect(answer.data).toMatchObject({ topic: { content: { edges: [{ node: {} }] }, conversations: null } });
    expect(answer.errors).toEqual([expect.objectContaining({ extensions: { code, subgraph: 'forum' } })]);
    expect(JSON.stringify(answer.errors)).not.toMatch(/127\.0\.0\.1|ECONN|html/);
  });
});
