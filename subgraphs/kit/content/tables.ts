import { IDENTITY_TABLES } from '../identity/tables.ts';
import { SEGMENT_TABLES } from '../search/segments.ts';
import type { Migration } from '../store/database.ts';
import { SYNC_TABLES } from '../sync/tables.ts';

/**
 * The first version of a store of documents or conversations.
 *
 * - `acl` holds each different set of readers once, so that "what may the viewer read?" is a handful of numbers;
 * - `item.seq` rises with every change of the store: the order of reports, and what readers catch up by;
 * - `item.docno` is the item's number in the inverted index, a new one for every version;
 * - `account_items` counts per account and set of readers, so that totals never count what the viewer may not read.
 *
 * @param columns the area's own columns of `item`
 * @param tables the area's own tables
 */
export function contentTables(columns: string, tables = ''): Migration {
  return `
    ${SYNC_TABLES}
    ${IDENTITY_TABLES}
    ${SEGMENT_TABLES}
    CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE acl (id INTEGER PRIMARY KEY, readers TEXT NOT NULL UNIQUE);
    CREATE TABLE acl_reader (
      reader TEXT NOT NULL, acl INTEGER NOT NULL, PRIMARY KEY (reader, acl)
    ) WITHOUT ROWID;
    CREATE TABLE account (
      id INTEGER PRIMARY KEY, source TEXT NOT NULL, handle TEXT NOT NULL, name TEXT, mail TEXT, person TEXT,
      UNIQUE (source, handle)
    );
    CREATE INDEX account_person ON account (person);
    CREATE TABLE item (
      id INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, run INTEGER NOT NULL,
      seq INTEGER NOT NULL, docno INTEGER NOT NULL, length INTEGER NOT NULL, acl INTEGER NOT NULL, prior REAL NOT NULL,
      url TEXT, url_key TEXT, title TEXT NOT NULL, created_at TEXT, updated_at TEXT, author INTEGER, ${columns},
      body TEXT NOT NULL, UNIQUE (source, key)
    );
    CREATE UNIQUE INDEX item_seq ON item (seq);
    CREATE INDEX item_updated ON item (coalesce(updated_at, ''), id);
    CREATE INDEX item_created ON item (coalesce(created_at, ''), id);
    CREATE INDEX item_author ON item (author);
    CREATE INDEX item_url ON item (url_key);
    CREATE TABLE removed (
      seq INTEGER PRIMARY KEY, item INTEGER NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, acl INTEGER NOT NULL,
      at TEXT NOT NULL
    );
    CREATE INDEX removed_key ON removed (source, key);
    CREATE TABLE participation (
      item INTEGER NOT NULL, account INTEGER NOT NULL, role TEXT NOT NULL, weight REAL NOT NULL, rank INTEGER NOT NULL,
      PRIMARY KEY (item, account)
    ) WITHOUT ROWID;
    CREATE INDEX participation_account ON participation (account);
    CREATE TABLE account_items (
      account INTEGER NOT NULL, acl INTEGER NOT NULL, items INTEGER NOT NULL, PRIMARY KEY (account, acl)
    ) WITHOUT ROWID;
    CREATE TABLE tag (item INTEGER NOT NULL, tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (item, tag)) WITHOUT ROWID;
    CREATE INDEX tag_item ON tag (tag, item);
    CREATE TABLE link (item INTEGER NOT NULL, url TEXT NOT NULL, PRIMARY KEY (item, url)) WITHOUT ROWID;
    CREATE INDEX link_url ON link (url, item);
    ${tables}
  `;
}

/** What tools show of accounts. */
export const ACCOUNT_STATE: Migration = `
  ALTER TABLE account ADD COLUMN reputation INTEGER;
  ALTER TABLE account ADD COLUMN last_seen_at TEXT;
`;

/**
 * Sets of readers are kept for each source and container: what a tool, asked live, no longer lets somebody read is then
 * a set like any other that they are not in. `''`: what everyone may read, and what was stored before. The index is for
 * whom names its condition: lists are better off with theirs.
 */
export const ACL_CONTAINERS: Migration = `
  CREATE TABLE acl_of (
    id INTEGER PRIMARY KEY, readers TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', container TEXT NOT NULL DEFAULT '',
    UNIQUE (readers, source, container)
  );
  INSERT INTO acl_of (id, readers) SELECT id, readers FROM acl;
  DROP TABLE acl;
  ALTER TABLE acl_of RENAME TO acl;
  CREATE INDEX item_sample ON item (acl, coalesce(created_at, ''), id) WHERE seq > 0;
`;
