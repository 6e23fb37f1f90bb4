import type { Database } from '../store/database.ts';

/** What ranking must know of every document without asking the store: a few bytes each, kept in memory. */
export class Corpus {
  /** By document number: the item's id; 0 for a number whose document is gone. */
  items = new Int32Array(0);
  /** By document number: the item's set of readers. */
  acls = new Int32Array(0);
  /** By document number: its length in weighted words. */
  lengths = new Int32Array(0);
  /** By document number: how much a match of it counts, whatever was asked. */
  priors = new Float32Array(0);
  /** By document number: when it last changed, in seconds since 1970; 0 where unknown. */
  updated = new Int32Array(0);
  /** By set of readers: how many documents, and their lengths together. */
  readonly #totals = new Map<number, { documents: number; length: number }>();
  readonly #numbers = new Map<number, number>();
  #seq = 0;

  /** Takes in what the store has learnt since the last call. */
  refresh(db: Database): void {
    const gone = db.all<{ item: number; seq: number }>('SELECT item, seq FROM removed WHERE seq > ?', this.#seq);
    const changed = db.all<{
      id: number;
      docno: number;
      acl: number;
      length: number;
      prior: number;
      updated: number | null;
      seq: number;
    }>(
      `SELECT id, docno, acl, length, prior, CAST(strftime('%s', updated_at) AS INTEGER) AS updated, seq
       FROM item WHERE seq > ?`,
      this.#seq,
    );
    const highest = changed.reduce((most, row) => Math.max(most, row.docno), this.items.length - 1);
    if (highest >= this.items.length) this.#grow(highest + 1);
    for (const { item, seq } of gone) {
      this.#remove(item);
      this.#seq = Math.max(this.#seq, seq);
    }
    for (const row of changed) {
      this.#remove(row.id);
      this.items[row.docno] = row.id;
      this.acls[row.docno] = row.acl;
      this.lengths[row.docno] = row.length;
      this.priors[row.docno] = row.prior;
      this.updated[row.docno] = Math.max(0, Math.min(row.updated ?? 0, 2_147_483_647));
      this.#numbers.set(row.id, row.docno);
      this.#count(row.acl, 1, row.length);
      this.#seq = Math.max(this.#seq, row.seq);
    }
  }

  /** How many documents the viewer may read, and how long they are on average. */
  statistics(acls: ReadonlySet<number>): { documents: number; averageLength: number } {
    let documents = 0;
    let length = 0;
    for (const acl of acls) {
      const total = this.#totals.get(acl);
      documents += total?.documents ?? 0;
      length += total?.length ?? 0;
    }
    return { documents, averageLength: documents > 0 ? length / documents : 1 };
  }

  #remove(item: number): void {
    const number = this.#numbers.get(item);
    if (number === undefined) return;
    this.#numbers.delete(item);
    this.#count(this.acls[number] ?? 0, -1, -(this.lengths[number] ?? 0));
    this.items[number] = 0;
  }

  #count(acl: number, documents: number, length: number): void {
    const total = this.#totals.get(acl) ?? { documents: 0, length: 0 };
    this.#totals.set(acl, { documents: total.documents + documents, length: total.length + length });
  }

  #grow(size: number): void {
    const capacity = Math.max(size, Math.ceil(this.items.length * 1.5));
    for (const name of ['items', 'acls', 'lengths', 'updated'] as const) {
      const grown = new Int32Array(capacity);
      grown.set(this[name]);
      this[name] = grown;
    }
    const priors = new Float32Array(capacity);
    priors.set(this.priors);
    this.priors = priors;
  }
}
