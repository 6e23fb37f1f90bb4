import { spawn } from 'node:child_process';
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

function post(payload: object, headers: Readonly<Record<string, string>> = {}) {
  return sample.app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  });
}

function nested(levels: number): string {
  return `{ people(first: 1) { edges { node { ${'manager { reports { edges { node { '.repeat(levels)} id ${'} } } } '.repeat(levels)} } } } }`;
}

describe('operations that could grow beyond measure', () => {
  it.each([
    ['pages inside pages', nested(5)],
    ['deep nesting', `{ viewer { person { ${'manager { '.repeat(30)} id ${'} '.repeat(30)} } } }`],
    ['a thousand aliases', `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: viewer { groups }`).join(' ')} }`],
    [
      'fragments that double',
      `{ viewer { person { ...F0 } } } ${Array.from({ length: 20 }, (_, i) => `fragment F${i} on Person { ...F${i + 1} a${i}: id ...F${i + 1} }`).join(' ')} fragment F20 on Person { id }`,
    ],
  ])('are refused: %s', async (_what, query) => {
    const response = await post({ query });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
  });

  it('are measured by the pages that variables ask for', async () => {
    const query = `query ($n: Int) { documents(first: $n) { edges { node { conversations(first: $n) { edges { node {
      documents(first: $n) { edges { node { id } } } } } } } } } }`;
    expect((await post({ query, variables: { n: 100 } })).statusCode).toBe(400);
    expect((await post({ query, variables: { n: 10 } })).json()).toHaveProperty('data.documents.edges');
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
  const main = fileURLToPath(new URL('../../gateway/cli/main.ts', import.meta.url));
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
