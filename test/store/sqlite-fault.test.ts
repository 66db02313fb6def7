import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { sqliteFault } from "../../src/store/sqlite-fault.ts";
import { folder } from "./workplace.ts";

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a fault of SQLite", () => {
  test("is a full disk", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("pragma max_page_count = 2");
    const error = errorOf(() => database.exec("create table a(x); create table b(x); create table c(x)"));
    expect(sqliteFault(error)).toMatchObject({ kind: "unreachable", text: "cannot grow: the disk is full" });
  });

  test("is a read-only database", () => {
    const path = `${folder()}/a.db`;
    const writable = new DatabaseSync(path);
    writable.exec("create table a(x)");
    writable.close();
    const database = new DatabaseSync(path, { readOnly: true });
    const error = errorOf(() => database.exec("insert into a values (1)"));
    expect(sqliteFault(error)).toMatchObject({ kind: "unreachable", text: "is read-only" });
    database.close();
  });

  test("is a broken constraint or a missing table", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("create table a(x not null)");
    expect(sqliteFault(errorOf(() => database.exec("insert into a values (null)")))?.kind).toBe("constraint");
    expect(sqliteFault(errorOf(() => database.exec("insert into b values (1)")))?.kind).toBe("schema");
  });

  test("is a file system that refuses", () => {
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    expect(sqliteFault(denied)).toMatchObject({ kind: "unreachable", text: "may not be opened by this user" });
  });

  test("is nothing that a mistake of ours makes", () => {
    expect(sqliteFault(new TypeError("x is not a function"))).toBeUndefined();
    expect(sqliteFault(undefined)).toBeUndefined();
    expect(sqliteFault("text")).toBeUndefined();
  });
});
