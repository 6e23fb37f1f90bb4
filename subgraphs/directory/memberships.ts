import type { Database } from '../kit/store/database.ts';

/** What groups say that cannot be so. */
export interface OddGroups {
  /** Members of a group that are neither people nor groups of its source, by the group's number. */
  readonly strangers: ReadonlyMap<number, readonly string[]>;
  /** Groups that are inside themselves. */
  readonly loops: ReadonlySet<number>;
}

/**
 * Works out who is in which group, also by way of groups inside groups (cycles are walked once), and stores it.
 * A person whose groups changed counts as changed, so that the other subgraphs hear of it.
 */
export function resolveMemberships(db: Database, nextSeq: () => number): OddGroups {
  const strangers = new Map<number, string[]>();
  const loops = new Set<number>();
  const entries = db.all<{ person: number; source: string; reference: string; usernames: string }>(
    `SELECT person, source, reference, json_extract(item, '$.usernames') AS usernames FROM entry`,
  );
  const teams = db.all<{ id: number; gid: string; source: string; reference: string }>(
    'SELECT id, gid, source, reference FROM team',
  );
  const personAt = new Map<string, number>();
  // posixGroup names its members by user name; a DN can never be taken for one. What a group names is of its own source.
  for (const { person, source, usernames } of entries) {
    for (const name of JSON.parse(usernames) as string[]) personAt.set(`${source}\n${name.toLowerCase()}`, person);
  }
  for (const { person, source, reference } of entries) personAt.set(`${source}\n${reference}`, person);
  const teamAt = new Map(teams.map(({ id, source, reference }) => [`${source}\n${reference}`, id]));
  const references = Map.groupBy(
    db.all<{ team: number; reference: string }>('SELECT team, reference FROM member'),
    ({ team }) => team,
  );

  db.run('DELETE FROM team_person');
  const groupsOf = new Map<number, string[]>();
  const sourceOf = new Map(teams.map(({ id, source }) => [id, source]));
  for (const team of teams) {
    for (const [person, isDirect] of membersOf(team.id)) {
      db.run('INSERT INTO team_person (team, person, direct) VALUES (?, ?, ?)', team.id, person, isDirect ? 1 : 0);
      groupsOf.set(person, [...(groupsOf.get(person) ?? []), team.gid]);
    }
  }
  for (const person of db.all<{ id: number; groups: string }>('SELECT id, groups FROM person')) {
    const groups = JSON.stringify((groupsOf.get(person.id) ?? []).toSorted());
    if (groups === person.groups) continue;
    db.run('UPDATE person SET groups = ?, seq = ? WHERE id = ?', groups, nextSeq(), person.id);
  }
  return { strangers, loops };

  function membersOf(root: number): Map<number, boolean> {
    const members = new Map<number, boolean>();
    const seen = new Set([root]);
    const queue = [root];
    for (let team = queue.shift(); team !== undefined; team = queue.shift()) {
      for (const { reference } of references.get(team) ?? []) {
        const place = `${sourceOf.get(team)}\n${reference}`;
        const person = personAt.get(place);
        const inner = teamAt.get(place);
        if (person !== undefined) members.set(person, members.get(person) === true || team === root);
        if (inner === root) loops.add(root);
        if (person === undefined && inner === undefined && team === root) {
          const others = strangers.get(root);
          if (others === undefined) strangers.set(root, [reference]);
          else others.push(reference);
        }
        if (inner !== undefined && !seen.has(inner)) {
          seen.add(inner);
          queue.push(inner);
        }
      }
    }
    return members;
  }
}
