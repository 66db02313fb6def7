import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { migrateSqlApp, pendingSqlMigrations } from "../../../src/app/sql/migrate.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import {
  databaseUrlOn,
  failureOf,
  folder,
  key,
  pathOf,
  queryOn,
  record,
  tenant,
  workplaceOn,
  write,
} from "./workplace.ts";

const all = ["001-connections", "002-domain-proofs"];

onEachDatabase((kind) => {
  describe("migrating an app's database", () => {
    test("is told before it is done, and a second time does nothing", async () => {
      const url = await databaseUrlOn(kind);
      expect(await pendingSqlMigrations(url)).toEqual(all);
      expect(await migrateSqlApp(url)).toEqual({ applied: all, pendingBefore: all });
      const before = await queryOn(url, "select * from tenantry_migration");
      expect(await migrateSqlApp(url)).toEqual({ applied: [], pendingBefore: [] });
      expect(await pendingSqlMigrations(url)).toEqual([]);
      expect(await queryOn(url, "select * from tenantry_migration")).toEqual(before);
    });

    test("by four at once does it once", async () => {
      const url = await databaseUrlOn(kind);
      const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateSqlApp(url)));
      expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(all);
    });

    test("by programs at once does it once", async () => {
      const url = await databaseUrlOn(kind);
      const program = new URL("child.ts", import.meta.url).pathname;
      const run = promisify(execFile);
      const said = await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, "migrate", url])));
      expect(said.map(({ stdout }) => stdout).sort()).toEqual([`${all.join(" ")}\n`, "\n", "\n"].sort());
    });

    test("leaves tables of the team as they are", async () => {
      const url = await databaseUrlOn(kind);
      await queryOn(url, "create table invoice(id integer)");
      await queryOn(url, "insert into invoice values (42)");
      await migrateSqlApp(url);
      expect(await queryOn(url, "select id from invoice")).toEqual([{ id: 42 }]);
    });

    test("refuses a database with a table of our names, and changes nothing in it", async () => {
      const url = await databaseUrlOn(kind);
      await queryOn(url, "create table org(id integer)");
      const failure = await failureOf(migrateSqlApp(url));
      expect(failure.code).toBe("SQL_SCHEMA_CLASH");
      expect(failure.message).toMatch(/^The database \S+( on \S+)? has org already, and not from Tenantry\.$/);
      expect(await queryOn(url, "select * from org")).toEqual([]);
      await expect(queryOn(url, "select * from tenantry_migration")).rejects.toThrow();
      await expect(queryOn(url, "select * from org_domain")).rejects.toThrow();
    });

    test("does not call a database up to date that has lost what was made", async () => {
      const url = await databaseUrlOn(kind);
      await migrateSqlApp(url);
      await queryOn(url, "drop view sso_connection_active");
      for (const look of [pendingSqlMigrations, migrateSqlApp]) {
        const failure = await failureOf(look(url));
        expect([failure.code, failure.message]).toEqual([
          "SQL_SCHEMA_CHANGED",
          expect.stringContaining("has lost sso_connection_active"),
        ]);
      }
    });

    test("refuses a database that a newer version migrated", async () => {
      const { url, open, query } = await workplaceOn(kind);
      await query("insert into tenantry_migration values ('999-later', '2030-01-01T00:00:00.000Z')");
      expect((await failureOf(migrateSqlApp(url))).code).toBe("SQL_NEWER");
      expect((await failureOf(pendingSqlMigrations(url))).code).toBe("SQL_NEWER");
      const later = await open();
      expect((await failureOf(later.observe([record()]))).code).toBe("SQL_NEWER");
    });
  });

  describe("an app whose database is not migrated", () => {
    test("says so with the command, makes nothing, and works once it is migrated", async () => {
      const { open } = await workplaceOn(kind);
      const url = await databaseUrlOn(kind);
      if (kind === "sqlite") writeFileSync(pathOf(url), "");
      const app = await open({ databaseUrl: url, environment: "sandbox" });
      for (const work of [
        () => app.observe([record()]),
        () => app.writeTenant(tenant()),
        () => app.write(write("s3cret")),
        () => app.disable(key),
      ]) {
        const failure = await failureOf(work());
        expect(failure.code).toBe("SQL_NOT_MIGRATED");
        expect(failure.message).toMatch(
          /^The database \S+( on \S+)? needs the migrations 001-connections, 002-domain-proofs\.$/,
        );
        expect(failure.hint).toBe("Run `npx tenantry migrate --env sandbox`.");
      }
      expect(await pendingSqlMigrations(url)).toEqual(all);
      if (kind === "sqlite") expect(readFileSync(pathOf(url))).toHaveLength(0);
      await migrateSqlApp(url);
      expect((await app.observe([record()])).records.size).toBe(0);
    });

    test("says which table or view it has lost", async () => {
      const { open, query } = await workplaceOn(kind);
      await query("drop view sso_connection_active");
      const failure = await failureOf((await open()).observe([record()]));
      expect(failure.code).toBe("SQL_SCHEMA_CHANGED");
      expect(failure.message).toContain("has lost sso_connection_active, which a migration made");
    });
  });
});

describe("migrating a SQLite file", () => {
  test("makes it for this user alone, and leaves its bytes alone afterwards", async () => {
    const root = folder();
    const url = "sqlite:db/portal.db";
    await pendingSqlMigrations(url, { root });
    expect(existsSync(join(root, "db"))).toBe(false);
    await migrateSqlApp(url, { root });
    expect(statSync(join(root, "db/portal.db")).mode & 0o777).toBe(0o600);
    const before = readFileSync(join(root, "db/portal.db"));
    await migrateSqlApp(url, { root });
    expect(readFileSync(join(root, "db/portal.db"))).toEqual(before);
  });

  test("leaves the journal mode of the team as it is", async () => {
    const url = await databaseUrlOn("sqlite");
    await queryOn(url, "pragma journal_mode = wal");
    await migrateSqlApp(url);
    expect(await queryOn(url, "pragma journal_mode")).toEqual([{ journal_mode: "wal" }]);
  });

  test("that has a table of our names changes no byte of it", async () => {
    const url = await databaseUrlOn("sqlite");
    await queryOn(url, "create table org(id)");
    const before = readFileSync(pathOf(url));
    await failureOf(migrateSqlApp(url));
    expect(readFileSync(pathOf(url))).toEqual(before);
  });

  test("that is no database says so", async () => {
    const url = await databaseUrlOn("sqlite");
    writeFileSync(pathOf(url), "this is a text and no database. ".repeat(64));
    expect((await failureOf(migrateSqlApp(url))).code).toBe("SQL_CORRUPT");
  });

  test("is not done by an app, which says that the file is missing", async () => {
    const { open } = await workplaceOn("sqlite");
    const path = join(folder(), "missing.db");
    const failure = await failureOf((await open({ databaseUrl: `sqlite:${path}` })).observe([record()]));
    expect([failure.code, failure.message]).toEqual(["SQL_NOT_MIGRATED", `The database ${path} does not exist.`]);
    expect(existsSync(path)).toBe(false);
  });
});

test.each([
  "postgres://user:hunter2@db.example",
  "postgres://user:hun#ter2@db.example/portal",
  "mysql://user:hunter2@db.example/portal",
  "sqlite::memory:",
  "portal.db",
])("the address %s is refused without showing it", async (url) => {
  const failure = await failureOf(migrateSqlApp(url));
  expect(failure.code).toBe("SQL_URL_INVALID");
  expect(failure.message).not.toMatch(/hun|ter2|db\.example|portal/);
});
