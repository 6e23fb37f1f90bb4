import type { Identity, IdentityChanges, IdentityFeed } from '../kit/identity/identity.ts';
import { Database } from '../kit/store/database.ts';

/** How many people are told of at once. */
const PAGE = 1_000;

/** The identity map as the directory's store has it, from `cursor` on. */
export function identityChanges(db: Database, cursor: number): IdentityChanges {
  const rows = db.all<{
    seq: number;
    gid: string;
    name: string;
    active: number;
    mails: string;
    usernames: string;
    aliases: string;
    groups: string;
  }>(
    `SELECT seq, gid, name, active, mails, usernames, aliases, groups FROM person WHERE seq > ? ORDER BY seq LIMIT ?`,
    cursor,
    PAGE,
  );
  const more = rows.length === PAGE;
  const upTo = more ? (rows.at(-1)?.seq ?? cursor) : Number.MAX_SAFE_INTEGER;
  const gone = db.all<{ seq: number; gid: string }>(
    'SELECT seq, gid FROM removed WHERE seq > ? AND seq <= ? AND item > 0 ORDER BY seq',
    cursor,
    upTo,
  );
  const back = new Set(rows.map(({ gid }) => gid));
  return {
    changed: rows.map((row): Identity => ({
      person: row.gid,
      name: row.name,
      active: row.active === 1,
      mails: JSON.parse(row.mails) as string[],
      usernames: JSON.parse(row.usernames) as string[],
      aliases: JSON.parse(row.aliases) as Identity['aliases'],
      groups: JSON.parse(row.groups) as string[],
    })),
    // Somebody who was removed and came back is among the changed, not among the gone.
    gone: gone.map(({ gid }) => gid).filter((gid) => !back.has(gid)),
    cursor: Math.max(cursor, rows.at(-1)?.seq ?? 0, gone.at(-1)?.seq ?? 0),
    more,
  };
}

/** The identity map out of the directory's store on this machine. */
export function openIdentityFeed(path: string): IdentityFeed {
  const db = Database.openReader(path);
  return {
    changes: async (cursor) => identityChanges(db, cursor),
    close: () => db.close(),
  };
}
