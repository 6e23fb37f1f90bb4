import type { Found } from '../search/searcher.ts';
import { votesOf } from '../search/votes.ts';
import type { ContentReader, Readable } from './reader.ts';

/** How many people an area names at most. */
const MAX_PEOPLE = 200;

/** How many items prove a contribution. */
const EVIDENCE = 3;

/** What one person contributed to the items found. */
export interface Contribution {
  readonly person: string;
  readonly mass: number;
  readonly hits: number;
  readonly total: number;
  readonly lastAt: string | null;
  /** Items, the one with most weight first. */
  readonly evidence: readonly number[];
}

/**
 * What people contributed to what was found: the voting model of expert search (Macdonald & Ounis 2006). Each of the
 * best items votes for everybody with a part in it, by the weight of that part.
 */
export function contributionsOf(reader: ContentReader, readable: Readable, found: Found): Contribution[] {
  const votes = votesOf(found);
  const items = [...votes.keys()];
  const people = new Map<string, { mass: number; lastAt: string | null; items: Map<number, number> }>();
  for (const [index, parts] of reader.rows.votes(items, readable).entries()) {
    const item = items[index] ?? 0;
    for (const { weight, person, at } of parts) {
      const entry = people.get(person) ?? { mass: 0, lastAt: null, items: new Map<number, number>() };
      const mass = (votes.get(item) ?? 0) * weight;
      entry.mass += mass;
      entry.items.set(item, (entry.items.get(item) ?? 0) + mass);
      if (at !== null && (entry.lastAt === null || at > entry.lastAt)) entry.lastAt = at;
      people.set(person, entry);
    }
  }
  const best = [...people].toSorted(([a, x], [b, y]) => y.mass - x.mass || (a < b ? -1 : 1)).slice(0, MAX_PEOPLE);
  const totals = reader.rows.totals(
    best.map(([person]) => person),
    readable,
  );
  return best.map(([person, { mass, lastAt, items: shares }], index) => ({
    person,
    mass,
    hits: shares.size,
    total: totals[index] || shares.size,
    lastAt,
    evidence: [...shares]
      .toSorted(([a, x], [b, y]) => y - x || a - b)
      .slice(0, EVIDENCE)
      .map(([item]) => item),
  }));
}

/** How often each tag stands on what was found, each time counted with the item's vote. */
export function tagsOf(reader: ContentReader, readable: Readable, found: Found): { tag: string; weight: number }[] {
  const votes = votesOf(found);
  const weights = new Map<string, number>();
  const tags = reader.rows.tags([...votes.keys()], readable);
  for (const [index, vote] of [...votes.values()].entries()) {
    for (const tag of tags[index] ?? []) weights.set(tag, (weights.get(tag) ?? 0) + vote);
  }
  return [...weights]
    .map(([tag, weight]) => ({ tag, weight }))
    .toSorted((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1))
    .slice(0, 50);
}
