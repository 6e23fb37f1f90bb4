import type { Database } from '../kit/store/database.ts';
import type { OddGroups } from './memberships.ts';

/** What these problems have in place of an item: no connector's key, for those are of one line. */
const MARK = '\nreferences';
/** So many problems of a kind tell what is wrong; a filter that leaves out half the people would make thousands. */
const MOST = 200;

interface Found {
  readonly source: string;
  readonly place: string;
  readonly reason: string;
}

/**
 * Reports what points nowhere, at several or in circles: managers, champions, members, groups inside themselves, mail
 * addresses of two people. Only now that all
 * entries are there can that be told, and it may change without a change of the entry that points; so all of it is
 * looked at anew whenever anything changed.
 */
export function reportReferences(db: Database, odd: OddGroups): void {
  db.run('DELETE FROM problem WHERE item = ?', MARK);
  const at = new Date().toISOString();
  const entries = entriesOf(db);
  const found = [
    lostManagers(entries),
    lostChampions(db),
    managerLoops(entries),
    sharedHandles(db),
    ...oddGroups(db, odd),
  ];
  for (const { source, place, reason } of found.flatMap((kind) => kind.slice(0, MOST))) {
    // Of the run that brought the entries: the next sweep takes what has been mended.
    db.run(
      `INSERT INTO problem (source, place, item, reason, at, run) SELECT name, ?, ?, ?, ?, run FROM source WHERE name = ?
       ON CONFLICT DO NOTHING`,
      place,
      MARK,
      reason,
      at,
      source,
    );
  }
}

/** What one source says of somebody's place: how others point at them, and whom they report to. */
interface Entry {
  readonly source: string;
  readonly reference: string;
  readonly manager: string | undefined;
}

/** What the sources say, not what is shown: each points within itself, also where others fill or lead. */
function entriesOf(db: Database): Entry[] {
  const rows = db.all<{ source: string; reference: string; manager: string | null }>(
    `SELECT source, reference, json_extract(item, '$.manager') AS manager FROM entry ORDER BY reference`,
  );
  return rows.map(({ manager, ...entry }) => ({ ...entry, manager: manager?.toLowerCase() }));
}

function lostManagers(entries: readonly Entry[]): Found[] {
  const known = new Set(entries.map(({ source, reference }) => `${source}\n${reference}`));
  return entries.flatMap(({ source, reference, manager }) =>
    manager === undefined || known.has(`${source}\n${manager}`)
      ? []
      : [
          {
            source,
            place: `${reference} (manager)`,
            reason: `the manager "${manager}" is nobody of this source`,
          },
        ],
  );
}

function lostChampions(db: Database): Found[] {
  const rows = db.all<{ source: string; reference: string; to: string }>(
    `SELECT t.source, t.reference, t.champion AS "to" FROM team t WHERE t.champion IS NOT NULL AND NOT EXISTS
       (SELECT 1 FROM entry e WHERE e.reference = t.champion AND e.source = t.source) ORDER BY t.reference LIMIT ?`,
    MOST,
  );
  return rows.map(({ source, reference, to }) => ({
    source,
    place: `${reference} (champion)`,
    reason: `the champion "${to}" is nobody of this source`,
  }));
}

/** Each circle of managers once, at the one of them who comes first. */
function managerLoops(entries: readonly Entry[]): Found[] {
  const managers = new Map(entries.map(({ source, reference, manager }) => [`${source}\n${reference}`, manager]));
  const settled = new Set<string>();
  const found: Found[] = [];
  for (const { source, reference } of entries) {
    const chain: string[] = [];
    const seen = new Set<string>();
    let at: string | undefined = reference;
    for (; at !== undefined && !settled.has(`${source}\n${at}`); at = managers.get(`${source}\n${at}`)) {
      if (seen.has(at)) break;
      seen.add(at);
      chain.push(at);
    }
    const loop = at !== undefined && seen.has(at) ? chain.slice(chain.indexOf(at)).toSorted() : [];
    for (const one of chain) settled.add(`${source}\n${one}`);
    const [first, ...others] = loop;
    if (first === undefined) continue;
    const by = others.length === 0 ? '' : `, by way of ${some(others)}`;
    found.push({ source, place: `${first} (manager)`, reason: `reports to themselves${by}` });
  }
  return found;
}

/** Addresses and user names of several people: accounts with them are nobody's. */
function sharedHandles(db: Database): Found[] {
  const rows = db.all<{ handle: string; source: string; names: string }>(
    `SELECT h.handle, min(p.source) AS source, json_group_array(p.name ORDER BY p.id) AS names
     FROM handle h JOIN person p ON p.id = h.person GROUP BY h.handle HAVING count(*) > 1 ORDER BY h.handle LIMIT ?`,
    MOST,
  );
  return rows.map(({ handle, source, names }) => ({
    source,
    place: `${handle} (shared)`,
    reason: `belongs to several people, so that no account is linked by it: ${some(JSON.parse(names) as string[])}`,
  }));
}

function oddGroups(db: Database, { strangers, loops }: OddGroups): Found[][] {
  const teams = db.all<{ id: number; source: string; reference: string }>(
    'SELECT id, source, reference FROM team ORDER BY reference',
  );
  const lost = teams.flatMap(({ id, source, reference }) => {
    const members = strangers.get(id) ?? [];
    if (members.length === 0) return [];
    const reason = `members that are neither people nor groups of this source: ${some(members)}`;
    return [{ source, place: `${reference} (members)`, reason }];
  });
  const circular = teams
    .filter(({ id }) => loops.has(id))
    .map(({ source, reference }) => ({
      source,
      place: `${reference} (groups)`,
      reason: 'the group is inside itself; its people are counted once',
    }));
  return [lost, circular];
}

function some(names: readonly string[]): string {
  const rest = names.length - 3;
  return `${names.slice(0, 3).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
