import type { ContentReader, Readable } from './reader.ts';

/** Somebody a person shares items with. */
export interface SharedWork {
  readonly person: string;
  readonly strength: number;
  readonly items: number;
}

/** The latest this many items of a person are looked at: who worked together long ago matters less. */
const RECENT_ITEMS = 500;

/** An item with more people in it than this ties nobody. */
const MAX_PEOPLE_IN_ITEM = 30;

/** How many people are named of each. */
const MAX_PEOPLE = 100;

/** Whom each of the people shares items with, as far as the viewer may read them; closest first. One query for all. */
export function sharedWorkOf(
  reader: ContentReader,
  readable: Readable,
  people: readonly string[],
): Map<string, SharedWork[]> {
  const rows = reader.db.all<SharedWork & { whose: string }>(
    `WITH theirs AS (
       SELECT DISTINCT a.person AS whose, i.id, coalesce(i.updated_at, '') AS at
       FROM json_each(?) w JOIN account a ON a.person = w.value JOIN participation p ON p.account = a.id
         JOIN item i ON i.id = p.item
       WHERE i.acl IN (SELECT value FROM json_each(?)) AND p.role <> 'MENTIONED'
     ), recent AS (
       SELECT whose, id FROM (
         SELECT whose, id, row_number() OVER (PARTITION BY whose ORDER BY at DESC, id) AS place FROM theirs
       ) WHERE place <= ${RECENT_ITEMS}
     ), size AS (
       SELECT id, (SELECT count(*) FROM participation p WHERE p.item = r.id) AS people
       FROM (SELECT DISTINCT id FROM recent) r
     )
     SELECT r.whose, a.person, sum(1.0 / s.people) AS strength, count(DISTINCT r.id) AS items
     FROM recent r JOIN size s ON s.id = r.id JOIN participation p ON p.item = r.id JOIN account a ON a.id = p.account
     WHERE s.people <= ${MAX_PEOPLE_IN_ITEM} AND a.person IS NOT NULL AND a.person <> r.whose AND p.role <> 'MENTIONED'
     GROUP BY r.whose, a.person ORDER BY r.whose, strength DESC, a.person`,
    JSON.stringify(people),
    readable.json,
  );
  const byPerson = new Map<string, SharedWork[]>(people.map((person) => [person, []]));
  for (const { whose, ...work } of rows) {
    const list = byPerson.get(whose);
    if (list && list.length < MAX_PEOPLE) list.push(work);
  }
  return byPerson;
}
