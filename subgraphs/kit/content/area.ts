import type { z } from 'zod';
import type { Field } from '../search/segments.ts';
import type { Database, Migration, SqlValue } from '../store/database.ts';
import type { Account, ContentItem } from './item.ts';

/** Somebody's part in an item, for ranking and for showing. */
export interface Participation {
  readonly account: Account;
  /** The part with most weight. */
  readonly role: string;
  /** What an item found says for this person, see the area's weights. */
  readonly weight: number;
}

/** What an area adds to the store that documents and conversations share. */
export interface ContentArea<Item extends ContentItem> {
  /** Name of the subgraph. */
  readonly name: string;
  /** The type in global ids. */
  readonly type: string;
  readonly migrations: readonly Migration[];
  /** What an item has to be to be stored; it mends what can be. */
  readonly shape: z.ZodType<Item>;
  /** The item's values for the area's own columns. */
  columns(item: Item): Readonly<Record<string, SqlValue>>;
  /** What is searched, with weights. */
  fields(item: Item): readonly Field[];
  /** How much a match of the item counts, whatever was asked: 1 as a rule, less for what is overtaken. */
  prior(item: Item): number;
  /** Who has a part in it, at most once each, in the order they are shown. */
  participants(item: Item): readonly Participation[];
  /** Stores what lies in the area's own tables; what an earlier version of the item left there is gone already. */
  writeParts?(db: Database, id: number, item: Item, accountOf: (account: Account) => number): void;
  /** Deletes what `writeParts` stored. */
  deleteParts?(db: Database, id: number): void;
}
