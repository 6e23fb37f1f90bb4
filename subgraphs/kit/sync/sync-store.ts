import type { Batch } from '../connector.ts';
import type { Database } from '../store/database.ts';
import type { RunOf } from './sync-state.ts';

/** A batch that is stored. */
export interface Applied extends RunOf {
  /** Items that its sweep deleted. */
  readonly swept: number;
}

/** The writing side of a store, as a sync needs it. */
export interface SyncStore<Item> {
  readonly db: Database;
  /** The version stored of an item; undefined for one not there. */
  known(source: string, key: string): string | undefined;
  /** Told of all sources, in the order of the configuration, before any is synced: for stores to which that matters. */
  configured?(sources: readonly string[]): void;
  /** How many items of a source are stored; with `run`, those among them that it has seen. */
  countItems(source: string, run?: number): number;
  /**
   * Stores a batch with its cursor in one transaction; the run that the next batch belongs to, and what was swept.
   * @throws ConnectorError SHRUNK instead of deleting more than half of the source, see `stopIfShrunk`.
   */
  apply(run: RunOf, batch: Batch<Item>): Applied;
  /** Called when a run has come to its end: for what can only be worked out when everything is there. */
  complete?(): void;
  /** Removes all of a source. */
  removeSource(source: string): void;
  close(): void;
}
