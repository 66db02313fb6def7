import { existsSync } from "node:fs";
import type { Dialect } from "kysely";
import type { DatabaseFault } from "./fault.ts";
import { PostgresDialect, type PostgresOptions } from "./postgres-dialect.ts";
import { postgresFault } from "./postgres-fault.ts";
import { isPostgresUrl, type PostgresLocation, parsePostgresUrl, type UnusableUrl } from "./postgres-url.ts";
import { SqliteDialect } from "./sqlite-dialect.ts";
import { sqliteFault } from "./sqlite-fault.ts";
import { parseSqliteUrl, type SqliteLocation } from "./sqlite-url.ts";

/** Where a database is. */
export type DatabaseLocation = SqliteLocation | PostgresLocation;

/** How a database is opened. What only one of the two knows is left out by the other. */
export interface DatabaseOptions {
  /** Of a SQLite file. `ours`: switched to write-ahead logging. `theirs`: its journal mode is left as it is. */
  readonly owner: "ours" | "theirs";
  /** Makes a SQLite file when it is missing. Default: for `ours`. */
  readonly make?: boolean | undefined;
  readonly access?: "read" | "manage" | undefined;
  /** On PostgreSQL; on SQLite a transaction that may write locks the whole file. */
  readonly writeLock?: PostgresOptions["writeLock"];
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** Reads `sqlite:PATH` (relative to `root`), `sqlite::memory:` or `postgres://…`. */
export function parseDatabaseUrl(url: string, root?: string): DatabaseLocation | UnusableUrl {
  if (isPostgresUrl(url)) return parsePostgresUrl(url, root);
  return parseSqliteUrl(url, root) ?? { kind: "unusable", problem: "is of no kind that is supported" };
}

/** What a database is called in messages: where it is, and nothing that is secret. `what` is `store` or `database`. */
export function databaseName(what: "store" | "database", location: DatabaseLocation): string {
  switch (location.kind) {
    case "memory":
      return `The ${what} in memory`;
    case "file":
      return `The ${what} ${location.path}`;
    case "postgres": {
      const host = location.host.includes(":") ? `[${location.host}]` : location.host;
      return `The ${what} ${location.database} on ${host}${location.port === 5432 ? "" : `:${location.port}`}`;
    }
    default:
      return location satisfies never;
  }
}

export function databaseDialect(location: DatabaseLocation, options: DatabaseOptions): Dialect {
  return location.kind === "postgres"
    ? new PostgresDialect({ location, access: options.access, writeLock: options.writeLock })
    : new SqliteDialect({ location, ...options });
}

/** False for a file that is missing; of a server only a connection can tell. */
export function mayExist(location: DatabaseLocation): boolean {
  return location.kind !== "file" || existsSync(location.path);
}

/** Undefined for a mistake of ours. */
export function databaseFault(location: DatabaseLocation, error: unknown): DatabaseFault | undefined {
  return location.kind === "postgres" ? postgresFault(error) : sqliteFault(error);
}
