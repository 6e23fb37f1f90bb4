import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE, sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(() => sample.close());

function post(payload: object | string, headers: Readonly<Record<string, string>> = {}) {
  return sample.app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

const PAGES = `query ($n: Int) { documents(first: $n) { edges { node { conversations(first: $n) { edges { node {
  documents(first: $n) { edges { node { id } } } } } } } } } }`;

function times(count: number, part: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => part(at)).join(' ');
}

/** Fragments that each spread the next one twice: 2 to the power of `levels` fields in a few hundred characters. */
function bomb(levels: number): string {
  const fragments = times(levels, (at) => `fragment F${at} on Person { ...F${at + 1} ...F${at + 1} }`);
  return `{ viewer { person { ...F0 } } } ${fragments} fragment F${levels} on Person { id }`;
}

describe('what goes beyond a limit is refused, with its code and the limit', () => {
  it.each([
    ['TOO_MANY_TOKENS', 4_000, { query: `{ viewer { ${'groups '.repeat(4_000)} } }` }],
    ['NESTED_TOO_DEEP', 64, { query: `{ person(id: ${'['.repeat(65)}${']'.repeat(65)}) { id } }` }],
    ['NESTED_TOO_DEEP', 64, { query: `{ ${'... { '.repeat(70)} viewer { groups } ${'}'.repeat(70)} }` }],
    ['QUERY_TOO_DEEP', 12, { query: `{ viewer { person { ${'manager { '.repeat(10)} id ${'} '.repeat(10)} } } }` }],
    ['TOO_MANY_ALIASES', 30, { query: `{ viewer { ${times(31, (at) => `a${at}: groups`)} } }` }],
    [
      'TOO_MANY_ALIASES',
      30,
      { query: `{ viewer { person { ...F ...F } } } fragment F on Person { ${times(16, (at) => `a${at}: id`)} }` },
    ],
    ['TOO_MANY_ROOT_FIELDS', 20, { query: `{ ${times(21, (at) => `a${at}: viewer { groups }`)} }` }],
    [
      'TOO_MANY_ROOT_FIELDS',
      20,
      { query: `{ ...F ...F } fragment F on Query { ${times(11, () => 'viewer { groups }')} }` },
    ],
    ['TOO_MANY_DIRECTIVES', 30, { query: `{ viewer { ${times(31, () => 'groups @include(if: true)')} } }` }],
    [
      'TOO_MANY_OPERATIONS',
      10,
      { query: times(11, (at) => `query Q${at} { viewer { groups } }`), operationName: 'Q0' },
    ],
    [
      'TOO_MANY_FRAGMENTS',
      50,
      { query: `{ viewer { ...F0 } } ${times(51, (at) => `fragment F${at} on Viewer { groups }`)}` },
    ],
    ['TOO_MANY_SELECTIONS', 1_000, { query: `{ viewer { ${'groups '.repeat(1_001)} } }` }],
    ['TOO_MANY_SELECTIONS', 1_000, { query: bomb(40) }],
    ['TOO_MANY_SELECTIONS', 1_000, { query: bomb(40).replace('...F0', 'id') }],
    [
      'TOO_MANY_MERGES',
      10_000,
      { query: `{ viewer { ${times(12, () => `person { ${times(12, () => 'manager { id }')} }`)} } }` },
    ],
    [
      'TOO_MANY_MERGES',
      10_000,
      {
        query: `{ viewer { person { ...F ...G } } } ${times(2, (at) => `fragment ${'FG'[at]} on Person { ${times(80, () => 'id')} }`)}`,
      },
    ],
    ['QUERY_TOO_LARGE', 100_000, { query: PAGES, variables: { n: 100 } }],
    ['QUERY_TOO_LARGE', 100_000, { query: PAGES.replace('$n: Int', '$n: Int = 100') }],
    ['PAGE_SIZE', 100, { query: '{ documents(first: 101) { totalCount } }' }],
    ['PAGE_SIZE', 100, { query: 'query ($n: Int) { documents(first: $n) { totalCount } }', variables: { n: 0 } }],
    ['NESTED_TOO_DEEP', 64, `{"query":"{ viewer { groups } }","variables":{"a":${'['.repeat(70)}${']'.repeat(70)}}}`],
    ['PAYLOAD_TOO_LARGE', 262_144, { query: `{ viewer { groups } } #${'x'.repeat(262_144)}` }],
  ])('%s, %i', async (code, limit, payload) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(code === 'PAYLOAD_TOO_LARGE' ? 413 : 400);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.json()).toEqual({
      errors: [expect.objectContaining({ extensions: { code, limit } })],
    });
  });

  it('and refused again: what was seen once is no better the second time', async () => {
    for (let time = 0; time < 2; time++) expect((await post({ query: bomb(40) })).statusCode).toBe(400);
  });

  it('also where a client asks for plain JSON', async () => {
    expect((await post({ query: bomb(40) }, { accept: 'application/json' })).statusCode).toBe(400);
  });

  it('also for what is asked for by its hash, and remembered by nobody', async () => {
    const query = bomb(40);
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
    expect((await post({ query, extensions: { persistedQuery } })).statusCode).toBe(400);
    expect((await post({ extensions: { persistedQuery } })).json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });
});

describe('operations that could grow beyond measure', () => {
  it('are measured by the pages that variables ask for', async () => {
    expect((await post({ query: PAGES, variables: { n: 100 } })).statusCode).toBe(400);
    expect((await post({ query: PAGES, variables: { n: 10 } })).json()).toHaveProperty('data.documents.edges');
  });

  it('and those of reports are not', async () => {
    const query =
      '{ documents(first: 100) { edges { node { id contributors(first: 100) { edges { node { name } } } } } } }';
    expect((await post({ query })).json()).toHaveProperty('data.documents.edges');
  });
});

describe('what is no query', () => {
  it.each(['subscription { x }', 'mutation { x }', 'subscription { __typename }'])(
    'is refused as the client’s mistake: %s',
    async (query) => {
      const response = await post({ query });
      expect(response.statusCode).toBe(400);
      expect(response.body).not.toContain('our side');
    },
  );

  it('a hash that is none is the client’s mistake, too', async () => {
    const response = await post({
      extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } },
      query: '{ viewer { groups } }',
    });
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toContain('our side');
  });
});

it('nobody’s name can be chosen under a name that is not this machine’s', async () => {
  const ask = async (host: string) =>
    (
      await post({ query: '{ viewer { person { name } } }' }, { host, 'x-atrium-viewer': 'noor.vandijk' })
    ).json<object>();
  expect(await ask('evil.example')).toEqual({ data: { viewer: { person: null } } });
  expect(await ask('127.0.0.1:4000')).not.toEqual({ data: { viewer: { person: null } } });
});

/** What a terminal sends on Ctrl-C, at the least convenient moments. */
it.each([0, 1, 3])('ends cleanly during the first sync, after %i lines', async (lines) => {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-interrupt-'));
  const file = join(folder, 'atrium.yaml');
  const source = (name: string, connector: string, path: string) =>
    `{ name: ${name}, connector: ${connector}, path: "${SAMPLE}${path}" }`;
  await writeFile(
    file,
    [
      'data: data',
      'listen: { port: 0 }',
      `directory: { sources: [ ${source('people', 'ldif', 'people.ldif')} ] }`,
      `documents: { sources: [ ${source('docs', 'folder', 'documents')} ] }`,
      `forum: { sources: [ ${source('community', 'ndjson', 'conversations.ndjson')} ] }`,
    ].join('\n'),
  );
  const main = fileURLToPath(new URL('../../gateway/cli/atrium.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'start', '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (/Explorer/.test(line) || seen > 0) seen++;
    if (seen > lines) break;
  }
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  await rm(folder, { recursive: true, force: true });
});
