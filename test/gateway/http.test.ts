import { createHash } from 'node:crypto';
import { auditServer } from 'graphql-http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../gateway/app.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => sample.close());

const JSON_BODY = { 'content-type': 'application/json' };

function post(payload: string | object, headers: Readonly<Record<string, string>> = JSON_BODY) {
  return sample.app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

function codes(body: { errors?: { extensions: { code: string } }[] }): string[] {
  return (body.errors ?? []).map(({ extensions }) => extensions.code);
}

describe('GraphQL over HTTP', () => {
  it('answers POST and GET', async () => {
    expect((await post({ query: '{ documents { totalCount } }' })).json()).toMatchObject({ data: { documents: {} } });
    const get = await sample.app.http.inject({
      url: `/graphql?query=${encodeURIComponent('{ viewer { groups } }')}`,
      headers: { accept: 'application/json', 'apollo-require-preflight': 'true' },
    });
    expect(get.json()).toEqual({ data: { viewer: { groups: [] } } });
  });

  it('passes the audits of GraphQL over HTTP', async () => {
    const url = await sample.app.http.listen({ host: '127.0.0.1', port: 0 });
    const results = await auditServer({
      url: `${url}/graphql`,
      fetchFn: (input: string, init: RequestInit = {}) =>
        fetch(input, { ...init, headers: { ...(init.headers as object), 'apollo-require-preflight': 'true' } }),
    });
    // What it must, should and may do.
    expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([]);
    expect(results.length).toBe(61);
  });

  it('remembers a persisted query by its hash', async () => {
    const query = '{ groups(first: 1) { totalCount } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    expect(codes((await post({ extensions })).json())).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await post({ query, extensions })).json()).toMatchObject({ data: { groups: {} } });
    expect((await post({ extensions })).json()).toMatchObject({ data: { groups: {} } });
  });

  it.each([
    ['what is no JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['what is no GraphQL', { query: '{ topic(' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['what is not in the schema', { query: '{ secrets }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['hidden parts of the schema', { query: '{ viewerOf(person: "x") { groups } }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an unknown operation',
      { query: 'query A { viewer { groups } }', operationName: 'B' },
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['a body that is too large', { query: `{ viewer { groups } } #${'x'.repeat(300_000)}` }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_what, payload, status, code) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(status);
    expect(codes(response.json())).toEqual([code]);
    expect(response.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
  });

  it('refuses a form that another site could send (CSRF)', async () => {
    const response = await post('{"query":"{viewer{groups}}"}', { 'content-type': 'text/plain' });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.json()).not.toHaveProperty('data');
  });

  it.each(['PUT', 'PATCH', 'DELETE'] as const)('takes no %s', async (method) => {
    const payload = '{ not even JSON';
    const response = await sample.app.http.inject({ method, url: '/graphql', payload });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD, POST, OPTIONS');
    expect(response.headers['content-type']).toContain('application/json');
    expect(codes(response.json())).toEqual(['METHOD_NOT_ALLOWED']);
  });

  it('says what is not served', async () => {
    const response = await sample.app.http.inject('/nothing/here');
    expect(response.statusCode).toBe(404);
    expect(codes(response.json())).toEqual(['NOT_FOUND']);
  });

  it('gives private answers to nobody else', async () => {
    const { headers } = await post({ query: '{ documents(first: 1) { edges { node { title } } } }' });
    expect(headers['cache-control']).toContain('private');
  });

  it('names every request', async () => {
    const own = await post({ query: '{ viewer { groups } }' });
    expect(own.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    const given = await post({ query: '{ viewer { groups } }' }, { ...JSON_BODY, 'x-request-id': 'portal-4711-abc' });
    expect(given.headers['x-request-id']).toBe('portal-4711-abc');
    const odd = await post({ query: '{ viewer { groups } }' }, { ...JSON_BODY, 'x-request-id': 'a b\tc' });
    expect(odd.headers['x-request-id']).not.toContain(' ');
  });
});

describe('a fault of ours', () => {
  it('is one sentence to the client, and the cause to the log', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const all = Reflect.get(Database.prototype, 'all');
    vi.spyOn(Database.prototype, 'all').mockImplementation(function fail(this: Database, sql, ...values) {
      if (sql.includes('i.space')) throw new Error('disk /var/lib/secret on fire');
      return all.call(this, sql, ...values);
    });
    const response = await post({ query: '{ documents(first: 2) { edges { node { title } } } viewer { groups } }' });
    const body = response.json<{ errors: { message: string; extensions: object }[] }>();
    expect(codes(body as never)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(response.body).not.toMatch(/disk|secret|SELECT|node_modules|stack/);
    expect(response.headers['x-request-id']).toBeTypeOf('string');
  });
});

describe('who asks', () => {
  const WHO = { query: '{ viewer { person { name } groups isOperator } }' };

  it('is nobody without a name', async () => {
    expect((await post(WHO)).json()).toEqual({ data: { viewer: { person: null, groups: [], isOperator: false } } });
  });

  it('is a person by user name, mail address or id', async () => {
    const byName = (await post(WHO, { ...JSON_BODY, 'x-atrium-viewer': 'noor.vandijk' })).json<{ data: object }>();
    expect(byName).toMatchObject({ data: { viewer: { isOperator: true } } });
    const { person } = await sample.ask<{ person: { id: string; mail: string } }>({
      query: '{ person(id: "noor.vandijk") { id mail } }',
    });
    for (const name of [person.id, person.mail, person.mail.toUpperCase()]) {
      expect((await post(WHO, { ...JSON_BODY, 'x-atrium-viewer': name })).json()).toEqual(byName);
    }
  });

  it.each(['nobody.known', 'viktor.lindqvist'])('is refused as %s: unknown, or gone', async (name) => {
    const response = await post(WHO, { ...JSON_BODY, 'x-atrium-viewer': name });
    expect(response.statusCode).toBe(401);
    expect(codes(response.json())).toEqual(['UNAUTHENTICATED']);
  });

  it('cannot be chosen where development is off', async () => {
    const app = await createApp({ ...sample.config, development: { chooseViewer: false } });
    const response = await app.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...JSON_BODY, 'x-atrium-viewer': 'noor.vandijk' },
      payload: JSON.stringify(WHO),
    });
    await app.close();
    expect(response.json()).toMatchObject({ data: { viewer: { person: null } } });
  });
});

describe('health', () => {
  it('is live, and ready once every source has something to answer with', async () => {
    expect((await sample.app.http.inject('/live')).statusCode).toBe(200);
    expect((await sample.app.http.inject('/ready')).json()).toEqual({ status: 'ready', cache: 'reachable' });
  });
});

describe('the explorer', () => {
  it('is what a browser gets at the GraphQL address', async () => {
    const accept = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
    const response = await sample.app.http.inject({ url: '/graphql', headers: { accept } });
    expect(response.headers['content-type']).toContain('text/html');
    expect(response.body).toContain('TopicOverview');
  });
});
