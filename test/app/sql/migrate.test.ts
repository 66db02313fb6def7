import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { migrateSqlApp, pendingSqlMigrations } from "../../../src/app/sql/migrate.ts";
import { failureOf, folder, key, record, tenant, workplace, write } from "./workplace.ts";

describe("migrating an app's database", () => {
  test("makes the file for this user alone, and a second time does nothing", async () => {
    const root = folder();
    const url = "sqlite:db/portal.db";
    expect(await pendingSqlMigrations(url, { root })).toEqual(["001-connections"]);
    expect(existsSync(join(root, "db"))).toBe(false);
    const first = await migrateSqlApp(url, { root });
    expect(first).toEqual({ applied: ["001-connections"], pendingBefore: ["001-connections"] });
    expect(statSync(join(root, "db/portal.db")).mode & 0o777).toBe(0o600);
    const before = readFileSync(join(root, "db/portal.db"));
    expect(await migrateSqlApp(url, { root })).toEqual({ applied: [], pendingBefore: [] });
    expect(await pendingSqlMigrations(url, { root })).toEqual([]);
    expect(readFileSync(join(root, "db/portal.db"))).toEqual(before);
  });

  test("by four at once does it once", async () => {
    const url = `sqlite:${folder()}/portal.db`;
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateSqlApp(url)));
    expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(["001-connections"]);
  });

  test("leaves tables and the journal mode of the team as they are", async () => {
    const path = join(folder(), "portal.db");
    const database = new DatabaseSync(path);
    database.exec("create table invoice(id); insert into invoice values (42)");
    await migrateSqlApp(`sqlite:${path}`);
    expect(database.prepare("select id from invoice").all()).toEqual([{ id: 42 }]);
    expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "delete" });
    database.close();
  });

  test("refuses a database with a table of our names, and changes nothing in it", async () => {
    const path = join(folder(), "portal.db");
    const database = new DatabaseSync(path);
    database.exec("create table org(id)");
    database.close();
    const before = readFileSync(path);
    const failure = await failureOf(migrateSqlApp(`sqlite:${path}`));
    expect(failure.code).toBe("SQL_SCHEMA_CLASH");
    expect(failure.message).toBe(`The database ${path} has org already, and not from Tenantry.`);
    expect(readFileSync(path)).toEqual(before);
  });

  test("refuses a database that a newer version migrated", async () => {
    const { url, open, query } = await workplace();
    query("insert into tenantry_migration values ('999-later', '2030-01-01T00:00:00.000Z')");
    expect((await failureOf(migrateSqlApp(url))).code).toBe("SQL_NEWER");
    expect((await failureOf(pendingSqlMigrations(url))).code).toBe("SQL_NEWER");
    const later = await open();
    expect((await failureOf(later.observe([record()]))).code).toBe("SQL_NEWER");
  });

  test.each(["postgres://user:hunter2@db.example/portal", "sqlite::memory:", "portal.db"])(
    "refuses the address %s without showing it",
    async (url) => {
      const failure = await failureOf(migrateSqlApp(url));
      expect(failure.code).toBe("SQL_URL_INVALID");
      expect(failure.message).not.toContain("hunter2");
    },
  );

  test("says when the file is no database", async () => {
    const path = join(folder(), "portal.db");
    writeFileSync(path, "this is a text and no database. ".repeat(64));
    expect((await failureOf(migrateSqlApp(`sqlite:${path}`))).code).toBe("SQL_CORRUPT");
  });
});

describe("an app whose database is not migrated", () => {
  test("says so with the command, and no file is made", async () => {
    const { open } = await workplace();
    const path = join(folder(), "missing.db");
    const app = await open({ databaseUrl: `sqlite:${path}`, environment: "sandbox" });
    for (const work of [
      app.observe([record()]),
      app.writeTenant(tenant()),
      app.write(write("s3cret")),
      app.disable(key),
    ]) {
      const failure = await failureOf(work);
      expect(failure.code).toBe("SQL_NOT_MIGRATED");
      expect(failure.message).toBe(`The database ${path} does not exist.`);
      expect(failure.hint).toBe("Run `npx tenantry migrate --env sandbox`.");
    }
    expect(existsSync(path)).toBe(false);
  });

  test("says so when the file is there, writes nothing, and works once it is migrated", async () => {
    const { open } = await workplace();
    const path = join(folder(), "empty.db");
    writeFileSync(path, "");
    const app = await open({ databaseUrl: `sqlite:${path}` });
    const failure = await failureOf(app.observe([record()]));
    expect(failure.code).toBe("SQL_NOT_MIGRATED");
    expect(failure.message).toBe(`The database ${path} needs the migrations 001-connections.`);
    expect(readFileSync(path)).toHaveLength(0);
    await migrateSqlApp(`sqlite:${path}`);
    expect((await app.observe([record()])).records.size).toBe(0);
  });
});
