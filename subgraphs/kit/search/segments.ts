import type { Database } from '../store/database.ts';
import { analyze } from './analyze.ts';
import { eachPosting, PostingsWriter, type Postings } from './postings.ts';

/** The tables of the inverted index. A segment is written once, by one transaction, and only ever merged away. */
export const SEGMENT_TABLES = `
  CREATE TABLE segment (id INTEGER PRIMARY KEY, tier INTEGER NOT NULL);
  CREATE TABLE posting (
    segment INTEGER NOT NULL, term TEXT NOT NULL, docs BLOB NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (segment, term)
  ) WITHOUT ROWID;
`;

/** How many segments of one tier become one of the next. */
const MERGE_WIDTH = 10;

/** Between title, tags and body: no pair of words reaches over it. */
const FIELD_GAP = 50;

/** A field of a document with the weight its words have. */
export interface Field {
  readonly text: string;
  readonly weight: number;
}

/** A document to be indexed; numbers are given out in rising order and never again. */
export interface IndexedDocument {
  readonly number: number;
  readonly fields: readonly Field[];
}

/** Number of words of a document, weighted as in the index: its length in the sense of BM25. */
export type Length = number;

/**
 * Adds documents as one new segment, within the caller's transaction.
 * @returns the length of each document, in their order.
 */
export function addSegment(db: Database, documents: readonly IndexedDocument[]): Length[] {
  const writers = new Map<string, PostingsWriter>();
  const lengths = documents.map((document) => {
    const { terms, length } = inverted(document.fields);
    for (const [term, { frequency, positions }] of terms) {
      let writer = writers.get(term);
      if (!writer) writers.set(term, (writer = new PostingsWriter()));
      writer.add(document.number, frequency, positions);
    }
    return length;
  });
  if (writers.size > 0) writeSegment(db, 0, writers);
  return lengths;
}

/**
 * Merges segments where a tier is full, within the caller's transaction; documents that are no longer alive are left out.
 * Each document is merged at most once a tier, so the work stays proportional to n log n.
 */
export function mergeSegments(db: Database, isAlive: (doc: number) => boolean): void {
  for (let tier = 0; ; tier++) {
    const segments = db.all<{ id: number }>('SELECT id FROM segment WHERE tier = ? ORDER BY id', tier);
    if (segments.length < MERGE_WIDTH) return;
    mergeInto(
      db,
      tier + 1,
      segments.map(({ id }) => id),
      isAlive,
    );
  }
}

function mergeInto(db: Database, tier: number, ids: readonly number[], isAlive: (doc: number) => boolean): void {
  const target = db.run('INSERT INTO segment (tier) VALUES (?)', tier);
  const list = JSON.stringify(ids);
  const insert = (term: string, { docs, places }: Postings) =>
    db.run('INSERT INTO posting (segment, term, docs, places) VALUES (?, ?, ?, ?)', target, term, docs, places);
  const rows = db.iterate<{ term: string } & Postings>(
    `SELECT term, docs, places FROM posting
     WHERE segment IN (SELECT value FROM json_each(?)) ORDER BY term, segment`,
    list,
  );
  let term: string | undefined;
  let writer = new PostingsWriter();
  for (const row of rows) {
    if (row.term !== term) {
      if (term !== undefined && !writer.isEmpty) insert(term, writer.done());
      term = row.term;
      writer = new PostingsWriter();
    }
    eachPosting(row.docs, (doc, frequency, start, end) => {
      if (isAlive(doc)) writer.copy(doc, frequency, row.places.subarray(start, end));
    });
  }
  if (term !== undefined && !writer.isEmpty) insert(term, writer.done());
  db.run('DELETE FROM posting WHERE segment IN (SELECT value FROM json_each(?))', list);
  db.run('DELETE FROM segment WHERE id IN (SELECT value FROM json_each(?))', list);
}

function writeSegment(db: Database, tier: number, writers: ReadonlyMap<string, PostingsWriter>): void {
  const segment = db.run('INSERT INTO segment (tier) VALUES (?)', tier);
  for (const term of [...writers.keys()].toSorted()) {
    const { docs, places } = writers.get(term)?.done() ?? { docs: new Uint8Array(), places: new Uint8Array() };
    db.run('INSERT INTO posting (segment, term, docs, places) VALUES (?, ?, ?, ?)', segment, term, docs, places);
  }
}

function inverted(fields: readonly Field[]): {
  terms: Map<string, { frequency: number; positions: number[] }>;
  length: Length;
} {
  const terms = new Map<string, { frequency: number; positions: number[] }>();
  let length = 0;
  let offset = 0;
  for (const { text, weight } of fields) {
    let last = 0;
    for (const { term, position } of analyze(text)) {
      let entry = terms.get(term);
      if (!entry) terms.set(term, (entry = { frequency: 0, positions: [] }));
      entry.frequency += weight;
      entry.positions.push(offset + position);
      length += weight;
      last = position;
    }
    offset += last + FIELD_GAP;
  }
  return { terms, length };
}
