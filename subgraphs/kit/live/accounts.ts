import type { Database } from '../store/database.ts';

/** Somebody's account in one tool, as far as is known here. */
export interface OwnAccount {
  readonly handle: string;
  /** It is taken for theirs by what the directory says of them; the tool has not shown it yet, and may not have it. */
  readonly isPresumed: boolean;
}

/** Somebody with more accounts than this in one tool is asked for by the first ones. */
const MAX_ACCOUNTS = 3;

/** A person's accounts in a tool: those it has shown; else the one that would be linked to them, were it shown. */
export function accountsOf(db: Database, person: string, source: string): OwnAccount[] {
  const shown = db.all<{ handle: string }>(
    `SELECT handle FROM account WHERE source = ? AND person = ? ORDER BY id LIMIT ${MAX_ACCOUNTS}`,
    source,
    person,
  );
  if (shown.length > 0) return shown.map(({ handle }) => ({ handle, isPresumed: false }));
  const presumed = db.get<{ handle: string }>(
    // A name two people share names neither; an account that was shown is somebody else's.
    `SELECT h.handle FROM identity_handle h
     WHERE h.person = ? AND ((h.kind = 'alias' AND h.source = ?) OR h.kind IN ('mail', 'username'))
       AND NOT EXISTS (SELECT 1 FROM identity_handle o
         WHERE o.kind = h.kind AND o.source = h.source AND o.handle = h.handle AND o.person <> h.person)
       AND NOT EXISTS (SELECT 1 FROM account a WHERE a.source = ? AND a.handle = h.handle)
     ORDER BY CASE h.kind WHEN 'alias' THEN 0 WHEN 'username' THEN 1 ELSE 2 END, h.handle LIMIT 1`,
    person,
    source,
    source,
  );
  return presumed ? [{ handle: presumed.handle, isPresumed: true }] : [];
}
