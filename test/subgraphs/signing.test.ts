import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { Nonces } from '../../subgraphs/kit/signing/nonces.ts';
import { SIGNATURE_HEADER } from '../../subgraphs/kit/signing/signature.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { smallCompany, type Company } from '../helpers/company.ts';
import { send, signed, type SignedFetch } from '../helpers/signed.ts';

const SECRET = 'the secret of this test, present';
const BEFORE = 'the secret of this test, previous';
const QUERY = '{ documents { totalCount } }';

let company: Company;
let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
  const log = createLog({ level: 'silent', format: 'json' });
  const executor = openSubgraph(company.config, subgraphNamed('documents'), log);
  server = createSubgraphServer({
    name: 'documents',
    executor,
    secret: SECRET,
    previousSecret: BEFORE,
    log,
    identities: () => ({}),
  });
  server.addHook('onClose', async () => executor.service.close());
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await company.close();
});

/** A good request, or one that is good but for what is said. */
function request(but: Partial<Parameters<typeof signed>[0]> = {}): SignedFetch {
  return signed({ subgraph: 'documents', secret: SECRET, query: QUERY, ...but });
}

const LEGAL = { ...NOBODY, groups: ['legal'] };

/** The parts of a request's signature, to be changed. */
function changed(good: SignedFetch, change: (parts: string[]) => string[]): SignedFetch {
  const header = change((good.headers[SIGNATURE_HEADER] ?? '').split('.')).join('.');
  return { ...good, headers: { ...good.headers, [SIGNATURE_HEADER]: header } };
}

const withPart = (index: number, value: string) =>
  changed(request(), (parts) => parts.map((part, i) => (i === index ? value : part)));
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a subgraph answers', () => {
  it.each([
    ['a signed request', () => ({})],
    ['one signed with the secret before, while it is being changed', () => ({ secret: BEFORE })],
    ['one from a clock 15 s behind', () => ({ now: Date.now() - 15_000 })],
    ['one from a clock 15 s ahead', () => ({ now: Date.now() + 15_000 })],
  ])('%s', async (_what, but) => {
    const response = await send(url, request(but()));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { documents: { totalCount: 3 } } });
  });

  it('in the name of the viewer who was signed, with however many groups', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `department-${i}`);
    for (const groups of [['legal'], [...many, 'legal']]) {
      const response = await send(url, request({ viewer: { ...NOBODY, groups } }));
      expect(await response.json()).toEqual({ data: { documents: { totalCount: 4 } } });
    }
  });
});

describe('a subgraph refuses with 401', () => {
  it.each<[string, () => SignedFetch]>([
    ['what is not signed', () => ({ ...request(), headers: { 'content-type': 'application/json' } })],
    ['an empty signature', () => changed(request(), () => [])],
    ['a signature of another form', () => withPart(0, 'v2')],
    ['more parts than there are', () => changed(request(), (parts) => ['v1', ...parts])],
    ['no MAC', () => withPart(5, '')],
    ['a MAC of zeros', () => withPart(5, Buffer.alloc(32).toString('base64url'))],
    ['half a MAC', () => changed(request(), (parts) => [...parts.slice(0, 5), (parts[5] ?? '').slice(0, 20)])],
    ['a secret that is another', () => request({ secret: 'the secret of this test, another' })],
    ['an empty secret', () => request({ secret: '' })],
    ['another time', () => withPart(1, String(Date.now() + 1))],
    ['another nonce', () => withPart(2, 'AAAAAAAAAAAAAAAAAAAAAA')],
    ['another viewer', () => withPart(4, encoded(LEGAL))],
    ['an operator', () => withPart(4, encoded({ ...NOBODY, operator: true }))],
    ['a body that is one byte different', () => ({ ...request(), body: JSON.stringify({ query: `${QUERY} ` }) })],
    ['a body that is gone', () => ({ ...request(), body: '' })],
    ['a digest that fits another body', () => withPart(3, 'x'.repeat(43))],
    ['another path', () => ({ ...request(), path: '/graphql?a=b' })],
    [
      'another method',
      () => ({ ...signed({ subgraph: 'documents', secret: SECRET, path: '/identities' }), method: 'HEAD' }),
    ],
    ['another request id', () => ({ ...request(), headers: { ...request().headers, 'x-request-id': 'another' } })],
    ["another subgraph's", () => request({ subgraph: 'forum' })],
    ['one from 31 s ago', () => request({ now: Date.now() - 31_000 })],
    ['one from 45 s ahead', () => request({ now: Date.now() + 45_000 })],
    ['a time that is none', () => request({ now: Number.NaN })],
    ['a viewer with more than a viewer has', () => request({ viewer: { ...NOBODY, admin: true } as never })],
    ['a viewer with less', () => request({ viewer: { person: null, groups: [] } as never })],
  ])('%s', async (_what, make) => {
    const response = await send(url, make());
    const text = await response.text();
    expect(response.status, text).toBe(401);
    expect(text).not.toContain('documents"');
    expect(text).not.toContain(SECRET);
  });

  it('the same a second time', async () => {
    const one = request();
    expect((await send(url, one)).status).toBe(200);
    expect((await send(url, one)).status).toBe(401);
  });

  it('the same at the same time: one is answered', async () => {
    const one = request();
    const responses = await Promise.all(Array.from({ length: 20 }, () => send(url, one)));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  it('before a body is read', async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }),
      duplex: 'half',
    });
    expect(response.status).toBe(401);
  });
});

describe('nonces', () => {
  it('are remembered for the time, and not for ever', () => {
    const nonces = new Nonces(60_000, 10);
    expect(nonces.take('a', 1_000_000)).toBe('new');
    expect(nonces.take('a', 1_000_000)).toBe('seen');
    expect(nonces.take('b', 1_059_999)).toBe('new');
    expect(nonces.take('b', 1_119_998)).toBe('seen');
    expect(nonces.take('a', 1_060_000)).toBe('seen');
    expect(nonces.take('b', 1_240_000)).toBe('new');
  });

  it('are refused rather than forgotten when there are too many', () => {
    const nonces = new Nonces(60_000, 2);
    expect(['a', 'b', 'c', 'a'].map((nonce) => nonces.take(nonce, 5_000_000))).toEqual(['new', 'new', 'full', 'seen']);
    expect(nonces.take('c', 5_060_000)).toBe('new');
  });
});
