import { copyFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { pendingSqlMigrations } from "../../../src/app/sql/migrate.ts";
import { onEachDatabase } from "../../support/postgres.ts";
import { failureOf, folder, key, pathOf, record, tenant, workplaceOn, write } from "./workplace.ts";

onEachDatabase((kind) => {
  describe("an adapter that may only read", () => {
    test("observes and opens secrets", async () => {
      const { app, url, open } = await workplaceOn(kind);
      await app.write(write("s3cret"));
      const reader = await open({ access: "read" });
      expect((await reader.observe([record()])).records.get(key)?.state).toBe("pending");
      expect((await reader.secretOf(key))?.value.reveal()).toBe("s3cret");
      expect(await pendingSqlMigrations(url)).toEqual([]);
    });

    test("fails where it would write, and changes nothing", async () => {
      const { app, open, query } = await workplaceOn(kind);
      await app.write(write("s3cret"));
      const everything = async () => [await query("select * from org"), await query("select * from sso_connection")];
      const before = await everything();
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
      expect(await everything()).toEqual(before);
    });
  });
});

describe("a file that migrate made", () => {
  test("has no write-ahead log beside it, during a change and after it", async () => {
    const { app, url, query } = await workplaceOn("sqlite");
    await app.write(write("s3cret"));
    expect(await query("pragma journal_mode")).toEqual([{ journal_mode: "delete" }]);
    expect(readdirSync(dirname(pathOf(url)))).toEqual(["portal.db"]);
  });

  test("is alone after an adapter that may only read", async () => {
    const { app, url, open } = await workplaceOn("sqlite");
    await app.write(write("s3cret"));
    await app.close();
    const reader = await open({ access: "read" });
    await reader.observe([record()]);
    expect(readdirSync(dirname(pathOf(url)))).toEqual(["portal.db"]);
  });

  test("shows what was there before a program that was killed inside a transaction", async () => {
    const { app, url, open } = await workplaceOn("sqlite");
    const path = pathOf(url);
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
