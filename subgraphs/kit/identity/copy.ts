import type { Database } from '../store/database.ts';
import type { Identity, IdentityFeed } from './identity.ts';
import { linkAccounts } from './link.ts';

const CURSOR = 'identities';

/**
 * Brings a subgraph's copy of the identity map up to date and links its accounts anew where something changed.
 * @returns the number of people that changed.
 */
export async function refreshIdentities(db: Database, feed: IdentityFeed, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (;;) {
    const stored = db.get<{ value: number }>('SELECT value FROM counter WHERE name = ?', CURSOR)?.value ?? 0;
    const changes = await feed.changes(stored, signal);
    if (changes.cursor !== stored) {
      count += changes.changed.length + changes.gone.length;
      db.transaction(() => {
        for (const person of changes.gone) forget(db, person);
        for (const identity of changes.changed) remember(db, identity);
        db.run('INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)', CURSOR, changes.cursor);
        if (changes.more) return;
        linkAccounts(db);
        // Whose an account is shows in answers: what was remembered of the store as it was is out of date.
        db.run(`UPDATE counter SET value = value + 1 WHERE name = 'seq'`);
      });
    }
    if (!changes.more) return count;
  }
}

function forget(db: Database, person: string): void {
  for (const table of ['identity', 'identity_handle', 'identity_group']) {
    db.run(`DELETE FROM ${table} WHERE person = ?`, person);
  }
}

function remember(db: Database, identity: Identity): void {
  forget(db, identity.person);
  db.run(
    'INSERT INTO identity (person, name, active) VALUES (?, ?, ?)',
    identity.person,
    identity.name,
    identity.active ? 1 : 0,
  );
  const handle = (kind: string, source: string, text: string) =>
    db.run(
      'INSERT OR IGNORE INTO identity_handle (kind, source, handle, person) VALUES (?, ?, ?, ?)',
      kind,
      source,
      text.toLowerCase(),
      identity.person,
    );
  for (const mail of identity.mails) handle('mail', '', mail);
  for (const username of identity.usernames) handle('username', '', username);
  for (const alias of identity.aliases) handle('alias', alias.source, alias.handle);
  for (const group of identity.groups) {
    db.run('INSERT OR IGNORE INTO identity_group ("group", person) VALUES (?, ?)', group, identity.person);
  }
}
