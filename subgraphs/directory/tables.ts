import { SEGMENT_TABLES } from '../kit/search/segments.ts';
import type { Migration } from '../kit/store/database.ts';
import { SOURCE_HAD, SYNC_TABLES } from '../kit/sync/tables.ts';

/**
 * The history of the directory's store.
 *
 * - `entry` is what one source says of somebody, `person` what is shown of them: several entries may be one person, which
 *   has the number and the global id of the leading one;
 * - `gid` is the global id; `reference` is how other entries point at this one (a DN, an id);
 * - `person.groups` holds the global ids of all groups a person is in, nested ones too: brought up to date when a sync ends;
 * - the view `item` is what the ranking reads of the profiles, see kit/search/corpus.ts.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  ${SYNC_TABLES}
  ${SEGMENT_TABLES}
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE person (
    id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, source TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
    run INTEGER NOT NULL, seq INTEGER NOT NULL, docno INTEGER NOT NULL, length INTEGER NOT NULL,
    reference TEXT NOT NULL, name TEXT NOT NULL, given_name TEXT, family_name TEXT, title TEXT, department TEXT,
    location TEXT, phone TEXT, mails TEXT NOT NULL, usernames TEXT NOT NULL, aliases TEXT NOT NULL, manager TEXT,
    skills TEXT NOT NULL, interests TEXT NOT NULL, description TEXT, active INTEGER NOT NULL, updated_at TEXT,
    groups TEXT NOT NULL DEFAULT '[]', UNIQUE (source, key)
  );
  CREATE UNIQUE INDEX person_seq ON person (seq);
  CREATE INDEX person_name ON person (name, id);
  CREATE INDEX person_reference ON person (reference);
  CREATE INDEX person_manager ON person (manager);
  CREATE TABLE handle (handle TEXT NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (handle, person)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE person_text USING fts5(text, content='', contentless_delete=1, prefix='2 3');
  CREATE TABLE team (
    id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, source TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
    run INTEGER NOT NULL, seq INTEGER NOT NULL, reference TEXT NOT NULL, name TEXT NOT NULL, description TEXT,
    champion TEXT, updated_at TEXT, UNIQUE (source, key)
  );
  CREATE UNIQUE INDEX team_seq ON team (seq);
  CREATE INDEX team_name ON team (name, id);
  CREATE VIRTUAL TABLE team_text USING fts5(text, content='', contentless_delete=1, prefix='2 3');
  CREATE TABLE member (team INTEGER NOT NULL, reference TEXT NOT NULL, PRIMARY KEY (team, reference)) WITHOUT ROWID;
  CREATE TABLE team_person (
    team INTEGER NOT NULL, person INTEGER NOT NULL, direct INTEGER NOT NULL, PRIMARY KEY (team, person)
  ) WITHOUT ROWID;
  CREATE INDEX team_person_person ON team_person (person);
  CREATE TABLE removed (seq INTEGER PRIMARY KEY, item INTEGER NOT NULL, gid TEXT NOT NULL, at TEXT NOT NULL);
  CREATE INDEX removed_gid ON removed (gid);
  CREATE VIEW item AS SELECT id, docno, 1 AS acl, 1.0 AS prior, length, updated_at, seq FROM person;
  `,
  'ALTER TABLE person ADD COLUMN photo_url TEXT',
  SOURCE_HAD,
  `
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, source TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
    run INTEGER NOT NULL, reference TEXT NOT NULL, item TEXT NOT NULL, person INTEGER NOT NULL, UNIQUE (source, key)
  );
  INSERT INTO entry SELECT id, gid, source, key, version, run, reference, json_object('kind', 'person', 'key', key,
    'version', version, 'reference', reference, 'name', name, 'givenName', given_name, 'familyName', family_name,
    'title', title, 'department', department, 'location', location, 'phone', phone, 'mails', json(mails),
    'usernames', json(usernames), 'aliases', json(aliases), 'manager', manager, 'skills', json(skills),
    'interests', json(interests), 'description', description, 'photoUrl', photo_url, 'active', json(iif(active = 1, 'true', 'false')),
    'updatedAt', updated_at), id FROM person;
  CREATE INDEX entry_person ON entry (person);
  CREATE INDEX entry_reference ON entry (reference);
  CREATE TABLE entry_mail (mail TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (mail, entry)) WITHOUT ROWID;
  CREATE INDEX entry_mail_entry ON entry_mail (entry);
  INSERT OR IGNORE INTO entry_mail SELECT lower(m.value), p.id FROM person p, json_each(p.mails) m;
  CREATE TABLE place (source TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE shown (
    id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, source TEXT NOT NULL, made_of TEXT NOT NULL, seq INTEGER NOT NULL,
    docno INTEGER NOT NULL, length INTEGER NOT NULL, name TEXT NOT NULL, given_name TEXT, family_name TEXT, title TEXT,
    department TEXT, location TEXT, phone TEXT, mails TEXT NOT NULL, usernames TEXT NOT NULL, aliases TEXT NOT NULL,
    manager TEXT, manager_source TEXT NOT NULL, skills TEXT NOT NULL, interests TEXT NOT NULL, description TEXT,
    photo_url TEXT, active INTEGER NOT NULL, updated_at TEXT, groups TEXT NOT NULL DEFAULT '[]'
  );
  INSERT INTO shown SELECT id, gid, source, json_array(json_array(id, version)), seq, docno, length, name, given_name,
    family_name, title, department, location, phone, mails, usernames, aliases, manager, source, skills, interests,
    description, photo_url, active, updated_at, groups FROM person;
  DROP VIEW item;
  DROP TABLE person;
  ALTER TABLE shown RENAME TO person;
  CREATE UNIQUE INDEX person_seq ON person (seq);
  CREATE INDEX person_name ON person (name, id);
  CREATE INDEX person_manager ON person (manager);
  CREATE VIEW item AS SELECT id, docno, 1 AS acl, 1.0 AS prior, length, updated_at, seq FROM person;
  `,
  // Without the addresses that were among the words.
  `
  DROP TABLE person_text;
  CREATE VIRTUAL TABLE person_text USING fts5(text, content='', contentless_delete=1, prefix='2 3');
  INSERT INTO person_text (rowid, text) SELECT id, lower(concat_ws(' ', iif(instr(name, '@'), '', name), title,
    department, location, skills, description)) FROM person;
  `,
];
