import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ERROR_CATALOGUE, type ErrorCode } from '../../subgraphs/kit/errors.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(() => sample.close());

const QUERY = `query ($topic: String!) { topic(query: $topic) {
  id query label synonyms
  people(first: 5) { edges { node { name } } }
  content(first: 5) { totalCount edges { node { title } excerpt { text marks { start end } } } }
  conversations(first: 5) { totalCount edges { excerpt { text marks { start end } } } }
  related { name }
} }`;

/** What full-text engines, SQL, shells, terminals and bad luck make of a search box. */
const nasty = fc.constantFrom(
  ...'" \' * ( ) : ^ - + { } AND OR NOT NEAR( title: % _ 👩‍🚀 é ß İ שלום مرحبا 証明書 C++ node.js'.split(' '),
  ...'TLS certificate rotation kafka the \\ / <script> ${x} ../ 0 -1 1e999 null e\u0301'.split(' '),
  "'; DROP TABLE item; --",
  '\u0000',
  '\ud800',
  '\udc00',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\n',
  '\t',
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(nasty, { maxLength: 30 }).map((parts) => parts.join(' ')),
  fc.array(nasty, { maxLength: 30 }).map((parts) => parts.join('')),
  fc
    .tuple(nasty, fc.integer({ min: 1, max: 10_000 }))
    .map(([part, times]) => part.repeat(Math.ceil(times / part.length))),
);

interface Excerpt {
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}
interface Answer {
  readonly data?: {
    readonly topic: {
      readonly id: string;
      readonly query: string;
      readonly content: { readonly edges: readonly { readonly excerpt: Excerpt }[] };
      readonly conversations: { readonly edges: readonly { readonly excerpt: Excerpt }[] };
    };
  };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

it('any words are a topic: an answer or a clear refusal, never a fault of ours', async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(text, async (topic) => {
      const response = await sample.app.http.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ query: QUERY, variables: { topic } }),
      });
      expect(response.statusCode).toBeLessThan(500);
      const { data, errors } = response.json<Answer>();
      if (errors) {
        for (const { extensions } of errors) {
          const { status } = ERROR_CATALOGUE[extensions.code as ErrorCode];
          expect(Math.floor(status / 100), extensions.code).toBe(4);
        }
        expect(response.statusCode).toBeGreaterThanOrEqual(400);
        return;
      }
      answers++;
      expect(data?.topic.query.isWellFormed()).toBe(true);
      for (const list of [data?.topic.content, data?.topic.conversations]) {
        for (const { excerpt } of list?.edges ?? []) expectMarksInside(excerpt);
      }
    }),
    { numRuns: 1_000 },
  );
  // Refusing everything would be no proof.
  expect(answers).toBeGreaterThan(900);
}, 120_000);

it('the id of a topic asks the same question again', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (topic) => {
      const part = '{ id query label synonyms content(first: 3) { totalCount edges { node { id } } } }';
      const asked = await sample.ask<{ topic: { id: string } }>({
        query: `query ($topic: String!) { topic(query: $topic, since: "2025-01-01") ${part} }`,
        variables: { topic },
      });
      const { node } = await sample.ask<{ node: unknown }>({
        query: `query ($id: ID!) { node(id: $id) { ... on Topic ${part} } }`,
        variables: { id: asked.topic.id },
      });
      expect(node).toEqual(asked.topic);
    }),
    { numRuns: 100 },
  );
});

function expectMarksInside({ text: shown, marks }: Excerpt): void {
  expect(shown.length).toBeLessThanOrEqual(300);
  let last = 0;
  for (const { start, end } of marks) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(shown.length);
    last = end;
  }
}
