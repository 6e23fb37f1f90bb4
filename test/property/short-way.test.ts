import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallCompany, type Company } from '../helpers/company.ts';
import { countShort, expectSame, type TwoWays } from '../helpers/two-ways.ts';

let company: Company;
let both: TwoWays;
beforeAll(async () => {
  // Nothing remembered grows old while the test runs.
  company = await smallCompany({ cache: { answerSeconds: 3_600 } });
  await company.sync();
  both = { long: await company.open({}, { hasShortWay: false }), short: await company.open() };
});
afterAll(() => company.close());

const TEXTS = [
  '{ __typename }',
  'query A($n: Int = 1, $no: Boolean! = false) { documents(first: $n) { totalCount edges { node { title @skip(if: $no) } } } }',
  'query A { viewer { groups } } query B($n: Int!) { a: people(first: $n) { totalCount } b: viewer { isOperator } }',
  'query ($n: Int, $id: ID!) { person(id: $id) { name mail } conversations(first: $n, after: "?") { totalCount } }',
  '{ secrets }',
  '{',
];
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TEXTS.slice(0, 2)) }, fc.constantFrom(...TEXTS));
/** Mostly one that the operations have. */
const variables = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        n: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.jsonValue({ maxDepth: 1 })),
        no: fc.oneof(fc.boolean(), fc.constant(null)),
        id: fc.constantFrom('ada', 'bob', 'nobody', ''),
      },
      { requiredKeys: ['id'] },
    ),
  },
  fc.jsonValue({ maxDepth: 2 }),
);
const operationName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('A', 'B', null) },
  fc.jsonValue({ maxDepth: 1 }),
);
const extensions = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(null, {}) },
  fc.constantFrom({ cost: true }, { dryRun: true }, { other: 1 }, { persistedQuery: null }),
  text.map((of) => ({ persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(of).digest('hex') } })),
  fc.jsonValue({ maxDepth: 1 }),
);
const headers = fc.record(
  {
    accept: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('application/json', 'application/graphql-response+json', '*/*', '') },
      fc.constantFrom('text/html', 'a/b;q=x'),
    ),
    'x-atrium-viewer': fc.constantFrom('ada', 'ada', 'bob', 'dan'),
  },
  { requiredKeys: [] },
);
const request = fc.record({
  headers: headers.map((given) => ({ host: '127.0.0.1', ...given })),
  body: fc.record({ query: text, variables, operationName, extensions }, { requiredKeys: ['query'] }),
});

it(
  'whoever asks whatever how often is answered the same, by the short way or the server',
  { timeout: 120_000 },
  async () => {
    const count = countShort();
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(request, async (ask) => {
        asked++;
        await expectSame(both, ask);
      }),
      { numRuns: 300 },
    );
    expect(count()).toBeGreaterThan(asked / 10);
  },
);
