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

/** Who each of the people shares items with, as far as the viewer may read them; closest first, at most 100 each. */
export function sharedWorkOf(reader: ContentReader, readable: Readable, person: string): SharedWork[] {
  return reader.db.all<{ person: string; strength: number; items: number }>(
    `WITH mine AS (
       SELECT DISTINCT i.id FROM account a JOIN participation p ON p.account = a.id JOIN item i ON i.id = p.item
       WHERE a.person = ? AND i.acl IN (SELECT value FROM json_each(?)) AND p.role <> 'MENTIONED'
       ORDER BY i.seq DESC LIMIT ${RECENT_ITEMS}
     ), size AS (
       SELECT m.id, count(*) AS people FROM mine m JOIN participation p ON p.item = m.id GROUP BY m.id
     )
     SELECT a.person, sum(1.0 / s.people) AS strength, count(DISTINCT s.id) AS items
     FROM size s JOIN participation p ON p.item = s.id JOIN account a ON a.id = p.account
     WHERE s.people <= ${MAX_PEOPLE_IN_ITEM} AND a.person IS NOT NULL AND a.person <> ? AND p.role <> 'MENTIONED'
     GROUP BY a.person ORDER BY strength DESC, a.person LIMIT 100`,
    person,
    readable.json,
    person,
  );
}
