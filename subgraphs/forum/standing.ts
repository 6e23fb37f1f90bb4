import type { Readable } from '../kit/content/reader.ts';
import type { Database } from '../kit/store/database.ts';

/** What others made of somebody's part in conversations, and when they were last seen there. */
export interface Standing {
  readonly votes: number;
  readonly acceptedAnswers: number;
  readonly replies: number;
  readonly conversations: number;
  readonly lastActiveAt: string | null;
}

const NONE: Standing = { votes: 0, acceptedAnswers: 0, replies: 0, conversations: 0, lastActiveAt: null };

/** The standing of each of the people, recounted from what the viewer may read. One query for all. */
export function standingOf(db: Database, readable: Readable, people: readonly string[]): Map<string, Standing> {
  const rows = db.all<Standing & { person: string }>(
    `WITH wrote AS (
       SELECT a.person, r.votes, r.accepted, 1 AS reply, 0 AS opening, r.created_at AS at
       FROM json_each(?1) w JOIN account a ON a.person = w.value JOIN reply r ON r.author = a.id
         JOIN item i ON i.id = r.item
       WHERE i.acl IN (SELECT value FROM json_each(?2))
       UNION ALL
       SELECT a.person, i.votes, 0, 0, 1, i.created_at
       FROM json_each(?1) w JOIN account a ON a.person = w.value JOIN item i ON i.author = a.id
       WHERE i.acl IN (SELECT value FROM json_each(?2))
     )
     SELECT person, sum(votes) AS votes, sum(accepted) AS acceptedAnswers, sum(reply) AS replies,
       sum(opening) AS conversations, max(at) AS lastActiveAt
     FROM wrote GROUP BY person`,
    JSON.stringify(people),
    readable.json,
  );
  const standings = new Map(people.map((person) => [person, NONE]));
  for (const { person, ...standing } of rows) standings.set(person, standing);
  return standings;
}
