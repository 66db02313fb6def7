import { copyFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { pendingSqlMigrations } from "../../../src/app/sql/migrate.ts";
import { failureOf, folder, key, record, tenant, workplace, write } from "./workplace.ts";

describe("a database that migrate made", () => {
  test("has one file and no write-ahead log, during a change and after it", async () => {
    const { app, path, query } = await workplace();
    await app.write(write("s3cret"));
    expect(query("pragma journal_mode")).toEqual([{ journal_mode: "delete" }]);
    expect(readdirSync(dirname(path))).toEqual(["portal.db"]);
  });
});

describe("an adapter that may only read", () => {
  test("observes and opens secrets, and leaves no file behind", async () => {
    const { app, path, url, open } = await workplace();
    await app.write(write("s3cret"));
    await app.close();
    const reader = await open({ access: "read" });
    expect((await reader.observe([record()])).records.get(key)?.state).toBe("pending");
    expect((await reader.secretOf(key))?.value.reveal()).toBe("s3cret");
    expect(await pendingSqlMigrations(url)).toEqual([]);
    expect(readdirSync(dirname(path))).toEqual(["portal.db"]);
  });

  test("fails where it would write, and changes nothing", async () => {
    const { app, open, query } = await workplace();
    await app.write(write("s3cret"));
    const everything = () => [query("select * from org"), query("select * from sso_connection")];
    const before = everything();
    const reader = await open({ access: "read" });
    for (const work of [
      () => reader.writeTenant(tenant({ name: "Other" })),
      () => reader.write(write("another")),
      () => reader.activate(key),
      () => reader.disable(key),
      () => reader.remove(key),
    ]) {
      const failure = await failureOf(work());
      expect([failure.code, failure.message]).toEqual(["SQL_UNREACHABLE", expect.stringContaining("is read-only")]);
    }
    expect(everything()).toEqual(before);
  });

  test("reads what was there before a program that was killed inside a transaction", async () => {
    const { app, path, open } = await workplace();
    await app.write(write("s3cret"));
    await app.close();
    // What a killed program leaves: pages of a transaction that never ended in the file, and the journal beside it.
    const killed = new DatabaseSync(path);
    killed.exec("pragma cache_size = 1; begin immediate; update sso_connection set state = 'active'");
    killed.exec(
      "create table filling as with recursive n(i) as (select 1 union all select i + 1 from n limit 9999) select i, hex(randomblob(40)) from n",
    );
    const left = join(folder(), "portal.db");
    copyFileSync(path, left);
    copyFileSync(`${path}-journal`, `${left}-journal`);
    killed.exec("rollback");
    killed.close();
    const reader = await open({ access: "read", databaseUrl: `sqlite:${left}` });
    expect((await reader.observe([record()])).records.get(key)?.state).toBe("pending");
    expect((await failureOf(reader.disable(key))).code).toBe("SQL_UNREACHABLE");
  });
});
