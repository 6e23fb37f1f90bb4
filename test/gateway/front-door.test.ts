import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { ConfigFile, type Config } from '../../gateway/config/schema.ts';
import { OPERATIONS_FOLDER } from '../../gateway/operations/known.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

const PORTAL = 'https://portal.kestrel.example';
const SOURCES = readFileSync(new URL('sources.graphql', OPERATIONS_FOLDER), 'utf8');
const WHO = { query: '{ viewer { groups } }' };

let sample: SampleApp;
/** As it stands before a company: nothing of development, and only what it knows. */
let strict: App;
const opened: App[] = [];

beforeAll(async () => {
  sample = await sampleApp();
  strict = await open({ development: { chooseViewer: false }, operations: 'known', cors: [PORTAL] });
});
afterAll(async () => {
  for (const app of opened) await app.close();
  await sample.close();
});

async function open(change: Partial<Config>): Promise<App> {
  const app = await createApp({ ...sample.config, ...change });
  opened.push(app);
  return app;
}

function post(app: App, payload: object, headers: Readonly<Record<string, string>> = {}) {
  return app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  });
}

function refused(code: string): object {
  return { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })] };
}

describe('what another site could have sent', () => {
  it.each([
    ['POST', 'text/plain'],
    ['POST', 'application/x-www-form-urlencoded'],
    ['POST', 'multipart/form-data; boundary=x'],
    ['POST', ' TEXT/plain;charset=utf-8'],
    ['GET', undefined],
    ['GET', 'text/plain'],
  ] as const)('is refused: %s of %s', async (method, type) => {
    const response = await sample.app.http.inject({
      method,
      url: `/graphql?query=${encodeURIComponent(WHO.query)}`,
      headers: { accept: 'application/json', ...(type && { 'content-type': type }) },
      ...(method === 'POST' && { payload: JSON.stringify(WHO) }),
    });
    expect([403, 415]).toContain(response.statusCode);
    expect(response.json()).not.toHaveProperty('data');
    expect(response.headers['content-type']).toContain('application/json');
  });

  it('is answered with the header that browsers ask about first', async () => {
    const headers = { accept: 'application/json', 'apollo-require-preflight': 'true' };
    const response = await sample.app.http.inject({ url: '/graphql?query={viewer{groups}}', headers });
    expect(response.json()).toEqual({ data: { viewer: { groups: [] } } });
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    strict.http.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  it('may ask when listed', async () => {
    const { statusCode, headers } = await preflight(PORTAL);
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': PORTAL,
      'access-control-allow-methods': 'GET, POST',
    });
    expect(headers['access-control-allow-headers']).toContain('authorization');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    const answer = await post(strict, { query: SOURCES }, { origin: PORTAL });
    expect(answer.headers['access-control-allow-origin']).toBe(PORTAL);
    expect(answer.headers['vary']).toContain('Origin');
  });

  it.each(['https://evil.example', `${PORTAL}.evil.example`, 'null', PORTAL.replace('https', 'http'), '*'])(
    'may not otherwise: %s',
    async (origin) => {
      const response = await preflight(origin);
      expect(response.statusCode).toBe(403);
      expect(response.json()).toEqual(refused('ORIGIN_REFUSED'));
      for (const { headers } of [response, await post(strict, { query: SOURCES }, { origin })]) {
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    },
  );
});

describe('headers', () => {
  it.each(['/graphql', '/nothing', '/live', '/'])('hold other pages off: %s', async (url) => {
    const { headers } = await sample.app.http.inject(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cache-control': 'no-store',
    });
  });

  it('leave the explorer its own policy', async () => {
    const { headers } = await sample.app.http.inject({ url: '/', headers: { accept: 'text/html' } });
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain("script-src 'self' 'unsafe");
  });

  it('tell caches in between what answers depend on, and to keep none that is somebody’s', async () => {
    const { headers } = await post(sample.app, { query: '{ documents(first: 1) { totalCount } }' });
    expect(headers['cache-control']).toMatch(/private/);
    const vary = String(headers['vary']).split(', ');
    expect(vary).toEqual(expect.arrayContaining(['Accept', 'Authorization', 'Origin', 'x-atrium-viewer']));
    const failed = await post(sample.app, { query: '{ nothing }' });
    expect(failed.headers['cache-control']).toBe('no-store');
  });
});

describe('what is no GraphQL over HTTP', () => {
  it.each(['PUT', 'PATCH', 'DELETE'] as const)('is refused: %s', async (method) => {
    const response = await sample.app.http.inject({ method, url: '/graphql', payload: '{' });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD, POST, OPTIONS');
    expect(response.json()).toEqual(refused('METHOD_NOT_ALLOWED'));
  });

  it('is refused: an answer in another form', async () => {
    const response = await post(sample.app, WHO, { accept: 'image/png' });
    expect(response.statusCode).toBe(406);
    expect(response.json()).toEqual(refused('NOT_ACCEPTABLE'));
  });

  it.each([
    ['a body of no JSON type', { 'content-type': 'application/xml' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a host that is none', { host: 'a b[' }, 200, undefined],
  ])('%s', async (_what, headers, status, code) => {
    const response = await post(sample.app, WHO, headers);
    expect(response.statusCode).toBe(status);
    if (code !== undefined) expect(response.json()).toEqual(refused(code));
  });

  it.each([
    { version: 1, sha256Hash: {} },
    { version: 2, sha256Hash: 'a'.repeat(64) },
    { version: 1 },
    { version: 1, sha256Hash: 'x'.repeat(64) },
    true,
    [],
  ])('is refused: the persisted query %j', async (persistedQuery) => {
    for (const payload of [{ extensions: { persistedQuery } }, { ...WHO, extensions: { persistedQuery } }]) {
      const response = await post(sample.app, payload);
      expect(response.statusCode).toBe(400);
      expect(response.json()).toEqual(refused('BAD_REQUEST'));
    }
  });
});

describe('where a document is no good', () => {
  const MISTAKES = { query: `{ viewer { ${Array.from({ length: 50 }, (_, i) => `gruops${i}`).join(' ')} } }` };

  it('at most five mistakes are told, in at most 200 characters each', async () => {
    const { errors } = (await post(sample.app, MISTAKES)).json<{ errors: { message: string }[] }>();
    expect(errors).toHaveLength(5);
    const long = await post(sample.app, { query: `{ ${'x'.repeat(1_000)} }` });
    expect(long.json<{ errors: { message: string }[] }>().errors[0]?.message.length).toBe(200);
  });

  it('names of the schema are suggested in development only', async () => {
    const queries = [
      { query: '{ viewer { gruops } }' },
      { query: 'query ($o: PersonOrder) { people(orderBy: $o) { totalCount } }', variables: { o: 'NAMEE' } },
      { query: '{ people(ordrBy: NAME) { totalCount } }' },
    ];
    const production = await open({ development: { chooseViewer: false } });
    for (const query of queries) {
      expect((await post(sample.app, query)).body).toContain('Did you mean');
      const { statusCode, body } = await post(production, query);
      expect(statusCode).toBe(400);
      expect(body).not.toMatch(/Did you mean|\\"groups\\"|\\"NAME\\"/);
    }
  });
});

describe('the schema', () => {
  const ASKED = { query: getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true }) };

  it('is told in development, or where the configuration says so', async () => {
    expect((await post(sample.app, ASKED)).json()).toHaveProperty('data.__schema');
    const told = await open({ development: { chooseViewer: false }, introspection: true });
    expect((await post(told, ASKED)).json()).toHaveProperty('data.__schema');
  });

  it.each(['{ __schema { types { name } } }', '{ ...F } fragment F on Query { a: __type(name: "Query") { name } }'])(
    'is not told otherwise: %s',
    async (query) => {
      const untold = await open({ development: { chooseViewer: false } });
      const response = await post(untold, { query });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toEqual(refused('INTROSPECTION_DISABLED'));
      expect((await post(untold, { query: '{ __typename }' })).json()).toEqual({ data: { __typename: 'Query' } });
    },
  );
});

describe('known operations', () => {
  const sha256Hash = createHash('sha256').update(SOURCES).digest('hex');
  const ways: readonly (readonly [string, object])[] = [
    ['text', { query: SOURCES }],
    ['hash', { extensions: { persistedQuery: { version: 1, sha256Hash } } }],
    ['name', { operationName: 'SourceStates' }],
  ];

  it.each(ways)('are answered by their %s, whether others are or not', async (_way, payload) => {
    for (const app of [sample.app, strict]) {
      expect((await post(app, payload)).json()).toHaveProperty('data.sources.documents');
    }
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(payload)) {
      search.set(key, typeof value === 'string' ? value : JSON.stringify(value));
    }
    const headers = { 'apollo-require-preflight': 'true' };
    const response = await strict.http.inject({ url: `/graphql?${search.toString()}`, headers });
    expect(response.json()).toHaveProperty('data.sources.documents');
  });

  it.each([
    ['another text', WHO],
    ['one character more', { query: `${SOURCES} ` }],
    [
      'another text under a known name',
      { query: 'query SourceStates { viewer { groups } }', operationName: 'SourceStates' },
    ],
    ['another name', { operationName: 'Everything' }],
    ['another hash', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
    [
      'an own hash',
      {
        ...WHO,
        extensions: {
          persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(WHO.query).digest('hex') },
        },
      },
    ],
    ['nothing', { variables: { a: 1 } }],
  ])('alone are answered where the configuration says so: %s is not', async (_what, payload) => {
    for (let time = 0; time < 2; time++) {
      const response = await post(strict, payload);
      expect(response.statusCode).toBe(403);
      expect(response.json()).toEqual(refused('OPERATION_NOT_KNOWN'));
    }
  });
});

describe('what an operation costs', () => {
  const QUERY = { query: '{ documents(first: 3) { edges { node { title } } } }' };

  it('is told on request, beside the answer', async () => {
    const { data } = (await post(sample.app, QUERY)).json<{ data: object }>();
    expect((await post(sample.app, { ...QUERY, extensions: { cost: true } })).json()).toEqual({
      data,
      // The connection, three edges and what they hold.
      extensions: { cost: { estimated: 7, limit: 100_000 } },
    });
    expect((await post(sample.app, QUERY)).json()).not.toHaveProperty('extensions');
  });

  it('is measured by a dry run, which answers nothing, whatever it costs', async () => {
    const query =
      '{ documents(first: 100) { edges { node { linkedDocuments(first: 100) { edges { node { id linkedDocuments(first: 100) { totalCount } } } } } } } }';
    const dry = await post(sample.app, { query, extensions: { dryRun: true } });
    const { data, extensions } = dry.json<{ data: null; extensions: { cost: { estimated: number; limit: number } } }>();
    expect([data, extensions.cost.limit]).toEqual([null, 100_000]);
    expect(extensions.cost.estimated).toBe(1 + 100 * 2 + 100 * (1 + 100 * 3));
    const small = { query: '{ groups(first: 2) { totalCount } }' };
    expect((await post(sample.app, { ...small, extensions: { dryRun: true } })).json()).toHaveProperty('data', null);
    expect((await post(sample.app, small)).json()).toHaveProperty('data.groups.totalCount');
  });
});

it('limits are as configured', async () => {
  const limits = ConfigFile.parse({ limits: { aliases: 1, cost: 100, pageSize: 5, depth: 3 } }).limits;
  const app = await open({ limits });
  expect((await post(app, { query: '{ viewer { a: groups b: groups } }' })).json()).toMatchObject({
    errors: [{ extensions: { code: 'TOO_MANY_ALIASES', limit: 1 } }],
  });
  expect((await post(app, { query: '{ documents(first: 6) { totalCount } }' })).json()).toMatchObject({
    errors: [{ extensions: { code: 'PAGE_SIZE', limit: 5 } }],
  });
  expect((await post(app, { query: '{ topic(query: "tls") { people { totalCount } } }' })).json()).toMatchObject({
    errors: [{ extensions: { code: 'QUERY_TOO_LARGE', limit: 100 } }],
  });
});
