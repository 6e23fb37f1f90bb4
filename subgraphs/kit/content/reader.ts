import { Corpus } from '../search/corpus.ts';
import type { Question } from '../search/question.ts';
import { search, type Found } from '../search/searcher.ts';
import { Database, type SqlValue } from '../store/database.ts';
import { StoreMemory, type RowCache } from '../store/row-cache.ts';
import type { Viewer } from '../viewer.ts';
import { KeptRows } from './kept-rows.ts';

/** What a viewer may read: the sets of readers they are in, as JSON for `json_each` and as a set. */
export interface Readable {
  readonly acls: ReadonlySet<number>;
  readonly json: string;
}

/** A set of readers: whose items it is for, and by what container the tool grants it; both blank for everyone's. */
export interface Grant {
  readonly acl: number;
  readonly source: string;
  readonly container: string;
}

/** Some items of a set. */
export interface Samples {
  readonly keys: readonly string[];
  /** Whether there are none but those that the person wrote. */
  readonly areOwn: boolean;
}

/** One of them at a time is asked for; where it may not be read, the next time another one is. */
const SAMPLES = 3;

/** What of a viewer rights go by. */
type Identified = Pick<Viewer, 'person' | 'persons' | 'groups'>;

/** A condition on `item`, with its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What somebody in these sets of readers may read. */
export function readableOf(grants: readonly Grant[]): Readable {
  const acls = new Set(grants.map(({ acl }) => acl));
  return { acls, json: JSON.stringify([...acls]) };
}

/** The reading side of a store of documents or conversations. */
export class ContentReader {
  readonly db: Database;
  /** What is kept in memory, as new as the last call of `grants`. */
  readonly rows: KeptRows;
  readonly #memory: StoreMemory;
  readonly #grants: RowCache<string, readonly Grant[]>;
  readonly #corpus = new Corpus();
  #version = -1;

  constructor(path: string) {
    this.db = Database.openReader(path);
    this.#memory = new StoreMemory(this.db);
    this.rows = new KeptRows(this.db, this.#memory);
    this.#grants = this.#memory.keep<string, readonly Grant[]>((viewers) =>
      viewers.map((viewer) => [viewer, this.#grantsOf(JSON.parse(viewer) as Identified)] as const),
    );
  }

  /** What the viewer may read by the readers stored. `readable` of a request may be less, see `kit/live/`. */
  readable(viewer: Viewer): Readable {
    return readableOf(this.grants(viewer));
  }

  /**
   * The sets of readers the viewer is in, with what the tool grants them by. Every request begins with this question: it
   * looks whether the store has changed, so that nothing kept in memory is older than the rights of who asks.
   */
  grants({ person, persons, groups }: Viewer): readonly Grant[] {
    this.#memory.refresh();
    const [grants = []] = this.#grants.get([JSON.stringify({ person, persons, groups } satisfies Identified)]);
    return grants;
  }

  #grantsOf(viewer: Identified): Grant[] {
    const readers = ['everyone', ...viewer.groups.map((group) => `group:${group.toLowerCase()}`)];
    const people = viewer.person === null ? [] : [viewer.person];
    for (const person of [...people, ...(viewer.persons ?? [])]) {
      readers.push(`person:${person.toLowerCase()}`);
      const handles = this.db.all<{ handle: string }>(
        // A handle in one tool may be somebody else's in another, and an address two people share names neither.
        `SELECT h.handle FROM identity_handle h WHERE h.person = ? AND h.kind IN ('mail', 'username')
           AND NOT EXISTS (SELECT 1 FROM identity_handle o
             WHERE o.kind = h.kind AND o.source = h.source AND o.handle = h.handle AND o.person <> h.person)`,
        person,
      );
      for (const { handle } of handles) readers.push(`person:${handle}`);
    }
    return this.db.all<Grant>(
      `SELECT DISTINCT a.id AS acl, a.source, a.container FROM acl_reader r JOIN acl a ON a.id = r.acl
       WHERE r.reader IN (SELECT value FROM json_each(?)) ORDER BY a.id`,
      JSON.stringify(readers),
    );
  }

  /**
   * Items by which to find out whether a person may read a set's: the oldest, which seldom go or move, and of others,
   * for tools may let people read what they wrote themselves when nothing else.
   */
  samplesOf(acl: number, person: string): Samples {
    const all = 'SELECT key FROM item WHERE acl = ? AND seq > 0';
    const first = `ORDER BY coalesce(created_at, ''), id LIMIT ${SAMPLES}`;
    const others = this.db.all<{ key: string }>(
      `${all} AND (author IS NULL OR author NOT IN (SELECT id FROM account WHERE person = ?)) ${first}`,
      acl,
      person,
    );
    const rows = others.length > 0 ? others : this.db.all<{ key: string }>(`${all} ${first}`, acl);
    return { keys: rows.map(({ key }) => key), areOwn: others.length === 0 };
  }

  /** Everything that matches the question, best first. */
  search(question: Question, readable: Readable, since?: number): Found {
    // One snapshot: postings and what is known of their documents must be of the same moment.
    return this.db.snapshot(() => {
      const version = this.db.dataVersion;
      if (version !== this.#version) {
        this.#corpus.refresh(this.db);
        this.#version = version;
      }
      return search(this.db, this.#corpus, question, { acls: readable.acls, since });
    });
  }

  /** Reads the ranking's part of the store into memory, so that the first question need not wait for it. */
  warm(): void {
    this.search({ terms: new Map(), pairs: [] }, { acls: new Set(), json: '[]' });
  }

  /** Ids of the items that fulfil all conditions and may be read. */
  idsWhere(conditions: readonly Condition[], readable: Readable): Set<number> {
    const { sql, values } = whereClause(conditions, readable);
    return new Set(this.db.all<{ id: number }>(`SELECT id FROM item i WHERE ${sql}`, ...values).map(({ id }) => id));
  }

  /** How many items fulfil all conditions and may be read. */
  countWhere(conditions: readonly Condition[], readable: Readable): number {
    const { sql, values } = whereClause(conditions, readable);
    return this.db.get<{ n: number }>(`SELECT count(*) AS n FROM item i WHERE ${sql}`, ...values)?.n ?? 0;
  }

  close(): void {
    this.db.close();
  }
}

/** The conditions and the readers' one as SQL. */
export function whereClause(
  conditions: readonly Condition[],
  readable: Readable,
): { sql: string; values: readonly SqlValue[] } {
  const readers = { sql: 'i.acl IN (SELECT value FROM json_each(?))', values: [readable.json] };
  const all = [readers, ...conditions];
  return { sql: all.map(({ sql }) => `(${sql})`).join(' AND '), values: all.flatMap(({ values }) => values) };
}
