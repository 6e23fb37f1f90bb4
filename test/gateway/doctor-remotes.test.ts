import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRemotes } from '../../gateway/cli/check-remotes.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

const SECRET = 'the secret of this test, present';
const BEFORE = 'the secret of this test, previous';

let company: Company;
let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  company = await smallCompany();
  const log = createLog({ level: 'silent', format: 'json' });
  const executor = openSubgraph(company.config, subgraphNamed('documents'), log);
  server = createSubgraphServer({ name: 'documents', executor, secret: SECRET, previousSecret: BEFORE, log });
  server.addHook('onClose', async () => executor.service.close());
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await company.close();
});

const check = (area: 'documents' | 'forum', at: string, subgraphSecret: string) =>
  checkRemotes({ ...company.config, [area]: { url: at, sources: [] }, subgraphSecret });

describe('the doctor on a subgraph elsewhere', () => {
  it.each([SECRET, BEFORE])('finds that it takes the secret: %s', async (secret) => {
    expect(await check('documents', url, secret)).toEqual([
      { name: 'subgraph documents', status: 'ok', detail: `${url} answers.` },
      { name: 'secret documents', status: 'ok', detail: `${url} takes what "subgraphSecret" signs.` },
    ]);
  });

  it.each([
    ['has another secret', 'documents', 'the secret of somebody else'],
    ['is another subgraph', 'forum', SECRET],
  ] as const)('finds that it %s', async (_what, area, secret) => {
    const [answers, takes] = await check(area, url, secret);
    expect(answers?.status).toBe('ok');
    expect(takes).toEqual({
      name: `secret ${area}`,
      status: 'failed',
      detail: `${url} refuses what "subgraphSecret" signs: give it the same secret there, or check that this is the subgraph ${area}.`,
    });
  });

  it.each([
    [401, 'The signature is too old', 'failed', /clocks/],
    [500, 'Oh', 'unknown', /status 500/],
  ])('says of status %s what it means', async (status, message, expected, detail) => {
    const other: Server = createServer((request, response) =>
      request.url === '/live' ? response.end('{}') : response.writeHead(status).end(message),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const [, takes] = await check('documents', `http://127.0.0.1:${(other.address() as AddressInfo).port}`, SECRET);
    other.close();
    expect(takes?.status).toBe(expected);
    expect(takes?.detail).toMatch(detail);
  });

  it('asks no more of one that is down', async () => {
    expect(await check('documents', 'http://127.0.0.1:9', SECRET)).toEqual([
      { name: 'subgraph documents', status: 'unknown', detail: 'http://127.0.0.1:9 does not answer.' },
    ]);
  });
});
