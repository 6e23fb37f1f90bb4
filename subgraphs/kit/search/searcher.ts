import type { Database } from '../store/database.ts';
import type { Corpus } from './corpus.ts';
import { eachPosting, positionsOf, type Postings } from './postings.ts';
import type { Question } from './question.ts';

/** A document found, and how well it matches. */
export interface Hit {
  readonly item: number;
  readonly score: number;
}

/** All that match, best first, ties by item. */
export type Hits = readonly Hit[];

/** What a search gives. */
export interface Found {
  readonly hits: Hits;
  /** 0 to 1: how much of the question the best hit answers; 1 if every word stands in it many times. */
  readonly quality: number;
}

/** Nothing. */
const NOTHING_FOUND: Found = { hits: [], quality: 0 };

/** BM25 (Robertson & Zaragoza 2009) with the customary constants. */
const K1 = 1.2;
const B = 0.75;

/** What two words standing side by side, as in the question, count against one word of the same rarity. */
const PAIR_WEIGHT = 0.5;

/**
 * Searches the inverted index for what the viewer may read.
 *
 * All statistics (number of documents, average length, document frequencies) are those of the documents the viewer may
 * read: an item that is hidden from somebody does not move a single score of theirs.
 */
export function search(
  db: Database,
  corpus: Corpus,
  question: Question,
  may: { readonly acls: ReadonlySet<number>; readonly since?: number | undefined },
): Found {
  const { documents, averageLength } = corpus.statistics(may.acls);
  if (documents === 0 || question.terms.size === 0) return NOTHING_FOUND;
  const since = may.since ?? 0;
  const allowed = allowedAcls(may.acls);
  const isReadable = (doc: number) => corpus.items[doc] !== 0 && allowed[corpus.acls[doc] ?? 0] === 1;
  const scores = new Map<number, number>();
  const add = (found: Matches, weight: number): number => {
    const idf = Math.log(1 + (documents - found.docs.length + 0.5) / (found.docs.length + 0.5)) * weight;
    for (let i = 0; i < found.docs.length; i++) {
      const doc = found.docs[i] ?? 0;
      const frequency = found.frequencies[i] ?? 0;
      if (since > 0 && (corpus.updated[doc] ?? 0) < since) continue;
      const norm = K1 * (1 - B + (B * (corpus.lengths[doc] ?? 0)) / averageLength);
      scores.set(doc, (scores.get(doc) ?? 0) + (idf * frequency * (K1 + 1)) / (frequency + norm));
    }
    return idf * (K1 + 1);
  };
  let possible = 0;
  for (const [term, weight] of question.terms) possible += add(findTerm(db, term, isReadable), weight);
  for (const { first, second, weight } of question.pairs) {
    add(findPair(db, first, second, isReadable), weight * PAIR_WEIGHT);
  }
  const hits = [...scores]
    .map(([doc, score]) => ({ item: corpus.items[doc] ?? 0, score: score * (corpus.priors[doc] ?? 1) }))
    .toSorted((a, b) => b.score - a.score || a.item - b.item);
  return { hits, quality: possible > 0 ? Math.min(1, (hits[0]?.score ?? 0) / possible) : 0 };
}

/** Documents with something in them, and how often. */
interface Matches {
  readonly docs: readonly number[];
  readonly frequencies: readonly number[];
}

// CROSS JOIN in SQLite fixes the order: few segments, and one look-up by term in each.
const SELECT_POSTINGS = `SELECT p.docs FROM segment s CROSS JOIN posting p ON p.segment = s.id AND p.term = ? ORDER BY s.id`;
const SELECT_PLACES = `SELECT p.docs, p.places FROM segment s CROSS JOIN posting p ON p.segment = s.id AND p.term = ? ORDER BY s.id`;

function findTerm(db: Database, term: string, isReadable: (doc: number) => boolean): Matches {
  const docs: number[] = [];
  const frequencies: number[] = [];
  for (const row of db.all<Pick<Postings, 'docs'>>(SELECT_POSTINGS, term)) {
    eachPosting(row.docs, (doc, frequency) => {
      if (!isReadable(doc)) return;
      docs.push(doc);
      frequencies.push(frequency);
    });
  }
  return { docs, frequencies };
}

function findPair(db: Database, first: string, second: string, isReadable: (doc: number) => boolean): Matches {
  const places = new Map<number, { bytes: Uint8Array; start: number; end: number }>();
  for (const row of db.all<Postings>(SELECT_PLACES, first)) {
    eachPosting(row.docs, (doc, _frequency, start, end) => {
      if (isReadable(doc)) places.set(doc, { bytes: row.places, start, end });
    });
  }
  const docs: number[] = [];
  const frequencies: number[] = [];
  if (places.size === 0) return { docs, frequencies };
  for (const row of db.all<Postings>(SELECT_PLACES, second)) {
    eachPosting(row.docs, (doc, _frequency, start, end) => {
      const before = places.get(doc);
      if (!before) return;
      const frequency = neighbours(
        positionsOf(before.bytes, before.start, before.end),
        positionsOf(row.places, start, end),
      );
      if (frequency === 0) return;
      docs.push(doc);
      frequencies.push(frequency);
    });
  }
  return { docs, frequencies };
}

/** How often a position of `second` directly follows one of `first`. */
function neighbours(first: readonly number[], second: readonly number[]): number {
  let count = 0;
  let i = 0;
  for (const position of second) {
    while (i < first.length && (first[i] ?? 0) < position - 1) i++;
    if (first[i] === position - 1) count++;
  }
  return count;
}

function allowedAcls(acls: ReadonlySet<number>): Uint8Array {
  const allowed = new Uint8Array(Math.max(0, ...acls) + 1);
  for (const acl of acls) allowed[acl] = 1;
  return allowed;
}
