import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import { migrateSqlApp } from "../../../src/app/sql/migrate.ts";
import { openSqlApp, type SqlAppOptions } from "../../../src/app/sql/open.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import { createSealer, type Sealer } from "../../../src/secret/seal.ts";
import { type DatabaseKind, postgresQuery, postgresSchema, type Row } from "../../support/postgres.ts";
import { proven, sealingKey, tenant } from "./records.ts";

export * from "./records.ts";

export interface Workplace {
  readonly url: string;
  readonly app: AppAdapter;
  /** Another adapter on the same database; its clock is the workplace's. Domains are proven unless said otherwise. */
  readonly open: (options?: Partial<SqlAppOptions>) => Promise<AppAdapter>;
  /** A query by a connection of its own, as another program would. */
  readonly query: (sql: string, ...parameters: string[]) => Promise<Row[]>;
  /** A statement that leaves rows behind which point nowhere. */
  readonly withoutForeignKeys: (sql: string) => Promise<void>;
  readonly forward: (milliseconds: number) => void;
}

/** A folder that is gone when the test has finished. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tenantry-sql-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface WorkplaceOptions {
  readonly sealer?: Sealer;
  /** Without the tenant's row. */
  readonly bare?: boolean;
}

/** The address of a database that is empty, and gone when the test has finished. */
export async function databaseUrlOn(kind: DatabaseKind): Promise<string> {
  return kind === "sqlite" ? `sqlite:${join(folder(), "portal.db")}` : postgresSchema();
}

/** The file of a SQLite database. */
export function pathOf(url: string): string {
  return url.slice("sqlite:".length);
}

/** A migrated database of its own, with the tenant's row unless said otherwise. */
export async function workplaceOn(kind: DatabaseKind, options: WorkplaceOptions = {}): Promise<Workplace> {
  const url = await databaseUrlOn(kind);
  await migrateSqlApp(url);
  let now = Date.UTC(2026, 10, 21, 9);
  const open = async (change: Partial<SqlAppOptions> = {}): Promise<AppAdapter> => {
    const app = await openSqlApp({
      app: { name: "portal" },
      workspace: "acme",
      environment: "production",
      databaseUrl: url,
      sealer: options.sealer ?? createSealer([sealingKey]),
      clock: () => now,
      ...change,
    });
    onTestFinished(() => app.close());
    return { ...app, writeTenant: (wanted, domains = proven(wanted)) => app.writeTenant(wanted, domains) };
  };
  const app = await open();
  if (options.bare !== true) await app.writeTenant(tenant());
  return {
    url,
    app,
    open,
    forward: (milliseconds) => {
      now += milliseconds;
    },
    query: (sql, ...parameters) => queryOn(url, sql, parameters),
    withoutForeignKeys: async (sql) => {
      if (kind === "postgres") await postgresQuery(url, `set session_replication_role = replica; ${sql}`);
      else sqliteQuery(url, sql, [], false);
    },
  };
}

/** A query on a database by a connection of its own. */
export async function queryOn(url: string, sql: string, parameters: readonly string[] = []): Promise<Row[]> {
  return url.startsWith("sqlite:") ? sqliteQuery(url, sql, parameters) : postgresQuery(url, sql, parameters);
}

function sqliteQuery(url: string, sql: string, parameters: readonly string[], enableForeignKeyConstraints = true) {
  const database = new DatabaseSync(pathOf(url), { enableForeignKeyConstraints });
  try {
    return database.prepare(sql).all(...parameters);
  } finally {
    database.close();
  }
}

export async function failureOf(work: Promise<unknown>): Promise<TenantryError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TenantryError) return error;
  throw new Error("no TenantryError was thrown", { cause: error });
}
