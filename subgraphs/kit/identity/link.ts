import type { Database } from '../store/database.ts';

/** An account to be linked. */
interface AccountRow {
  readonly id: number;
  readonly source: string;
  readonly handle: string;
  readonly mail: string | null;
  readonly person: string | null;
}

/**
 * Whose account it is: by an alias the directory names, else by mail address, else by user name. A handle that two
 * people share links nobody, and a display name never does: two people can have the same.
 */
export function personOf(db: Database, account: Omit<AccountRow, 'id' | 'person'>): string | null {
  const handle = account.handle.toLowerCase();
  const mail = account.mail?.toLowerCase() ?? (handle.includes('@') ? handle : undefined);
  return (
    only(db, 'alias', account.source, handle) ??
    (mail === undefined ? null : only(db, 'mail', '', mail)) ??
    only(db, 'username', '', handle)
  );
}

/** Links all accounts anew, within the caller's transaction. */
export function linkAccounts(db: Database): void {
  for (const account of db.all<AccountRow>('SELECT id, source, handle, mail, person FROM account')) {
    const person = personOf(db, account);
    if (person !== account.person) db.run('UPDATE account SET person = ? WHERE id = ?', person, account.id);
  }
}

function only(db: Database, kind: string, source: string, handle: string): string | null {
  const people = db.all<{ person: string }>(
    'SELECT person FROM identity_handle WHERE kind = ? AND source = ? AND handle = ? LIMIT 2',
    kind,
    source,
    handle,
  );
  return people.length === 1 ? (people[0]?.person ?? null) : null;
}
