import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { userInfo } from "node:os";
import type { ConnectionOptions } from "node:tls";
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresDriver,
  type PostgresPool,
  PostgresQueryCompiler,
  type QueryCompiler,
  sql,
  type TableMetadata,
  type TransactionSettings,
} from "kysely";
import { UnreadableCertificate } from "./postgres-fault.ts";
import type { PostgresLocation } from "./postgres-url.ts";

export interface PostgresOptions {
  readonly location: PostgresLocation;
  /** `read`: a statement that would write fails. Default `manage`. */
  readonly access?: "read" | "manage" | undefined;
  /**
   * What a transaction that may write locks at its beginning, so that what it has read is still true when it writes:
   * tables (against every other writer; readers go on), or, before there are tables, the right to migrate.
   */
  readonly writeLock?: readonly string[] | "migration" | undefined;
  /** Milliseconds of silence after which a connection is given up. Default 40,000. */
  readonly answerTimeout?: number | undefined;
}

/** Connections at once. Locks and journal go beside the work of a few connections of tenants. */
const poolSize = 4;
const idleConnection = 10_000;
/** How long a lock that somebody else holds is waited for: as long as on SQLite. */
const lockTimeout = 10_000;
const statementTimeout = 30_000;
/** A server that does not answer at all: it may work on a statement for less. */
const defaultAnswerTimeout = 40_000;
/** A program that hangs in a transaction gives its locks up. */
const idleTransactionTimeout = 60_000;

/** Any number that other programs do not use for an advisory lock. */
const migrationLock = 7_330_190_644;

/**
 * PostgreSQL for kysely by `pg`, with a small pool. Names without a schema mean the first schema of the search path, for
 * looking as for making.
 */
export class PostgresDialect implements Dialect {
  readonly #options: PostgresOptions;

  constructor(options: PostgresOptions) {
    this.#options = options;
  }

  createDriver(): Driver {
    return new LockingDriver(this.#options);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new CurrentSchemaIntrospector(database);
  }
}

class LockingDriver extends PostgresDriver {
  readonly #lock: string | undefined;

  constructor(options: PostgresOptions) {
    super({ pool: () => openPool(options) });
    this.#lock = lockStatement(options.writeLock);
  }

  override async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    // What was written while the lock was waited for must be seen, whatever level the server or the role prefers.
    await super.beginTransaction(connection, {
      ...settings,
      isolationLevel: settings.isolationLevel ?? "read committed",
    });
    if (this.#lock === undefined || settings.accessMode === "read only") return;
    try {
      await connection.executeQuery(CompiledQuery.raw(this.#lock));
    } catch (error) {
      await this.rollbackTransaction(connection);
      throw error;
    }
  }

  /** Never throws: a connection that cannot roll back is given up, and what broke it is the news. */
  override async rollbackTransaction(connection: Connection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined);
  }
}

type Connection = DatabaseConnection & Parameters<PostgresDriver["rollbackTransaction"]>[0];

function lockStatement(lock: PostgresOptions["writeLock"]): string | undefined {
  if (lock === undefined) return undefined;
  if (lock === "migration") return `select pg_advisory_xact_lock(${migrationLock})`;
  return `lock table ${lock.map((table) => `"${table}"`).join(", ")} in share row exclusive mode`;
}

/** Tables and views of the schema that a name without one means; without their columns, which nobody asks for. */
class CurrentSchemaIntrospector implements DatabaseIntrospector {
  readonly #database: Kysely<unknown>;

  constructor(database: Kysely<unknown>) {
    this.#database = database;
  }

  async getSchemas(): Promise<{ name: string }[]> {
    const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(this.#database);
    return rows;
  }

  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ name: string; kind: string }>`
      select c.relname as name, c.relkind as kind from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'v', 'm', 'p', 'f')`.execute(this.#database);
    return rows.map(({ name, kind }) => ({ name, isView: kind === "v", isForeign: kind === "f", columns: [] }));
  }
}

async function openPool(options: PostgresOptions): Promise<PostgresPool> {
  const { location, access, answerTimeout = defaultAnswerTimeout } = options;
  // Loaded when it is needed: most commands, and most workspaces, do without.
  const { default: pg } = await import("pg");

  class Client extends pg.Client {
    constructor() {
      super(connectionOf(location));
      // Of these two, none is given by an empty value: pg would look for them in PGOPTIONS and PGREPLICATION.
      Object.assign((this as unknown as Wire).connectionParameters, {
        options: location.options,
        replication: undefined,
      });
      // Without a listener, a connection that breaks between two statements would end the program.
      this.on("error", () => {
        // The next statement on it fails and says so.
      });
    }
  }

  const pool = new pg.Pool({
    Client,
    max: poolSize,
    idleTimeoutMillis: idleConnection,
    allowExitOnIdle: true,
    onConnect: async (client) => {
      const { stream } = (client as unknown as Wire).connection;
      stream.setTimeout(answerTimeout, () => stream.destroy(new Error("Query read timeout")));
      await client.query(
        [
          `set statement_timeout = ${statementTimeout}`,
          `set lock_timeout = ${lockTimeout}`,
          `set idle_in_transaction_session_timeout = ${idleTransactionTimeout}`,
          // Above it, two signs of life of a lock at once, or two who want it, would be a serialization failure.
          "set default_transaction_isolation = 'read committed'",
          ...(access === "read" ? ["set default_transaction_read_only = on"] : []),
        ].join("; "),
      );
    },
  });
  pool.on("error", () => {
    // An idle connection broke. The pool drops it and opens another when one is wanted.
  });
  return pool as PostgresPool;
}

/** Every setting is given, so that none is taken from variables of the environment (PGPASSWORD, PGSSLMODE …). */
function connectionOf(location: PostgresLocation) {
  const { host, port, database, password, applicationName, connectTimeout } = location;
  return {
    host,
    port,
    database,
    user: location.user ?? userInfo().username,
    // A function, because an empty password would be looked for elsewhere.
    password: () => password?.reveal() ?? "",
    ssl: tlsOf(location),
    application_name: applicationName,
    client_encoding: "UTF8",
    sslnegotiation: "postgres" as const,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

function tlsOf({ tls, rootCertificate }: PostgresLocation): ConnectionOptions | false {
  const ca = rootCertificate === undefined ? {} : { ca: certificates(rootCertificate) };
  switch (tls) {
    case "disable":
      return false;
    case "require":
      return { rejectUnauthorized: false };
    case "verify-ca":
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case "verify-full":
      return { ...ca, rejectUnauthorized: true };
    default:
      return tls satisfies never;
  }
}

function certificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UnreadableCertificate(path, error);
  }
}

/** Parts of pg's client that its types do not tell. */
type Wire = {
  readonly connection: { readonly stream: Socket };
  readonly connectionParameters: { options?: string; replication?: string };
};
