import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

/** What a client must never read: the cause, places in the code, and what it asked with. */
const CAUSE = 'disk I/O error on /var/lib/atrium/forum.db: SELECT r.body FROM reply';

let company: Company;
let app: App;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  company = await smallCompany();
  await company.sync();
  lines = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  app = await company.open({}, { log });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await company.close();
});

/** Has the store fail whenever it is asked for what contains this text. */
function breakStore(part: string): void {
  const all = Reflect.get(Database.prototype, 'all');
  vi.spyOn(Database.prototype, 'all').mockImplementation(function broken(this: Database, sql, ...values) {
    if (sql.includes(part)) throw new Error(CAUSE);
    return all.call(this, sql, ...values);
  });
}

function post(query: string, headers: Readonly<Record<string, string>> = {}, variables: object = {}) {
  return app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify({ query, variables }),
  });
}

it('costs a client the part it is in, and tells them one sentence and a code', async () => {
  breakStore('FROM reply');
  const response = await post(
    `{ topic(query: "certificates") {
      content { totalCount } conversations(first: 2) { edges { node { replies { totalCount } } } } } }`,
  );
  const { data, errors } = response.json<{ data: unknown; errors: unknown[] }>();
  expect(data).toEqual({ topic: { content: { totalCount: 2 }, conversations: null } });
  // An executor may say it of each of the two, or of the first that made their list null.
  expect(errors.length).toBeOneOf([1, 2]);
  for (const [index, error] of errors.entries()) {
    expect(error).toEqual({
      message: expect.stringMatching(/^Something went wrong on our side; [a-z ]+\.$/),
      path: ['topic', 'conversations', 'edges', index, 'node', 'replies'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
  }
});

it('is found in the log by the request id in the answer', async () => {
  breakStore('FROM reply');
  const id = 'request-4711-of-a-client';
  const response = await post('{ conversations { edges { node { replies { totalCount } } } } }', {
    'x-request-id': id,
  });
  expect(response.headers['x-request-id']).toBe(id);
  const causes = lines.filter((line) => JSON.stringify(line).includes('disk I/O error'));
  expect(causes).not.toEqual([]);
  for (const line of causes) expect(line).toMatchObject({ requestId: id });
});

it.each([
  ['a fault of the store', 'FROM reply', '{ conversations { edges { node { replies { totalCount } } } } }'],
  ['a fault while establishing who asks', 'FROM handle', '{ viewer { groups } }'],
  ['a fault in what many parts need', 'FROM acl_reader', '{ documents { totalCount } conversations { totalCount } }'],
])('says nothing of its cause: %s', async (_what, part, query) => {
  breakStore(part);
  const secret = 'very-confidential-question';
  const response = await post(
    `query Q($unused: String) { __typename @skip(if: true) ${query.slice(1, -1)} about: documents(filter: { text: $unused }) { totalCount } }`,
    { 'x-atrium-viewer': 'ada' },
    { unused: secret },
  );
  const text = JSON.stringify(response.json<{ errors: unknown }>().errors);
  expect(text).toContain('INTERNAL_SERVER_ERROR');
  expect(text).not.toMatch(/disk|SELECT|FROM|\/var\/|\.db|node_modules|\.ts|stack|Error:|Q\(/);
  expect(text).not.toContain(secret);
  // The log has the cause, but not what was asked for.
  expect(JSON.stringify(lines)).toContain('disk I/O error');
  expect(JSON.stringify(lines)).not.toContain(secret);
});

it('is forgotten once it is over: no answer with a fault is remembered', async () => {
  const query = '{ conversations { totalCount edges { node { title replies { totalCount } } } } }';
  breakStore('FROM reply');
  expect((await post(query)).json()).toHaveProperty('errors');
  vi.restoreAllMocks();
  expect((await post(query)).json()).toMatchObject({ data: { conversations: { totalCount: 2 } } });
});

it('does not end who asks: the next question with a viewer is answered', async () => {
  breakStore('FROM handle');
  expect((await post('{ viewer { groups } }', { 'x-atrium-viewer': 'ada' })).statusCode).toBe(500);
  vi.restoreAllMocks();
  expect((await post('{ viewer { groups } }', { 'x-atrium-viewer': 'ada' })).json()).toEqual({
    data: { viewer: { groups: ['everybody'] } },
  });
});

it('of the request alone is none of ours: nothing is logged as an error', async () => {
  await post('{ documents(first: 0) { totalCount } }');
  await post('{ nothing }');
  await post('{ topic(');
  await post('{ documents(after: "x") { totalCount } }');
  await post('query ($n: Int!) { documents(first: $n) { totalCount } }', {}, { n: 'many' });
  expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  expect(lines.filter(({ msg }) => msg === 'operation')).not.toEqual([]);
});
