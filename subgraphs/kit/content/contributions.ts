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
  const rows = reader.db.all<{ item: number; weight: number; person: string; at: string | null }>(
    `SELECT p.item, p.weight, a.person, i.updated_at AS at
     FROM json_each(?) h JOIN participation p ON p.item = h.value
       JOIN account a ON a.id = p.account JOIN item i ON i.id = p.item
     WHERE a.person IS NOT NULL`,
    JSON.stringify([...votes.keys()]),
  );
  const people = new Map<string, { mass: number; lastAt: string | null; items: Map<number, number> }>();
  for (const { item, weight, person, at } of rows) {
    const entry = people.get(person) ?? { mass: 0, lastAt: null, items: new Map<number, number>() };
    const mass = (votes.get(item) ?? 0) * weight;
    entry.mass += mass;
    entry.items.set(item, (entry.items.get(item) ?? 0) + mass);
    if (at !== null && (entry.lastAt === null || at > entry.lastAt)) entry.lastAt = at;
    people.set(person, entry);
  }
  const best = [...people].toSorted(([a, x], [b, y]) => y.mass - x.mass || (a < b ? -1 : 1)).slice(0, MAX_PEOPLE);
  const totals = totalsOf(
    reader,
    readable,
    best.map(([person]) => person),
  );
  return best.map(([person, { mass, lastAt, items }]) => ({
    person,
    mass,
    hits: items.size,
    total: totals.get(person) ?? items.size,
    lastAt,
    evidence: [...items]
      .toSorted(([a, x], [b, y]) => y - x || a - b)
      .slice(0, EVIDENCE)
      .map(([item]) => item),
  }));
}

/** How often each tag stands on what was found, each time counted with the item's vote. */
export function tagsOf(reader: ContentReader, found: Found): { tag: string; weight: number }[] {
  const votes = votesOf(found);
  const weights = new Map<string, number>();
  const rows = reader.db.all<{ item: number; tag: string }>(
    'SELECT t.item, t.tag FROM json_each(?) h JOIN tag t ON t.item = h.value',
    JSON.stringify([...votes.keys()]),
  );
  for (const { item, tag } of rows) weights.set(tag, (weights.get(tag) ?? 0) + (votes.get(item) ?? 0));
  return [...weights]
    .map(([tag, weight]) => ({ tag, weight }))
    .toSorted((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1))
    .slice(0, 50);
}

function totalsOf(reader: ContentReader, readable: Readable, people: readonly string[]): Map<string, number> {
  const rows = reader.db.all<{ person: string; total: number }>(
    `SELECT a.person, sum(n.items) AS total
     FROM json_each(?) p JOIN account a ON a.person = p.value JOIN account_items n ON n.account = a.id
     WHERE n.acl IN (SELECT value FROM json_each(?)) GROUP BY a.person`,
    JSON.stringify(people),
    readable.json,
  );
  return new Map(rows.map(({ person, total }) => [person, total]));
}
