import type { Migration } from '../store/database.ts';

/** What every store keeps of its sources, and the secret its cursors are sealed with. */
export const SYNC_TABLES = `
  CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  INSERT INTO secret (name, value) VALUES ('cursors', randomblob(32));
  CREATE TABLE source (
    name TEXT PRIMARY KEY, connector TEXT NOT NULL, options TEXT NOT NULL, cursor TEXT, run INTEGER NOT NULL DEFAULT 0,
    running INTEGER NOT NULL DEFAULT 0, last_sync_at TEXT, last_success_at TEXT,
    error_code TEXT, error_message TEXT, error_at TEXT
  ) WITHOUT ROWID;
  CREATE TABLE problem (
    source TEXT NOT NULL, place TEXT NOT NULL, item TEXT, reason TEXT NOT NULL, at TEXT NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (source, place)
  ) WITHOUT ROWID;
`;

/** `source.had`: how many items it had when it last went through; 0 where it may have lost any number since, -1 where
 * an operator accepted that. */
export const SOURCE_HAD: Migration = 'ALTER TABLE source ADD COLUMN had INTEGER NOT NULL DEFAULT 0';
