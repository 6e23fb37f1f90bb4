import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type Migration } from '../../subgraphs/kit/store/database.ts';

/** What every token begins with, so that one that leaked is found by those who look for such. */
export const TOKEN_PREFIX = 'atrium_';

/** Who holds a token, and what it is good for. */
export interface ApiToken {
  /** The name of the service, by which it is revoked. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Groups whose items it may read. */
  readonly groups: readonly string[];
  /** Mail addresses, user names or ids of people whose items it may read. */
  readonly persons: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE token (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, groups TEXT NOT NULL,
    persons TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL
  ) WITHOUT ROWID`,
];

interface TokenRow {
  readonly name: string;
  readonly scopes: string;
  readonly groups: string;
  readonly persons: string;
  readonly created_at: string;
  readonly expires_at: string;
}

/**
 * The tokens of services, in a small store of the gateway. What is kept is a hash: 256 random bits need no salt, and
 * nobody guesses them however fast the hash.
 */
export class ApiTokens {
  readonly #path: string;
  #reader: Database | undefined;

  /** @param data the folder of the stores */
  constructor(data: string) {
    this.#path = join(data, 'tokens.db');
  }

  /** Whose a token is; undefined for one that is unknown, revoked or expired. */
  find(token: string, now = new Date()): ApiToken | undefined {
    // There may be no token yet, and the first one be made while the gateway runs.
    if (!this.#reader && existsSync(this.#path)) this.#reader = Database.openReader(this.#path);
    const row = this.#reader?.get<TokenRow>('SELECT * FROM token WHERE hash = ?', hashOf(token));
    const found = row && tokenOf(row);
    return found && found.expiresAt > now ? found : undefined;
  }

  /** All tokens, expired ones too. */
  list(): ApiToken[] {
    if (!existsSync(this.#path)) return [];
    return this.#with(Database.openReader(this.#path), (db) =>
      db.all<TokenRow>('SELECT * FROM token ORDER BY name').map(tokenOf),
    );
  }

  /**
   * Makes a token.
   * @returns its text, which is kept nowhere; undefined when there is one of that name.
   */
  create(token: ApiToken): string | undefined {
    const text = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
    return this.#write((db) => {
      if (db.get('SELECT 1 FROM token WHERE name = ?', token.name)) return undefined;
      db.run(
        'INSERT INTO token (name, hash, scopes, groups, persons, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        token.name,
        hashOf(text),
        JSON.stringify(token.scopes),
        JSON.stringify(token.groups),
        JSON.stringify(token.persons),
        token.createdAt.toISOString(),
        token.expiresAt.toISOString(),
      );
      return text;
    });
  }

  /** Ends a token, by its name or, where it was found lying about, by itself. @returns the name it had */
  revoke(nameOrToken: string): string | undefined {
    return this.#write((db) => {
      const condition = 'name = ?1 OR hash = ?2';
      const hash = hashOf(nameOrToken);
      const row = db.get<TokenRow>(`SELECT * FROM token WHERE ${condition}`, nameOrToken, hash);
      db.run(`DELETE FROM token WHERE ${condition}`, nameOrToken, hash);
      return row?.name;
    });
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  #write<Result>(work: (db: Database) => Result): Result {
    return this.#with(Database.openWriter(this.#path, MIGRATIONS), (db) => db.transaction(() => work(db)));
  }

  #with<Result>(db: Database, work: (db: Database) => Result): Result {
    try {
      return work(db);
    } finally {
      db.close();
    }
  }
}

function tokenOf({ name, scopes, groups, persons, created_at: created, expires_at: expires }: TokenRow): ApiToken {
  const list = (text: string) => JSON.parse(text) as string[];
  return {
    name,
    scopes: list(scopes),
    groups: list(groups),
    persons: list(persons),
    createdAt: new Date(created),
    expiresAt: new Date(expires),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
