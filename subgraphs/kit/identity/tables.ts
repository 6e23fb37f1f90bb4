/** The copy of the identity map that a subgraph keeps: who has which handles, and who is in which groups. */
export const IDENTITY_TABLES = `
  CREATE TABLE identity (person TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE identity_handle (
    kind TEXT NOT NULL, source TEXT NOT NULL, handle TEXT NOT NULL, person TEXT NOT NULL,
    PRIMARY KEY (kind, source, handle, person)
  ) WITHOUT ROWID;
  CREATE INDEX identity_handle_person ON identity_handle (person);
  CREATE TABLE identity_group (
    "group" TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY ("group", person)
  ) WITHOUT ROWID;
  CREATE INDEX identity_group_person ON identity_group (person);
`;
