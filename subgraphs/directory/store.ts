import { holdsContact } from '../kit/contact.ts';
import { Corpus } from '../kit/search/corpus.ts';
import { fold } from '../kit/search/analyze.ts';
import type { Question } from '../kit/search/question.ts';
import { search, type Found } from '../kit/search/searcher.ts';
import { Database } from '../kit/store/database.ts';
import { StoreMemory, type RowCache } from '../kit/store/row-cache.ts';
import type { HandleKind } from './generated.ts';

/** A person as the store has it. */
export interface PersonRow {
  readonly id: number;
  readonly gid: string;
  readonly source: string;
  readonly seq: number;
  readonly name: string;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly title: string | null;
  readonly department: string | null;
  readonly location: string | null;
  readonly phone: string | null;
  /** JSON, as are `skills`, `interests` and `groups`. */
  readonly mails: string;
  readonly manager: string | null;
  /** The source that `manager` points within. */
  readonly manager_source: string;
  readonly skills: string;
  readonly interests: string;
  readonly description: string | null;
  readonly photo_url: string | null;
  readonly active: number;
  readonly updated_at: string | null;
  readonly groups: string;
}

/** A group as the store has it. */
export interface GroupRow {
  readonly id: number;
  readonly gid: string;
  readonly source: string;
  readonly seq: number;
  readonly name: string;
  readonly description: string | null;
  readonly champion: string | null;
  readonly updated_at: string | null;
}

/** The columns of `PersonRow`, of `person p`. */
export const PERSON_COLUMNS = `p.id, p.gid, p.source, p.seq, p.name, p.given_name, p.family_name, p.title,
  p.department, p.location, p.phone, p.mails, p.manager, p.manager_source, p.skills, p.interests, p.description,
  p.photo_url, p.active, p.updated_at, p.groups`;

/** The columns of `GroupRow`, of `team t`. */
export const GROUP_COLUMNS = 't.id, t.gid, t.source, t.seq, t.name, t.description, t.champion, t.updated_at';

/** An account of the sign-in; other than those of tools it is compared to the letter, for such names are opaque. */
const SIGN_IN_ACCOUNT = `EXISTS (SELECT 1 FROM json_each(p.aliases) a
  WHERE a.value ->> 'source' = 'signin' AND a.value ->> 'handle' = ?)`;

/** The profiles everybody may read: the directory has but one set of readers. */
const EVERYONE: ReadonlySet<number> = new Set([1]);

/** The reading side of the directory's store. */
export class DirectoryReader {
  readonly db: Database;
  readonly #memory: StoreMemory;
  readonly #byNumber: RowCache<number, PersonRow>;
  readonly #byId: RowCache<string, PersonRow>;
  readonly #corpus = new Corpus();
  #version = -1;

  constructor(path: string) {
    this.db = Database.openReader(path);
    this.#memory = new StoreMemory(this.db);
    this.#byNumber = this.#memory.keep((numbers) => {
      const rows = this.db.all<PersonRow>(
        `SELECT ${PERSON_COLUMNS} FROM person p WHERE p.id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(numbers),
      );
      return rows.map((row) => [row.id, row]);
    });
    this.#byId = this.#memory.keep<string, PersonRow>((ids) => {
      const rows = this.db.all<PersonRow & { entryGid: string }>(
        `SELECT ${PERSON_COLUMNS}, e.gid AS entryGid FROM entry e JOIN person p ON p.id = e.person
         WHERE e.gid IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      );
      return rows.map((row) => [row.entryGid, row]);
    });
  }

  /** Looks whether the store has changed, so that nothing kept in memory is older. Every request begins with this. */
  refresh(): void {
    this.#memory.refresh();
  }

  /** People by number. */
  peopleByNumber(numbers: readonly number[]): (PersonRow | undefined)[] {
    return this.#byNumber.get(numbers);
  }

  /** People by global id: that of any entry they are made of. */
  peopleById(ids: readonly string[]): (PersonRow | undefined)[] {
    return this.#byId.get(ids);
  }

  /** Profiles that match the question, best first. */
  searchProfiles(question: Question): Found {
    return this.db.snapshot(() => {
      const version = this.db.dataVersion;
      if (version !== this.#version) {
        this.#corpus.refresh(this.db);
        this.#version = version;
      }
      return search(this.db, this.#corpus, question, { acls: EVERYONE });
    });
  }

  /**
   * A person by id (that of any entry they are made of), mail address or user name; nobody where two share it.
   * @param byContact whether addresses count
   */
  findPerson(text: string, { byContact }: { readonly byContact: boolean }): PersonRow | undefined {
    const byId = this.db.get<PersonRow>(
      `SELECT ${PERSON_COLUMNS} FROM entry e JOIN person p ON p.id = e.person WHERE e.gid = ?`,
      text,
    );
    if (byId) return byId;
    if (!byContact && holdsContact(text)) return undefined;
    const rows = this.db.all<PersonRow>(
      `SELECT ${PERSON_COLUMNS} FROM handle h JOIN person p ON p.id = h.person WHERE h.handle = ? LIMIT 2`,
      text.toLowerCase(),
    );
    return rows.length === 1 ? rows[0] : undefined;
  }

  /** A person by one kind of handle alone; nobody where two people share it. */
  findPersonBy(kind: HandleKind, text: string): PersonRow | undefined {
    const rows =
      kind === 'KEY'
        ? this.#peopleWhere('p.key = ?', text)
        : kind === 'ACCOUNT'
          ? this.#peopleWhere(SIGN_IN_ACCOUNT, text)
          : this.#peopleWhere('p.id IN (SELECT person FROM handle WHERE handle = ?)', text.toLowerCase());
    const found = rows.filter(({ mails, usernames }) => {
      if (kind !== 'MAIL' && kind !== 'USERNAME') return true;
      const handles = JSON.parse(kind === 'MAIL' ? mails : usernames) as string[];
      return handles.some((handle) => handle.toLowerCase() === text.toLowerCase());
    });
    return found.length === 1 ? found[0] : undefined;
  }

  #peopleWhere(condition: string, value: string) {
    const columns = `${PERSON_COLUMNS}, p.usernames`;
    return this.db.all<PersonRow & { usernames: string }>(
      `SELECT ${columns} FROM person p WHERE ${condition} LIMIT 10`,
      value,
    );
  }

  /** Numbers of the people in whose name every word of the text stands: who is asked for by name. */
  peopleNamed(text: string): Set<number> {
    const match = prefixMatch(text);
    if (match === undefined) return new Set();
    const words = wordsOf(text);
    const rows = this.db.all<{ id: number; name: string }>(
      'SELECT p.id, p.name FROM person_text t JOIN person p ON p.id = t.rowid WHERE t.person_text MATCH ? LIMIT 200',
      match,
    );
    const named = rows.filter(({ name }) => {
      const inName = new Set(wordsOf(name));
      return words.every((word) => inName.has(word));
    });
    return new Set(named.map(({ id }) => id));
  }

  /** A group by id or name; none where two groups share the name. */
  findGroup(text: string): GroupRow | undefined {
    const rows = this.db.all<GroupRow>(
      `SELECT ${GROUP_COLUMNS} FROM team t WHERE t.gid = ? OR t.name = ? COLLATE NOCASE LIMIT 2`,
      text,
      text,
    );
    return rows.length === 1 ? rows[0] : undefined;
  }

  /** Names of the groups a person is in, nested ones too; lower case. */
  groupNames(person: PersonRow): string[] {
    const rows = this.db.all<{ name: string }>(
      'SELECT name FROM team t JOIN team_person m ON m.team = t.id WHERE m.person = ? ORDER BY name',
      person.id,
    );
    return rows.map(({ name }) => name.toLowerCase());
  }

  close(): void {
    this.db.close();
  }
}

/** Words as a full-text match of beginnings of words; all must match. Undefined for no words at all. */
export function prefixMatch(text: string): string | undefined {
  const words = wordsOf(text).slice(0, 16);
  return words.length === 0 ? undefined : words.map((word) => `"${word}"*`).join(' ');
}

function wordsOf(text: string): string[] {
  return fold(text.slice(0, 1_000).toWellFormed()).match(/[\p{L}\p{N}]+/gu) ?? [];
}
