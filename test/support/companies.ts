import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSealer } from "../../src/secret/seal.ts";
import { Secret } from "../../src/secret/secret.ts";
import { type DatabaseKind, postgresQuery, postgresSchema, type Row } from "./postgres.ts";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "./workspace.ts";

/** The example with all its companies, its apps and its store on one kind of database. */
export interface Companies {
  readonly workspace: TestWorkspace;
  tenantry(...args: readonly string[]): Promise<CommandResult>;
  /** The variables that every call gets: addresses of databases in PostgreSQL, and what `setSecret` set. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a reference gives from now on. */
  setSecret(name: string, value: string): void;
  /** The address of an app's database, or of the store. */
  urlOf(name: AppName | "store"): string;
  /** Rows of a query on an app's database, as the app reads it. */
  rows(app: AppName, sql: string): Promise<readonly Row[]>;
  /** The secret of a record, opened as the app opens it. */
  openSecret(app: AppName, record: Row): string;
  close(): Promise<void>;
}

export type AppName = "portal" | "orders";

/** Opened inside a test: a PostgreSQL schema is gone when the test has finished. */
export async function openCompanies(kind: DatabaseKind): Promise<Companies> {
  const workspace = await openTestWorkspace({ whole: true, migrate: false });
  const environment: Record<string, string> = {};
  const urls = new Map<AppName | "store", string>();
  if (kind === "postgres") {
    const database = (name: AppName | "store", from: string) => async () => {
      const url = await postgresSchema();
      const variable = `TEST_${name.toUpperCase()}_${randomUUID().replaceAll("-", "").slice(0, 8)}`;
      environment[variable] = url;
      urls.set(name, url);
      if (name !== "store") workspace.sandbox.apps[name].database = url;
      workspace.edit("tenantry.yaml", from, `env:${variable}`);
    };
    await database("portal", "sqlite:.tenantry/sandbox/portal.db")();
    await database("orders", "sqlite:.tenantry/sandbox/orders.db")();
    await database("store", "sqlite:.tenantry/sandbox/store.db")();
  }
  const tenantry = (...args: readonly string[]) => workspace.tenantryWith(environment, ...args);
  const migrated = await tenantry("migrate", "--yes");
  if (migrated.exit !== 0) throw new Error(migrated.err);
  return {
    workspace,
    tenantry,
    environment,
    setSecret(name, value) {
      environment[name] = value;
    },
    urlOf: (name) => urls.get(name) ?? `sqlite:${join(workspace.root, `.tenantry/sandbox/${name}.db`)}`,
    async rows(app, sql) {
      const url = urls.get(app);
      if (url !== undefined) return postgresQuery(url, sql);
      const database = new DatabaseSync(join(workspace.root, `.tenantry/sandbox/${app}.db`), { readOnly: true });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    },
    openSecret(app, record) {
      const key = new Secret(String(workspace.sandbox.env[`${app.toUpperCase()}_SEALING_KEY`]));
      const purpose = { table: "sso_connection", record: String(record.key), column: "client_secret" };
      return createSealer([{ name: app, value: key }])
        .open(String(record.client_secret), purpose)
        .reveal();
    },
    close: () => workspace.close(),
  };
}
