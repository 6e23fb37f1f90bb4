import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Cursors } from '../cursors.ts';
import { ConnectorError } from '../errors.ts';

/** One step of a store's history: SQL that takes it from one version to the next. Never edited once released. */
export type Migration = string;

/** A value SQLite stores. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** Another process is filling the store: there can be one at a time. */
export class StoreInUse extends ConnectorError {
  constructor(cause: unknown) {
    const message = 'Another process is filling the stores in this data folder: end it, or configure another folder.';
    super('MISCONFIGURED', message, { cause });
  }
}

/** An open SQLite file (WAL): one writer, any number of readers, in any processes. */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  readonly #lock: DatabaseSync | undefined;
  #cursors: Cursors | undefined;

  private constructor(db: DatabaseSync, lock?: DatabaseSync) {
    this.#db = db;
    this.#lock = lock;
  }

  /** Creates the file where missing, and brings it to the newest version. Others may be using it. */
  static prepare(path: string, migrations: readonly Migration[]): void {
    Database.#openForWriting(path, migrations).close();
  }

  /**
   * Opens the file for writing, as the only one who does until it is closed.
   * @throws StoreInUse when another process is writing it.
   */
  static openWriter(path: string, migrations: readonly Migration[]): Database {
    mkdirSync(dirname(path), { recursive: true });
    return Database.#openForWriting(path, migrations, lockFor(path));
  }

  static #openForWriting(path: string, migrations: readonly Migration[], lock?: DatabaseSync): Database {
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: 10_000 });
    // NORMAL with WAL: a crash of the process loses nothing, a power cut at most the last batches, whose cursor then
    // is lost with them, so that the tool is asked for them again.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000;');
    const database = new Database(db, lock);
    database.#migrate(migrations);
    return database;
  }

  /** Opens a prepared file for a short note to whoever fills it, who may be running. @throws when it does not exist. */
  static openForNote(path: string): Database {
    if (!existsSync(path)) throw new Error(`There is no store ${path}.`);
    return new Database(new DatabaseSync(path, { timeout: 10_000 }));
  }

  /** Opens the file for reading only. @throws when it does not exist. */
  static openReader(path: string): Database {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
    db.exec('PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456;');
    return new Database(db);
  }

  /** Seals places in this store's lists; its tables have to have `secret`. */
  get cursors(): Cursors {
    if (!this.#cursors) {
      const row = this.get<{ value: Uint8Array }>(`SELECT value FROM secret WHERE name = 'cursors'`);
      if (!row) throw new Error('The store has no secret to seal cursors with.');
      this.#cursors = new Cursors(row.value);
    }
    return this.#cursors;
  }

  /** Changes with every change that another connection makes to the file. */
  get dataVersion(): number {
    return this.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
  }

  /** All rows of a query; the statement is prepared once. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** The first row of a query. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** The rows of a query one after another, for results too large to hold. */
  iterate<Row>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    return this.#prepare(sql).iterate(...values) as unknown as IterableIterator<Row>;
  }

  /** Runs a statement; the id of the row inserted. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** Runs `work` in one transaction: all of it is stored, or nothing. */
  transaction<Result>(work: () => Result): Result {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Runs `work` on one unchanging state of the file, whatever the writer does meanwhile. */
  snapshot<Result>(work: () => Result): Result {
    this.#db.exec('BEGIN');
    try {
      return work();
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
    this.#lock?.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #migrate(migrations: readonly Migration[]): void {
    const version = () => this.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    if (version() > migrations.length) {
      throw new Error(`The store is of a newer Atrium (version ${version()}, this one knows ${migrations.length}).`);
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version()) continue;
      this.transaction(() => {
        // Another process may have been quicker while this one waited.
        if (index < version()) return;
        this.#db.exec(migration);
        this.#db.exec(`PRAGMA user_version = ${index + 1}`);
      });
    }
  }
}

/**
 * Deletes a store.
 * @throws StoreInUse when a process is writing it.
 */
export function dropStore(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const lock = lockFor(path);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  lock.close();
}

/**
 * Holds a lock beside the store for as long as the handle is open. It is SQLite's own, so that it ends with the process
 * however that ends.
 */
function lockFor(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 2_000 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    throw new StoreInUse(cause);
  }
}
