import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { analyze, termsOf } from '../../subgraphs/kit/search/analyze.ts';
import { Corpus } from '../../subgraphs/kit/search/corpus.ts';
import { excerptOf } from '../../subgraphs/kit/search/excerpt.ts';
import { eachPosting, positionsOf, PostingsWriter } from '../../subgraphs/kit/search/postings.ts';
import { toQuestion } from '../../subgraphs/kit/search/question.ts';
import { search } from '../../subgraphs/kit/search/searcher.ts';
import { addSegment, mergeSegments, SEGMENT_TABLES } from '../../subgraphs/kit/search/segments.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'atrium-search-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const TABLES = `${SEGMENT_TABLES}
  CREATE TABLE item (id INTEGER PRIMARY KEY, docno INTEGER, acl INTEGER, length INTEGER, prior REAL, updated_at TEXT, seq INTEGER);
  CREATE TABLE removed (item INTEGER, seq INTEGER);`;

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
const body = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
const step = fc.record({
  item: fc.integer({ min: 1, max: 12 }),
  title: body,
  body,
  acl: fc.integer({ min: 1, max: 3 }),
  gone: fc.boolean(),
});

/** What the index should answer: BM25 over the documents the viewer may read, counted the long way. */
function naive(items: Map<number, { title: string; body: string; acl: number }>, query: string, acls: Set<number>) {
  const readable = [...items].filter(([, { acl }]) => acls.has(acl));
  const lengthOf = ({ title, body: text }: { title: string; body: string }) =>
    3 * termsOf(title).length + termsOf(text).length;
  const average = readable.reduce((sum, [, item]) => sum + lengthOf(item), 0) / Math.max(readable.length, 1);
  const { terms, pairs } = toQuestion(query);
  const scores = new Map<number, number>();
  const add = (weight: number, countIn: (item: { title: string; body: string }) => number) => {
    const found = readable.map(([id, item]) => ({ id, item, count: countIn(item) })).filter(({ count }) => count > 0);
    const idf = Math.log(1 + (readable.length - found.length + 0.5) / (found.length + 0.5)) * weight;
    for (const { id, item, count } of found) {
      const norm = 1.2 * (0.25 + (0.75 * lengthOf(item)) / average);
      scores.set(id, (scores.get(id) ?? 0) + (idf * count * 2.2) / (count + norm));
    }
  };
  const times = (text: string, term: string) => termsOf(text).filter((each) => each === term).length;
  const beside = (text: string, first: string, second: string) =>
    termsOf(text).filter((term, index, all) => term === second && all[index - 1] === first).length;
  for (const [term, weight] of terms) add(weight, (item) => 3 * times(item.title, term) + times(item.body, term));
  for (const { first, second, weight } of pairs) {
    add(weight * 0.5, (item) => beside(item.title, first, second) + beside(item.body, first, second));
  }
  return scores;
}

it('the index ranks as BM25 counted the long way, through changes, removals and merges', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 }),
      fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }),
      fc.subarray([1, 2, 3], { minLength: 1 }),
      (batches, words, readable) => {
        const db = Database.openWriter(join(folder, `${files++}.db`), [TABLES]);
        const items = new Map<number, { title: string; body: string; acl: number }>();
        const numbers = new Map<number, number>();
        const corpus = new Corpus();
        let [docno, seq] = [1, 1];
        for (const batch of batches) {
          db.transaction(() => {
            for (const { item, title, body: text, acl, gone } of batch) {
              db.run('DELETE FROM item WHERE id = ?', item);
              numbers.delete(item);
              if (gone) {
                items.delete(item);
                db.run('INSERT INTO removed (item, seq) VALUES (?, ?)', item, seq++);
                continue;
              }
              items.set(item, { title, body: text, acl });
              const fields = [
                { text: title, weight: 3 },
                { text, weight: 1 },
              ];
              const [length = 0] = addSegment(db, [{ number: docno, fields }]);
              db.run('INSERT INTO item VALUES (?, ?, ?, ?, 1, NULL, ?)', item, docno, acl, length, seq++);
              numbers.set(item, docno++);
            }
            const alive = new Set(numbers.values());
            mergeSegments(db, (doc) => alive.has(doc));
          });
          // As in production: what is in memory catches up now and then.
          if (seq % 3 === 0) corpus.refresh(db);
        }
        corpus.refresh(db);
        const query = words.join(' ');
        const acls = new Set(readable);
        const { hits } = search(db, corpus, toQuestion(query), { acls });
        const expected = naive(items, query, acls);
        expect(hits.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual(
          [...expected.keys()].toSorted((a, b) => a - b),
        );
        for (const { item, score } of hits) expect(score).toBeCloseTo(expected.get(item) ?? 0, 9);
        for (const [index, { score }] of hits.entries()) {
          expect(score).toBeLessThanOrEqual(hits[index - 1]?.score ?? Number.POSITIVE_INFINITY);
        }
        db.close();
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

it('postings come out as they went in', () => {
  const entry = fc.record({
    gap: fc.integer({ min: 1, max: 3_000_000 }),
    frequency: fc.integer({ min: 1, max: 70_000 }),
    places: fc.uniqueArray(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const writer = new PostingsWriter();
      let doc = 0;
      const put = entries.map(({ gap, frequency, places }) => {
        const sorted = places.toSorted((a, b) => a - b);
        writer.add((doc += gap), frequency, sorted);
        return { doc, frequency, places: sorted };
      });
      const { docs, places } = writer.done();
      const got: typeof put = [];
      eachPosting(docs, (number, frequency, start, end) =>
        got.push({ doc: number, frequency, places: positionsOf(places, start, end) }),
      );
      expect(got).toEqual(put);
    }),
  );
});

it('words are where they are said to be, in any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const { start, end, term } of analyze(text)) {
        expect(term).not.toBe('');
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
      const excerpt = excerptOf(text, toQuestion(text));
      for (const { start, end } of excerpt.marks) expect(excerpt.text.slice(start, end).trim()).not.toBe('');
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['rotating certificates', 'rotation certificate'],
  ['Łukasz', 'lukasz'],
  ['Müller', 'muller'],
  ['C++', 'c++'],
  ['node.js', 'Node.JS'],
  ['on-call', 'oncall'],
  ['policies', 'policy'],
  ['証明書の更新', '証明書'],
  ['ＴＬＳ', 'tls'],
  ['Straße', 'STRASSE'],
  ['TCP/IP', 'TCP'],
])('%s meets %s', (one, other) => {
  const terms = new Set(termsOf(one));
  expect(termsOf(other).every((term) => terms.has(term))).toBe(true);
});

it.each([
  ['C++', 'C'],
  ['C#', 'C++'],
  ['community', 'communication'],
  ['universe', 'university'],
])('%s does not meet %s', (one, other) => {
  const terms = new Set(termsOf(one));
  expect(termsOf(other).some((term) => terms.has(term))).toBe(false);
});
