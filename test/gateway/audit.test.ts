import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

/** A word that is in every question, as text or as a variable, and must be in no line. */
const WORD = 'confidential-question';

let company: Company;
let app: App;
let file: string;

beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
  file = join(company.folder, 'audit.log');
  app = await company.open({ audit: { file }, limits: { ...company.config.limits, bodyBytes: 5_000 } });
});
afterAll(() => company.close());

type Line = Readonly<Record<string, unknown>>;

async function lines(): Promise<Line[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** The line that a request leaves. */
async function lineOf(ask: () => PromiseLike<unknown>): Promise<Line> {
  const before = (await lines()).length;
  await ask();
  let all: Line[] = [];
  // Over HTTP it is written when the connection is done with the answer.
  for (let tries = 0; tries < 200 && all.length <= before; tries++) {
    all = await lines();
    await setTimeout(5);
  }
  expect(all).toHaveLength(before + 1);
  return all[before] ?? {};
}

function post(body: object | string, headers: Readonly<Record<string, string>> = {}) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', 'x-request-id': 'request-4711', ...headers },
    payload,
  });
}

/** Asks by an address as it is, which clients would put right. */
async function overTheWire(path: string, body: string): Promise<void> {
  if (!app.http.server.listening) await app.http.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.http.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket.resume(), 'close');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('says who asked which operation', async () => {
  const query = `query Pages($text: String) { documents(filter: { text: $text }) { totalCount } } # ${WORD}`;
  const line = await lineOf(() => post({ query, variables: { text: WORD } }, { 'x-atrium-viewer': 'bob' }));
  expect(line).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    requestId: 'request-4711',
    who: 'person',
    person: Buffer.from('person:people:bob').toString('base64url'),
    operation: 'Pages',
    hash: sha256(query),
    decision: 'allowed',
    codes: [],
    ms: expect.any(Number),
    status: 200,
    msg: 'operation',
  });
});

it('knows nobody, services and who cannot be established', async () => {
  const query = '{ documents { totalCount } }';
  expect(await lineOf(() => post({ query }))).toMatchObject({ who: 'nobody', operation: null });
  const service = { ...NOBODY, groups: ['legal'] };
  expect(await lineOf(() => app.ask({ query, viewer: service }))).toMatchObject({
    who: 'service',
    decision: 'allowed',
  });
  expect(await lineOf(() => post({ query }, { 'x-atrium-viewer': 'nobody-knows' }))).toMatchObject({
    who: 'unknown',
    decision: 'refused',
    codes: ['UNAUTHENTICATED'],
    status: 401,
  });
});

it('names services, whatever they may read', async () => {
  const service = { ...NOBODY, service: 'reports', signedIn: true, scopes: ['reports:read'] };
  expect(await lineOf(() => app.ask({ query: '{ __typename }', viewer: service }))).toMatchObject({
    who: 'service',
    service: 'reports',
  });
});

it.each(['/%67raphql', '/graph%71l?x', '/graphql#x', 'http://x/graphql'])(
  'has a line however the address is written: %s',
  async (path) => {
    const line = await lineOf(() => overTheWire(path, '{"query":"query Odd { __typename }"}'));
    expect(line).toMatchObject({ operation: 'Odd', decision: 'allowed' });
  },
);

it.each<[string, object | string, string, number]>([
  ['no GraphQL', { query: `{ ${WORD}` }, 'GRAPHQL_PARSE_FAILED', 400],
  ['what does not fit the schema', { query: '{ confidential }' }, 'GRAPHQL_VALIDATION_FAILED', 400],
  ['no request of GraphQL', { nothing: WORD }, 'BAD_REQUEST', 400],
  ['no JSON', `{ ${WORD}`, 'BAD_REQUEST', 400],
  [
    'an operation that is not there',
    { query: 'query A { __typename }', operationName: WORD },
    'OPERATION_RESOLUTION_FAILURE',
    400,
  ],
  [
    'a hash nobody knows',
    { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(WORD) } } },
    'PERSISTED_QUERY_NOT_FOUND',
    200,
  ],
  ['a body that is too large', { query: `{ __typename } # ${WORD.repeat(500)}` }, 'PAYLOAD_TOO_LARGE', 413],
])('says what was refused, and why: %s', async (_what, body, code, status) => {
  expect(await lineOf(() => post(body))).toMatchObject({ decision: 'refused', codes: [code], status });
});

it('says what failed in part', async () => {
  const query = '{ documents(after: "x") { totalCount } conversations { totalCount } }';
  expect(await lineOf(() => post({ query }))).toMatchObject({ decision: 'allowed', codes: ['BAD_CURSOR'] });
});

it('cuts names that are longer than a name', async () => {
  const line = await lineOf(() => post({ query: `query ${'n'.repeat(500)} { __typename }` }));
  expect(line['operation']).toBe('n'.repeat(100));
});

it('has no line for a page or a preflight, and never a word of a question', async () => {
  const before = await lines();
  await app.http.inject({ url: '/graphql', headers: { accept: 'text/html' } });
  await app.http.inject({ url: '/live' });
  await lineOf(() => post({ query: '{ __typename }' }));
  const text = await readFile(file, 'utf8');
  expect(before.length).toBeGreaterThan(10);
  expect(text).not.toContain('confidential');
  expect(text).not.toContain('rotation');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('is part of the log where there is no file', async () => {
  const written: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => written.push(JSON.parse(line) as Line) });
  const other = await company.open({}, { log });
  await other.ask({ query: 'query Named { __typename }', viewer: 'ada' });
  expect(written).toEqual([expect.objectContaining({ who: 'person', operation: 'Named', decision: 'allowed' })]);
});
