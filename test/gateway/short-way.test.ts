import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AppDeps } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { ApiTokens } from '../../gateway/identity/api-tokens.ts';
import { OPERATIONS_FOLDER } from '../../gateway/operations/known.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { smallCompany, type Company } from '../helpers/company.ts';
import { FrontedCompany, type Fronted } from '../helpers/misbehaving.ts';
import { answerOf, countShort, expectSame, type Ask, type TwoWays } from '../helpers/two-ways.ts';

let company: Company;
let tokens: ApiTokens;

beforeAll(async () => {
  // Nothing remembered grows old while the tests run.
  company = await smallCompany({ development: {}, cache: { answerSeconds: 3_600 } });
  await company.sync();
  tokens = new ApiTokens(company.config.data);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});
afterAll(async () => {
  tokens.close();
  await company.close();
});

async function openBoth(change: Partial<Config> = {}, deps: AppDeps = {}): Promise<TwoWays> {
  return { long: await company.open(change, { ...deps, hasShortWay: false }), short: await company.open(change, deps) };
}

let made = 0;

/** Headers of a service with these scopes. */
function withScopes(...scopes: string[]): Record<string, string> {
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + 600_000);
  const token = tokens.create({ name: `t${++made}`, scopes, groups: [], persons: [], createdAt, expiresAt }) ?? '';
  return { authorization: `Bearer ${token}` };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const query = (text: string, more: object = {}): Ask => ({ body: { query: text, ...more } });
const persisted = (text: string, hash = sha256(text), given = {}): Ask => ({
  body: { ...given, extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
});

const ONE = '{ documents(first: 1) { totalCount edges { node { title } } } }';
const PEOPLE =
  'query People($first: Int = 2, $no: Boolean = false) { people(first: $first) { totalCount @skip(if: $no) } }';
const TWO = 'query A { viewer { groups } } query B { documents { totalCount } }';
const MAIL = '{ person(id: "ada") { name mail } }';
const TOPIC = '{ topic(query: "certificates") { people { edges { node { name } score } } content { totalCount } } }';

/** Requests whose answers come by the short way once they are known. */
const SHORT: readonly (readonly [string, Ask])[] = [
  ['nothing but a type', query('{ __typename }')],
  ['one field', query(ONE)],
  ['several subgraphs', query(TOPIC)],
  ['other names', query('{ a: viewer { x: groups } b: __typename __proto__: __typename }')],
  ['fragments', query('query { viewer { ...F } } fragment F on Viewer { groups isOperator }')],
  ['the schema', query('{ __schema { queryType { name } } __type(name: "Person") { name kind } }')],
  ['what is not there', query('{ person(id: "nobody") { name } document(id: "?") { title } }')],
  ['a field without its scope', query(MAIL)],
  ['a report without its scope', query('{ removedPeople { totalCount } viewer { groups } }')],
  ['what a subgraph finds wrong', query('{ documents(after: "no cursor") { totalCount } viewer { groups } }')],
  ['defaults of variables', query(PEOPLE)],
  ['variables', query(PEOPLE, { variables: { first: 1, no: true } })],
  ['variables nobody knows', query(PEOPLE, { variables: { first: 1, other: { a: [null, 1e300] } } })],
  ['variables that are null', query(PEOPLE, { variables: null, operationName: null, extensions: null })],
  ['the one operation by its name', query(PEOPLE, { operationName: 'People' })],
  ['the first operation of two', query(TWO, { operationName: 'A' })],
  ['the second operation of two', query(TWO, { operationName: 'B' })],
  ['empty extensions', query(ONE, { extensions: {} })],
  ['more than is known', query(ONE, { id: 7, doc: 'x' })],
  ['a known operation by its name', { body: { operationName: 'Unanswered' } }],
  ['not-ASCII', query('{ topic(query: "Zertifikate 🦜 \\u00e9") { label } }')],
  ['as JSON', { ...query(ONE), headers: { accept: 'application/json' } }],
  ['as a GraphQL response', { ...query(ONE), headers: { accept: 'application/graphql-response+json' } }],
  ['as anything', { ...query(ONE), headers: { accept: '*/*' } }],
  [
    'by weights',
    { ...query(ONE), headers: { accept: 'application/json;q=0.5, application/graphql-response+json;q=0.9' } },
  ],
  ['as nothing in particular', { ...query(ONE), headers: { accept: '' } }],
  ['with a charset', { ...query(ONE), headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ['from another page', { ...query(ONE), headers: { origin: 'https://portal.example' } }],
  ['compressed', { ...query(ONE), headers: { 'accept-encoding': 'gzip' } }],
  ['with parameters in the address', { ...query(ONE), url: '/graphql?query=%7Bx%7D&extensions=1' }],
];

/** Requests that the server answers each time. */
const LONG: readonly (readonly [string, Ask])[] = [
  [
    'GET',
    { method: 'GET', url: `/graphql?query=${encodeURIComponent(ONE)}`, headers: { 'apollo-require-preflight': '1' } },
  ],
  ['GET without a preflight', { method: 'GET', url: `/graphql?query=${encodeURIComponent(ONE)}` }],
  ['PUT', { ...query(ONE), method: 'PUT', headers: { 'content-type': 'application/json' } }],
  ['a form', { ...query(ONE), headers: { 'content-type': 'text/plain' } }],
  ['no JSON', { body: '{"query": ' }],
  ['a list', { body: [{ query: ONE }] }],
  ['nothing', { body: {} }],
  ['no text', { body: { query: 7 } }],
  ['no GraphQL', query('{ topic(')],
  ['an unknown field', query('{ secrets }')],
  ['an unknown argument', query('{ documents(last: 1) { totalCount } }')],
  ['none of two operations', query(TWO)],
  ['an operation that is not there', query(TWO, { operationName: 'C' })],
  ['an operation without a name', query(ONE, { operationName: '' })],
  ['an operation whose name is no text', query(ONE, { operationName: 7 })],
  ['variables that are text', query(PEOPLE, { variables: '{}' })],
  ['variables that are a list', query(PEOPLE, { variables: [] })],
  ['variables that do not fit', query(PEOPLE, { variables: { first: 'x' } })],
  ['a number that is none', { body: `{"query": ${JSON.stringify(PEOPLE)}, "variables": {"first": 1e999}}` }],
  ['a page nobody gets', query(PEOPLE, { variables: { first: 0 } })],
  ['a page that is too large', query(PEOPLE, { variables: { first: 100_000 } })],
  ['extensions that are text', query(ONE, { extensions: 'x' })],
  ['the cost', query(ONE, { extensions: { cost: true } })],
  ['only the cost', query(ONE, { extensions: { dryRun: true } })],
  ['a persisted query with its text', persisted(ONE, undefined, { query: ONE })],
  ['a persisted query', persisted(ONE)],
  ['a persisted query of another text', persisted(ONE, sha256('x'), { query: ONE })],
  ['a persisted query nobody knows', persisted('{ a }')],
  ['a persisted query that is none', persisted('{ a }', 'x')],
  ['what cannot be had as JSON', { ...query(ONE), headers: { accept: 'image/png' } }],
  ['what can be had as JSON, if at all, at 0', { ...query(ONE), headers: { accept: 'application/json;q=0' } }],
  ['a mutation', query('mutation { x }')],
  ['a subscription', query('subscription { x }')],
  ['who is not known', { ...query(ONE), headers: { authorization: 'Bearer atrium_nobody' } }],
  ['a token that is none', { ...query(ONE), headers: { authorization: 'Basic x' } }],
  ['a token in the address', { ...query(ONE), url: '/graphql?access_token=x' }],
];

describe.each([
  ['remembered', 3_600],
  ['not remembered', 0],
])('answers that are %s', (_how, answerSeconds) => {
  let both: TwoWays;
  beforeAll(async () => {
    const cache = { ...company.config.cache, answerSeconds };
    both = await openBoth({ cors: ['https://portal.example'], introspection: true, cache });
    await expectSame(both, query(ONE), 1);
  });

  it.each(SHORT)('are the same by the short way: %s', async (_what, ask) => {
    await expectSame(both, ask, 1);
    const count = countShort();
    await expectSame(both, ask, 2);
    expect(count()).toBe(2);
  });

  it.each(LONG)('and what goes there is answered by the server: %s', async (_what, ask) => {
    const count = countShort();
    await expectSame(both, ask);
    expect(count()).toBe(0);
  });

  it('and each viewer gets their own', async () => {
    const [contact, reports] = [withScopes('people:contact'), withScopes('reports:read')];
    const asks = [contact, reports, {}].map((headers) => ({ ...query(MAIL), headers }));
    for (const ask of asks) await expectSame(both, ask, 1);
    const count = countShort();
    for (const ask of [...asks, ...asks]) await expectSame(both, ask, 1);
    expect(count()).toBe(6);
    const [mail, ...none] = await Promise.all(asks.map((ask) => answerOf(both.short, ask)));
    expect(mail?.payload).toContain('ada@x.example');
    for (const { payload } of none) expect(payload).not.toContain('ada@x.example');
  });

  it('and a token that was revoked is refused', async () => {
    const headers = withScopes('people:contact');
    await expectSame(both, { ...query(MAIL), headers });
    tokens.revoke(`t${made}`);
    await expectSame(both, { ...query(MAIL), headers });
    expect((await answerOf(both.short, { ...query(MAIL), headers })).statusCode).toBe(401);
  });

  it('and a fault of ours is told in the same words', async () => {
    const all = Reflect.get(Database.prototype, 'all');
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(Database.prototype, 'all').mockImplementation(function fail(this: Database, sql, ...values) {
      if (sql.includes('i.space')) throw new Error('disk on fire');
      return all.call(this, sql, ...values);
    });
    const ask = query('{ documents(first: 2) { edges { node { title } } } viewer { groups } }');
    await expectSame(both, ask, 1);
    const count = countShort();
    await expectSame(both, ask, 2);
    expect(count()).toBe(2);
    expect((await answerOf(both.short, ask)).payload).toContain('INTERNAL_SERVER_ERROR');
  });
});

it('a failure of the short way itself is left to the server', async () => {
  const lines: string[] = [];
  const both = await openBoth(
    {},
    { log: pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }) },
  );
  await expectSame(both, query(ONE), 2);
  const { Account } = await import('../../gateway/observe/account.ts');
  vi.spyOn(Account.prototype, 'give').mockImplementationOnce(() => {
    throw new Error('out of order');
  });
  const { statusCode } = await answerOf(both.short, query(ONE));
  expect(statusCode).toBe(200);
  expect(lines.join('')).toContain('out of order');
});

describe('what is asked is counted and refused as by the server', () => {
  it('requests of a viewer', async () => {
    const limits = { ...company.config.limits, requestsPerViewer: 4 };
    const both = await openBoth({ limits });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const ask = { ...query(ONE), headers: withScopes() };
    await expectSame(both, ask, 6);
    expect((await answerOf(both.short, ask)).statusCode).toBe(429);
  });

  it('requests of an address', async () => {
    const both = await openBoth({ limits: { ...company.config.limits, requestsPerAddress: 4 } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await expectSame(both, query(ONE), 6);
  });

  it('cost, by variables', async () => {
    const both = await openBoth({ limits: { ...company.config.limits, cost: 20 } });
    const pages = 'query ($n: Int) { documents(first: $n) { edges { node { title } } } }';
    await expectSame(both, query(pages, { variables: { n: 2 } }));
    await expectSame(both, query(pages, { variables: { n: 50 } }));
    expect((await answerOf(both.short, query(pages, { variables: { n: 50 } }))).payload).toContain('QUERY_TOO_LARGE');
    const count = countShort();
    await expectSame(both, query(pages, { variables: { n: 3 } }), 1);
    expect(count()).toBe(1);
  });

  it('introspection, where it is off', async () => {
    const both = await openBoth({ introspection: false });
    await expectSame(both, query('{ __schema { queryType { name } } }'));
  });
});

describe('where known operations alone are answered', () => {
  it('no other is, whatever was asked within the process', async () => {
    const both = await openBoth({ operations: 'known' });
    for (const app of [both.long, both.short]) {
      const { errors } = await app.ask({ query: ONE });
      expect(errors).toBeUndefined();
    }
    const count = countShort();
    await expectSame(both, query(ONE));
    expect(count()).toBe(0);
  });

  it('those are, by name, by hash and by text', async () => {
    const both = await openBoth({ operations: 'known' });
    const text = await readFile(new URL('unanswered.graphql', OPERATIONS_FOLDER), 'utf8');
    const asks = [{ body: { operationName: 'Unanswered' } }, persisted(text), query(text)];
    for (const ask of asks) await expectSame(both, ask, 2);
    const count = countShort();
    for (const ask of asks) await expectSame(both, ask, 1);
    expect(count()).toBe(3);
    await expectSame(both, persisted(text, sha256(text).toUpperCase()));
    await expectSame(both, { body: { operationName: 'Nothing' } });
    expect(count()).toBe(3);
  });
});

it('@apollo/gateway’s own execution has no short way', async () => {
  const count = countShort();
  const app = await company.open({ execution: 'apollo' });
  for (let time = 0; time < 3; time++) await answerOf(app, query(ONE));
  expect(count()).toBe(0);
});

it('leaves the same traces: audit log, metrics, log of what is slow', async () => {
  const seen = [true, false].map(async (hasShortWay) => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
    const file = join(company.folder, `audit-${hasShortWay}.log`);
    const limits = { ...company.config.limits, slowMs: 0 };
    const app = await company.open({ audit: { file }, limits }, { log, hasShortWay });
    for (const ask of [query(ONE), query(PEOPLE, { variables: { first: 1 } }), query(MAIL), query('{ secrets }')]) {
      for (let time = 0; time < 3; time++) await answerOf(app, ask);
    }
    while ((await readFile(file, 'utf8')).split('\n').length < 13) await wait(5);
    const audit = (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ ...(JSON.parse(line) as object), time: 0, requestId: '', ms: 0 }));
    const slow = lines.map(({ msg, operation, errors }) => ({ msg, operation, errors }));
    const metrics = (await app.http.inject('/metrics')).body
      .split('\n')
      .filter((line) => /^atrium_(operations|errors|answer_cache|fetch_seconds_count|plan_seconds_count)/.test(line));
    return { audit, slow, metrics };
  });
  const count = countShort();
  const [short, long] = await Promise.all(seen);
  expect(count()).toBeGreaterThan(0);
  expect(short).toEqual(long);
  expect(short?.audit).toHaveLength(12);
  expect(short?.slow.length).toBeGreaterThanOrEqual(12);
});

describe('subgraphs that do not answer', () => {
  let fronted: FrontedCompany;
  beforeAll(async () => {
    fronted = await FrontedCompany.open();
  });
  afterAll(() => fronted.close());

  /** Two gateways that have asked once, when all was well, with the forum as told since then. */
  async function openAfter(misbehave: (gateway: Fronted) => Promise<unknown> | void, cacheControl = 'no-cache') {
    const open = async (hasShortWay: boolean) => {
      const limits = { retryPercent: 0, circuitCalls: 1_000 };
      const cache = { ...fronted.company.config.cache, answerSeconds: 3_600 };
      const gateway = await fronted.gateway(limits, 60_000, { cache }, { hasShortWay });
      gateway.fronts.forum.answerWith(async (reply, truth) => {
        reply.writeHead(200, { 'content-type': 'application/json', 'cache-control': cacheControl }).end(await truth());
      });
      return gateway;
    };
    const [long, short] = [await open(false), await open(true)];
    return {
      both: { long: long.app, short: short.app },
      misbehave: async () => {
        await misbehave(long);
        await misbehave(short);
      },
    };
  }

  const FORUM = query('query ($n: Int) { conversations(first: $n) { totalCount } viewer { groups } }');
  const other = { body: { ...(FORUM.body as object), variables: { n: 3 } } };

  it('are told of in the same words', async () => {
    const { both, misbehave } = await openAfter(({ fronts }) => fronts.forum.misbehave('answers 500'));
    await expectSame(both, FORUM);
    await misbehave();
    const count = countShort();
    await expectSame(both, other);
    expect(count()).toBe(3);
    expect((await answerOf(both.short, other)).payload).toContain('"errors"');
    // What was remembered is still there.
    await expectSame(both, FORUM);
  });

  it('leave old answers that say so, and are never remembered', async () => {
    const { both, misbehave } = await openAfter(
      ({ fronts }) => fronts.forum.misbehave('answers 500'),
      'public, max-age=60',
    );
    await expectSame(both, { body: { query: '{ conversations { totalCount } }' } }, 1);
    await misbehave();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
    const stale = async (app: TwoWays['long']) => {
      const answer = await answerOf(app, { body: { query: 'query Q { conversations { totalCount } }' } });
      return { ...answer, payload: answer.payload.replace(/"asOf":"[^"]*"/, '"asOf":""') };
    };
    const count = countShort();
    for (let time = 0; time < 3; time++) {
      const answers = [await stale(both.short), await stale(both.long)];
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.isRemembered).toBe(false);
    }
    expect(count()).toBe(2);
  });
});

it('null as a whole is the same', async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"must":null}}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { supergraphSdl = '' } = composeServices([
    { name: 'strict', typeDefs: parse('type Query { must: Int! }'), url },
  ]);
  const file = join(company.folder, 'strict.graphql');
  await writeFile(file, supergraphSdl);
  const both = await openBoth({ supergraph: { file, addresses: {}, forwardHeaders: [] } });
  await expectSame(both, query('{ must }'), 1);
  const count = countShort();
  await expectSame(both, query('{ must }'), 2);
  expect(count()).toBe(2);
  expect((await answerOf(both.short, query('{ must }'))).payload).toContain('"data":null');
  server.close();
});

describe('a schema that takes the place of another', () => {
  const OURS = new URL('../../schema/supergraph.graphql', import.meta.url);
  const DESCRIPTION = query('{ __type(name: "Document") { description } }');
  let fronted: FrontedCompany;
  beforeAll(async () => {
    fronted = await FrontedCompany.open();
  });
  afterAll(() => fronted.close());

  async function open() {
    const text = await readFile(OURS, 'utf8');
    const file = join(fronted.company.folder, `supergraph-${++made}.graphql`);
    await copyFile(OURS, file);
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const gateway = await fronted.gateway(
      { firstByteMs: 60_000, callMs: 60_000 },
      60_000,
      {
        supergraph: { file, addresses: {}, forwardHeaders: [] },
        cache: { ...fronted.company.config.cache, answerSeconds: 3_600 },
      },
      { log },
    );
    const deploy = async (changed: string) => {
      expect(changed).not.toBe(text);
      await writeFile(`${file}.new`, changed);
      await rename(`${file}.new`, file);
      while (!lines.some((line) => line.includes('the supergraph changed: it is served'))) await wait(20);
    };
    return { ...gateway, text, deploy };
  }

  it('has everything looked at anew, and nothing remembered of the other', async () => {
    const { app, text, deploy } = await open();
    const gone = query('{ documents(first: 1) { edges { node { title summary: excerpt } } } viewer { isOperator } }');
    const asks = [DESCRIPTION, query('{ viewer { isOperator } }')];
    const count = countShort();
    for (const ask of [...asks, ...asks]) expect((await answerOf(app, ask)).statusCode).toBe(200);
    expect(count()).toBe(2);
    await answerOf(app, gone);
    await deploy(
      text
        .replace(/"""[^"]*"""\ntype Document\b/, '"""Another one."""\ntype Document')
        .replace(/("""[^"]*"""\s*)?isOperator: Boolean![^\n]*\n/, ''),
    );
    expect((await answerOf(app, DESCRIPTION)).payload).toBe('{"data":{"__type":{"description":"Another one."}}}\n');
    const refused = await answerOf(app, query('{ viewer { isOperator } }'));
    expect(refused.payload).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(count()).toBe(2);
    await answerOf(app, DESCRIPTION);
    expect(count()).toBe(3);
  });

  it('leaves what is under way with the one it began with', async () => {
    const { app, fronts, text, deploy } = await open();
    const pages =
      'query ($n: Int) { documents(first: $n) { totalCount edges { node { title } } } viewer { isOperator } }';
    await answerOf(app, query(pages, { variables: { n: 1 } }));
    const count = countShort();
    const slow = Promise.withResolvers<void>();
    const before = fronts.documents.asked;
    fronts.documents.answerWith(async (reply, truth) => {
      await slow.promise;
      reply.writeHead(200, { 'content-type': 'application/json' }).end(await truth());
    });
    const answer = answerOf(app, query(pages, { variables: { n: 2 } }));
    while (fronts.documents.asked === before) await wait(5);
    await deploy(text.replace(/("""[^"]*"""\s*)?isOperator: Boolean![^\n]*\n/, ''));
    slow.resolve();
    expect(JSON.parse((await answer).payload)).toMatchObject({
      data: { documents: { totalCount: 3 }, viewer: { isOperator: false } },
    });
    expect(count()).toBe(1);
    // Its answer is one of the schema before.
    expect((await answerOf(app, query(pages, { variables: { n: 2 } }))).statusCode).toBe(400);
  });
});
