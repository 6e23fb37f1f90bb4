import type { Known, Problem } from '../../../kit/connector.ts';
import { keyOf, type Entry, type Mapped } from '../inet-org-person.ts';
import type { Connection, Search } from './connection.ts';
import { PrimaryGroups } from './primary-groups.ts';

/** What a run reads, and how. */
export interface Plan {
  readonly source: string;
  /** People first, then groups. */
  readonly searches: readonly [people: Search, groups: Search];
  /** What is asked for to see whether an entry is as before. */
  readonly listed: readonly string[];
  /** The attributes that identify an entry, in lower case. */
  readonly keys: readonly string[];
  readonly toItem: (entry: Entry) => Mapped;
  readonly versionOf: (entry: Entry, nowMs: number) => string | undefined;
  readonly pageSize: number;
}

/** What of one search is not as the store has it. */
interface Changed {
  readonly search: Search;
  /** The names of entries to read. */
  readonly names: Map<string, undefined>;
  /** How many entries there are in all. */
  readonly count: number;
  readonly isCut: boolean;
}

/** What a directory holds: one light walk through the ids and markers of all its entries. */
export class Listing {
  /** The name of the entry that has a key. */
  readonly owners = new Map<string, string>();
  /** Keys of entries that are as the store has them. */
  readonly unchanged: string[] = [];
  readonly problems: Problem[] = [];
  readonly primaryGroups = new PrimaryGroups();
  readonly changed: Changed[] = [];

  private constructor() {}

  static async read(plan: Plan, connection: Connection, known: Known): Promise<Listing> {
    const listing = new Listing();
    for (const search of plan.searches) await listing.#add(plan, connection, search, known);
    return listing;
  }

  /**
   * Whether the key is this entry's own. Of two that share one, the one listed first keeps it: most servers list in the
   * order in which entries were made.
   */
  owns(key: string, { dn }: Entry): boolean {
    const owner = this.owners.get(key);
    if (owner === undefined) this.owners.set(key, dn);
    else if (owner !== dn)
      this.problems.push({ place: dn, reason: `the key ${key} belongs to ${owner} already; this entry is left out` });
    return owner === undefined || owner === dn;
  }

  async #add(plan: Plan, connection: Connection, search: Search, known: Known): Promise<void> {
    const names = new Map<string, undefined>();
    let count = 0;
    let isCut = false;
    for await (const page of connection.pages({ ...search, attributes: plan.listed }, plan.pageSize)) {
      const now = Date.now();
      isCut ||= page.isCut;
      count += page.entries.length;
      for (const entry of page.entries) {
        const key = keyOf(entry, plan.keys);
        // Found by both searches, an entry is one all the same.
        if (key !== undefined && this.owners.get(key) === entry.dn) continue;
        if (key !== undefined && !this.owns(key, entry)) continue;
        if (search === plan.searches[0]) this.primaryGroups.note(entry);
        const version = this.primaryGroups.versionOf(entry, plan.versionOf(entry, now));
        if (key !== undefined && version !== undefined && known(key) === version) this.unchanged.push(key);
        else names.set(entry.dn, undefined);
      }
    }
    this.changed.push({ search, names, count, isCut });
  }
}
