import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import { migrateSqlApp } from "../../../src/app/sql/migrate.ts";
import { openSqlApp, type SqlAppOptions } from "../../../src/app/sql/open.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import { createSealer, type Sealer } from "../../../src/secret/seal.ts";
import { sealingKey, tenant } from "./records.ts";

export * from "./records.ts";

export interface Workplace {
  readonly path: string;
  readonly url: string;
  readonly app: AppAdapter;
  /** Another adapter on the same database; its clock is the workplace's. */
  readonly open: (options?: Partial<SqlAppOptions>) => Promise<AppAdapter>;
  /** A query by a connection of its own, as another program would. */
  readonly query: (sql: string, ...parameters: string[]) => Record<string, SQLOutputValue>[];
  readonly forward: (milliseconds: number) => void;
}

/** A folder that is gone when the test has finished. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tenantry-sql-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A migrated database in a folder of its own, with the tenant's row unless said otherwise. */
export async function workplace(
  options: { readonly sealer?: Sealer; readonly bare?: boolean } = {},
): Promise<Workplace> {
  const path = join(folder(), "portal.db");
  const url = `sqlite:${path}`;
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
    return app;
  };
  const app = await open();
  if (options.bare !== true) await app.writeTenant(tenant());
  return {
    path,
    url,
    app,
    open,
    forward: (milliseconds) => {
      now += milliseconds;
    },
    query: (sql, ...parameters) => {
      const database = new DatabaseSync(path);
      try {
        return database.prepare(sql).all(...parameters);
      } finally {
        database.close();
      }
    },
  };
}

export async function failureOf(work: Promise<unknown>): Promise<TenantryError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TenantryError) return error;
  throw new Error("no TenantryError was thrown", { cause: error });
}
