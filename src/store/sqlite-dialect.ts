import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { isBusy } from "./sqlite-fault.ts";
import type { SqliteLocation } from "./sqlite-url.ts";

export interface SqliteOptions {
  readonly location: SqliteLocation;
  /** `ours`: switched to write-ahead logging. `theirs`: its journal mode is left as it is. */
  readonly owner: "ours" | "theirs";
  /** Makes it when it is missing (file 0600, folder 0700). Default: for `ours`. */
  readonly make?: boolean | undefined;
  /** `read`: opened read-only; a statement that would write fails. Default `manage`. */
  readonly access?: "read" | "manage" | undefined;
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** How long SQLite itself waits for a lock. Short, because nothing else of this process runs meanwhile. */
const busyTimeout = 5;
/** Then we wait, letting others run, and try again: 10 s in all. */
const retries = 100;
const retryDelay = 95;

/**
 * SQLite for kysely by `node:sqlite`. One connection, which kysely hands out to one query or transaction at a time
 * (`supportsMultipleConnections` of the adapter). Transactions take the write lock at their beginning (`begin immediate`), so that what they have read is still true when they write;
 * read-only ones do not. Commits to a file of others are on the disk when they return (`synchronous = full`). Commits to
 * our own outlive the process, and a machine that loses its power may forget the last ones (`synchronous = normal`).
 */
export class SqliteDialect implements Dialect {
  readonly #options: SqliteOptions;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#options);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

/** SQLite does roll back table changes (https://sqlite.org/lang_transaction.html), so migrations are all or nothing. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #options: SqliteOptions;
  #database: DatabaseSync | undefined;
  #connection: SqliteConnection | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {
    let database = open(this.#options);
    if (this.#options.access === "read" && leftHalfway(database)) {
      database.close();
      // Undoing it takes the right to write; whoever has none is told by the first query.
      database = open({ ...this.#options, access: "manage", make: false });
      database.exec("pragma query_only = on");
    }
    const connection = new SqliteConnection(database, this.#options.sleep ?? wait);
    try {
      if (this.#options.owner === "ours") await connection.run("pragma journal_mode = wal");
      await connection.run(`pragma synchronous = ${this.#options.owner === "ours" ? "normal" : "full"}`);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    this.#connection = connection;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#opened();
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(_connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await this.#opened().run(settings.accessMode === "read only" ? "begin deferred" : "begin immediate");
  }

  async commitTransaction(): Promise<void> {
    await this.#opened().run("commit");
  }

  async rollbackTransaction(): Promise<void> {
    // SQLite rolls back by itself on some errors, such as a full disk.
    if (this.#database?.isTransaction === true) await this.#opened().run("rollback");
  }

  async destroy(): Promise<void> {
    this.#database?.close();
  }

  #opened(): SqliteConnection {
    if (this.#connection === undefined) throw new Error("the SQLite driver is not initialised");
    return this.#connection;
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;

  constructor(database: DatabaseSync, sleep: (milliseconds: number) => Promise<unknown>) {
    this.#database = database;
    this.#sleep = sleep;
  }

  async run(text: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(text));
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#execute(query);
      } catch (error) {
        if (attempt >= retries || !isBusy(error)) throw error;
        await this.#sleep(retryDelay);
      }
    }
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator, and nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not supported");
  }

  #execute<R>(query: CompiledQuery): QueryResult<R> {
    const statement = this.#database.prepare(query.sql);
    const parameters = query.parameters.map(toSql);
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }
}

function open({ location, owner, make = owner === "ours", access }: SqliteOptions): DatabaseSync {
  if (location.kind === "memory") return new DatabaseSync(":memory:", { timeout: busyTimeout });
  const url = pathToFileURL(location.path);
  // Never makes a missing file (https://sqlite.org/uri.html).
  url.searchParams.set("mode", access === "read" ? "ro" : "rw");
  if (make) {
    mkdirSync(dirname(location.path), { recursive: true, mode: 0o700 });
    // SQLite gives its own files (-wal, -shm) the mode of the database.
    closeSync(openSync(location.path, "a", 0o600));
  }
  if (statSync(location.path, { throwIfNoEntry: false })?.isDirectory() === true) throw systemError("EISDIR");
  try {
    return new DatabaseSync(url, { timeout: busyTimeout });
  } catch (error) {
    // SQLite only says that it cannot be opened.
    if (existsSync(location.path) && !isReadable(location.path)) throw systemError("EACCES");
    throw error;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** As the file system would throw it. */
function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Whether a program was killed inside a transaction that a read-only connection cannot undo. */
function leftHalfway(database: DatabaseSync): boolean {
  try {
    database.prepare("select 1 from sqlite_schema limit 1").get();
    return false;
  } catch (error) {
    return (error as { readonly errcode?: unknown }).errcode === readonlyRollback;
  }
}

/** SQLITE_READONLY_ROLLBACK, https://sqlite.org/rescode.html#readonly_rollback */
const readonlyRollback = 776;

function toSql(value: unknown): SQLInputValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  return (value ?? null) as SQLInputValue;
}
