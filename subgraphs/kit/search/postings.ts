/**
 * The postings of a term in one segment: which documents hold it, how often, and where.
 *
 * Two byte strings: `docs` holds per document three varints: the document number (the difference to the one before),
 * the weighted term frequency, and the length of its part of `places`; `places` holds the positions in the document,
 * each as the difference to the one before. Ranking reads `docs` alone; only pairs of words read `places`.
 */
export interface Postings {
  readonly docs: Uint8Array;
  readonly places: Uint8Array;
}

/** Grows as needed; varints are little-endian base 128. */
class Bytes {
  #bytes = new Uint8Array(64);
  length = 0;

  put(value: number): void {
    if (this.length + 5 > this.#bytes.length) this.#grow(this.length + 5);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.length++] = rest;
  }

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(this.length + bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #grow(least: number): void {
    const bytes = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bytes;
  }
}

/** Collects the postings of one term; documents must come in rising order of their numbers. */
export class PostingsWriter {
  readonly #docs = new Bytes();
  readonly #places = new Bytes();
  #lastDoc = 0;

  /** Adds a document with its positions in rising order. */
  add(doc: number, frequency: number, positions: readonly number[]): void {
    const before = this.#places.length;
    let last = 0;
    for (const position of positions) {
      this.#places.put(position - last);
      last = position;
    }
    this.#addDoc(doc, frequency, this.#places.length - before);
  }

  /** Adds a document out of another segment, its positions as they are stored there. */
  copy(doc: number, frequency: number, places: Uint8Array): void {
    this.#places.append(places);
    this.#addDoc(doc, frequency, places.length);
  }

  get isEmpty(): boolean {
    return this.#docs.length === 0;
  }

  done(): Postings {
    return { docs: this.#docs.done(), places: this.#places.done() };
  }

  #addDoc(doc: number, frequency: number, placesLength: number): void {
    this.#docs.put(doc - this.#lastDoc);
    this.#docs.put(frequency);
    this.#docs.put(placesLength);
    this.#lastDoc = doc;
  }
}

/** Calls back for each document of the postings, with where its part of `places` begins and ends. */
export function eachPosting(
  docs: Uint8Array,
  visit: (doc: number, frequency: number, placesStart: number, placesEnd: number) => void,
): void {
  let at = 0;
  let doc = 0;
  let places = 0;
  const read = (): number => {
    let byte = docs[at++] ?? 0;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = docs[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    return value;
  };
  while (at < docs.length) {
    doc += read();
    const frequency = read();
    const length = read();
    visit(doc, frequency, places, places + length);
    places += length;
  }
}

/** The positions stored between two places. */
export function positionsOf(places: Uint8Array, start: number, end: number): number[] {
  const positions: number[] = [];
  let position = 0;
  for (let at = start; at < end;) {
    let byte = places[at++] ?? 0;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = places[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    position += value;
    positions.push(position);
  }
  return positions;
}
