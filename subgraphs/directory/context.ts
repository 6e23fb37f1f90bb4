import DataLoader from 'dataloader';
import type { SubgraphContext } from '../kit/subgraph.ts';
import type { Viewer } from '../kit/viewer.ts';
import { GROUP_COLUMNS, PERSON_COLUMNS, type DirectoryReader, type GroupRow, type PersonRow } from './store.ts';
import type { Thesaurus } from './thesaurus.ts';

/** What resolvers of the directory work with: one request, one viewer. */
export interface DirectoryContext extends SubgraphContext {
  readonly reader: DirectoryReader;
  readonly thesaurus: Thesaurus;
  readonly viewer: Viewer;
  /** People by global id: that of any entry they are made of. */
  readonly personById: DataLoader<string, PersonRow | undefined>;
  /** People by number. */
  readonly personByNumber: DataLoader<number, PersonRow | undefined>;
  /** People by the reference other entries have of them, within their source. */
  readonly personByReference: DataLoader<{ source: string; reference: string }, PersonRow | undefined, string>;
  /** Groups by global id. */
  readonly groupById: DataLoader<string, GroupRow | undefined>;
}

/** The context of one request. */
export function directoryContext(reader: DirectoryReader, thesaurus: Thesaurus, viewer: Viewer): DirectoryContext {
  reader.refresh();
  return {
    reader,
    thesaurus,
    viewer,
    personById: new DataLoader(async (ids) => reader.peopleById(ids)),
    personByNumber: new DataLoader(async (ids) => reader.peopleByNumber(ids)),
    personByReference: new DataLoader(
      async (keys) => {
        const rows = reader.db.all<PersonRow & { entrySource: string; entryReference: string }>(
          `SELECT ${PERSON_COLUMNS}, e.source AS entrySource, e.reference AS entryReference
           FROM entry e JOIN person p ON p.id = e.person WHERE e.reference IN (SELECT value FROM json_each(?))`,
          JSON.stringify(keys.map(({ reference }) => reference)),
        );
        return inOrder(
          keys.map(({ source, reference }) => `${source}\n${reference}`),
          rows,
          ({ entrySource, entryReference }) => `${entrySource}\n${entryReference}`,
        );
      },
      { cacheKeyFn: ({ source, reference }) => `${source}\n${reference}` },
    ),
    groupById: new DataLoader(async (ids) => {
      const rows = reader.db.all<GroupRow>(
        `SELECT ${GROUP_COLUMNS} FROM team t WHERE t.gid IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      );
      return inOrder(ids, rows, ({ gid }) => gid);
    }),
  };
}

function inOrder<Key, Row>(keys: readonly Key[], rows: readonly Row[], keyOf: (row: Row) => Key): (Row | undefined)[] {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => found.get(key));
}
