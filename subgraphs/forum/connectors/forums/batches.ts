import type { Batch, Problem } from '../../../kit/connector.ts';
import type { ConversationItem } from '../../connector.ts';

const MAX_UPSERTS = 100;
/** An unchanged item costs no request. */
const MAX_UNCHANGED = 2000;

/** The batch that a run is filling. */
export class Batches {
  /** The cursor where a run that is cut short after it goes on. */
  cut: object;
  #restart: boolean;
  #batch = emptyBatch();

  /** @param restart whether what a run cut short has seen, and nobody sees now, is gone */
  constructor(cut: object, restart: boolean) {
    this.cut = cut;
    this.#restart = restart;
  }

  /** Whether it is time to hand it over. */
  get isFull(): boolean {
    const { upserts, unchanged, problems } = this.#batch;
    return upserts.length >= MAX_UPSERTS || unchanged.length >= MAX_UNCHANGED || problems.length >= MAX_UNCHANGED;
  }

  /** Whether something is to be deleted, which should not wait for what is read. */
  get hasDeletes(): boolean {
    return this.#batch.deletes.length > 0;
  }

  /** Adds an item, or that it is unchanged. @param before the version that is in the store */
  upsert(item: ConversationItem, before: string | undefined): void {
    if (item.version === before) this.unchanged(item.key);
    else this.#batch.upserts.push(item);
  }

  /** Keeps an item as it is in the store. */
  unchanged(key: string): void {
    this.#batch.unchanged.push(key);
  }

  /** Deletes items. */
  delete(keys: readonly string[]): void {
    this.#batch.deletes.push(...keys);
  }

  /** Reports problems. */
  problem(...problems: readonly Problem[]): void {
    this.#batch.problems.push(...problems);
  }

  /** Reports what could not be read. @param kept the key under which it is kept in the store; undefined for nothing */
  unread(kept: string | undefined, place: string, reason: string): void {
    if (kept !== undefined) this.unchanged(kept);
    this.problem({ place, reason, ...(kept === undefined ? {} : { item: kept }) });
  }

  /** Hands it over, and begins another one. */
  flush(): Batch<ConversationItem> {
    const restart = this.#restart ? ({ restart: true } as const) : {};
    const full = { ...this.#batch, ...restart, cursor: JSON.stringify(this.cut) };
    this.#restart = false;
    this.#batch = emptyBatch();
    return full;
  }
}

function emptyBatch(): {
  readonly upserts: ConversationItem[];
  readonly deletes: string[];
  readonly unchanged: string[];
  readonly problems: Problem[];
} {
  return { upserts: [], deletes: [], unchanged: [], problems: [] };
}
