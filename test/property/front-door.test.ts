import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(() => sample.close());

/** Words that mean something to the gateway, so that not everything falls at the first step. */
const WORDS = (
  '{ } ( ) [ ] : $ @ ! ... " """ \\ # \u0000 \ud800 🦜 query mutation subscription fragment on true null 1 -1 1e999 ' +
  '99999999999 viewer groups person documents edges node topic first id __typename __schema __proto__ Person F $a:Int=1 a: ' +
  '@include(if:true) @skip @defer (first:1) {viewer{groups}}'
).split(' ');
const document = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' '));
const query = fc.oneof(
  document,
  { weight: 3, arbitrary: fc.constant('{ viewer { groups } }') },
  fc.string({ unit: 'binary' }),
  fc.anything(),
);
const persistedQuery = fc.oneof(
  fc.record({ version: fc.oneof(fc.constant(1), fc.anything()), sha256Hash: fc.oneof(fc.string(), fc.anything()) }),
  fc.anything(),
);
const extensions = fc.oneof(
  fc.record({ persistedQuery, dryRun: fc.anything(), cost: fc.anything() }, { requiredKeys: [] }),
  fc.anything(),
);
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record(
        {
          query,
          variables: fc.anything(),
          operationName: fc.oneof(fc.constant('SourceStates'), fc.anything()),
          extensions,
        },
        { requiredKeys: [] },
      )
      .map(textOf),
  },
  fc.anything().map(textOf),
  fc.string({ unit: 'binary' }),
);
const header = fc.oneof(
  fc.constantFrom(
    'application/json',
    'text/plain',
    'application/graphql-response+json',
    '*/*',
    'text/html',
    'null',
    '',
  ),
  fc.stringMatching(/^[\x21-\x7e\xa0-\xff][\x20-\x7e\xa0-\xff]{0,40}$/),
);
const HEADERS = (
  'content-type accept accept-encoding origin host x-request-id x-atrium-viewer authorization cookie range expect ' +
  'apollo-require-preflight content-encoding x-forwarded-for forwarded if-none-match access-control-request-method'
).split(' ');
const headers = fc.oneof(fc.constant({}), fc.dictionary(fc.constantFrom(...HEADERS), header));
const search = fc.oneof(
  fc.record({ query, variables: fc.json(), extensions: extensions.map(textOf) }, { requiredKeys: [] }).map(searchOf),
  fc.stringMatching(/^[\x21-\x7e]{0,40}$/),
);
const path = fc.oneof(
  { weight: 8, arbitrary: fc.constant('/graphql') },
  fc.constantFrom(
    '/',
    '/live',
    '/ready',
    '/explorer/assets/x',
    '/explorer/assets/react.js',
    '/webhooks/docs',
    '/graphql/',
  ),
  fc.stringMatching(/^\/[\x22\x24-\x2e\x30-\x3e\x40-\x5b\x5d-\x7e]{0,40}$/),
);
const method = fc.constantFrom('GET', 'POST', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH');

function searchOf(values: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) search.set(key, typeof value === 'string' ? value : textOf(value));
  return search.toString();
}

/** As JSON where it can be, else as it is. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? '';
  } catch {
    return '{"query":';
  }
}

describe('whatever is sent', () => {
  it('is the client’s mistake, if it is one', { timeout: 120_000 }, async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(method, path, search, headers, body, async (how, where, parameters, given, payload) => {
        const response = await sample.app.http.inject({
          method: how,
          url: `${where}?${parameters}`,
          headers: { 'content-type': 'application/json', ...given },
          ...(how !== 'GET' && how !== 'HEAD' && { payload }),
        });
        // No source of this name takes webhooks in this process, which is not the client's mistake.
        if (where === '/webhooks/docs' && response.statusCode === 503) return;
        expect(response.statusCode, response.body).toBeLessThan(500);
        if (response.statusCode === 200) answered++;
        if (response.statusCode >= 400 && how !== 'HEAD' && where.startsWith('/graphql')) {
          expect(response.json()).toHaveProperty('errors');
        }
      }),
      { numRuns: 1_000 },
    );
    // Not everything was refused at the first step.
    expect(answered).toBeGreaterThan(10);
  });
});
