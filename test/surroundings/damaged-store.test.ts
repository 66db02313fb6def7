import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { expectConverges, expectDiscreet, told } from "./told.ts";

const name = "The store ROOT/.tenantry/sandbox/store.db";
const moveAway =
  "When no other run is under way, move the file (with its -wal and -shm) or the `tenantry_` tables away and run the command again: a new store is made, and only history is lost.";
const parts = ["", "-wal", "-shm"];

let workspace: TestWorkspace;
let path: string;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  path = join(workspace.root, ".tenantry/sandbox/store.db");
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
});
afterEach(() => workspace.close());

function edit(statement: string): void {
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
}

/** Overwrites pages of the file, which are counted from 0. */
function damage(first: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, first * 4096);
  writeFileSync(path, bytes);
}

describe("a store in a file that was damaged", () => {
  it.each<[what: string, damage: () => void, message: string]>([
    ["overwritten", () => writeFileSync(path, "rubbish ".repeat(2_000)), `${name} is not a SQLite database.`],
    ["overwritten by a text", () => writeFileSync(path, "see the wiki\n"), `${name} is not a SQLite database.`],
    ["cut in half", () => truncateSync(path, 4096 * 8), `${name} is damaged.`],
    ["broken in every page but the first", () => damage(1), `${name} is damaged.`],
    [
      "robbed of its journal",
      () => edit("drop table tenantry_journal"),
      `${name} does not have the tables and columns that it should have (no such table: tenantry_journal).`,
    ],
    [
      "robbed of its locks",
      () => edit("drop table tenantry_lock"),
      `${name} does not have the tables and columns that it should have (no such table: tenantry_lock).`,
    ],
    [
      "robbed of its version",
      () => edit("drop table tenantry_meta"),
      `${name} does not have the tables and columns that it should have (table "tenantry_id" already exists).`,
    ],
    [
      "robbed of a column",
      () => edit("alter table tenantry_audit drop column actor"),
      `${name} does not have the tables and columns that it should have (table tenantry_audit has no column named actor).`,
    ],
    [
      "robbed of its key",
      () => edit("delete from tenantry_meta where name = 'fingerprint_key'"),
      `${name} has lost its key for fingerprints.`,
    ],
    [
      "edited in a row of the journal",
      () => edit("update tenantry_run set finished_at = null; update tenantry_journal set step = 'undo'"),
      `${name}: a row of the journal is not as it was written (step).`,
    ],
  ])("%s: nothing is applied; moved away, the same command makes another", async (_, break_, message) => {
    break_();
    const apps = JSON.stringify(ourApps(workspace.sandbox));
    const record = workspace.portal("select * from sso_connection");
    const failed = told(workspace, await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit"));
    expect(failed).toEqual({ exit: 5, code: "STORE_CORRUPT", message, mend: moveAway });
    expect(JSON.stringify(ourApps(workspace.sandbox))).toBe(apps);
    expect(workspace.portal("select * from sso_connection")).toEqual(record);

    for (const part of parts) rmSync(path + part, { force: true });
    expect((await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit")).exit).toBe(0);
    await expectConverges(workspace, workspace.tenantry);
  });

  it("edited in a row of evidence: the status says so, and an apply proves afresh", async () => {
    edit("update tenantry_evidence set body = '{'");
    expect(told(workspace, await workspace.tenantry("status"))).toEqual({
      exit: 5,
      code: "STORE_CORRUPT",
      message: `${name}: a row of evidence is not as it was written.`,
      mend: moveAway,
    });
    expect((await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit")).exit).toBe(0);
    expect((await workspace.tenantry("status")).exit).toBe(0);
  });

  it("made by a newer version: refused, and left as it is", async () => {
    edit("update tenantry_meta set value = '99' where name = 'version'");
    const before = readFileSync(path);
    const failed = told(workspace, await workspace.tenantry("apply", "--yes"));
    expect(failed).toEqual({
      exit: 4,
      code: "STORE_NEWER",
      message: expect.stringMatching(`^${name} has version 99; this program knows up to \\d+\\.$`),
      mend: "Use that version or a later one, or name another store.",
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("replaced by a directory: nothing is applied", async () => {
    for (const part of parts) rmSync(path + part, { force: true });
    mkdirSync(path);
    expect(told(workspace, await workspace.tenantry("apply", "--yes"))).toEqual({
      exit: 5,
      code: "STORE_UNREACHABLE",
      message: `${name} is a directory.`,
      mend: "Name a file in its address, or move away what stands in its place, then run the command again; it goes on from what is there.",
    });
    rmSync(path, { recursive: true });
    await expectConverges(workspace, workspace.tenantry);
  });

  it("emptied: it is made anew, and nothing but history is lost", async () => {
    for (const part of parts) rmSync(path + part, { force: true });
    writeFileSync(path, "");
    await expectConverges(workspace, workspace.tenantry);
    expect((await workspace.tenantry("status")).out).toContain("never");
  });
});

describe("what a killed program leaves beside the store", () => {
  it("is read: no step of the journal is lost", async () => {
    const killed = new DatabaseSync(path);
    killed.exec("pragma wal_autocheckpoint = 0; update tenantry_run set finished_at = null, outcome = null");
    const aside = join(workspace.root, "aside.db");
    for (const part of parts) copyFileSync(path + part, aside + part);
    killed.close();
    for (const part of parts) rmSync(path + part, { force: true });
    for (const part of parts.slice(0, 2)) copyFileSync(aside + part, path + part);

    const again = await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit");
    expect(again.exit).toBe(0);
    expect(again.err).toContain("did not end; its last step was activate (done); going on from what is there");
    await expectConverges(workspace, workspace.tenantry);
  });

  it.each([
    ["without the file that it belongs to", () => rmSync(path)],
    ["full of rubbish", () => undefined],
  ])("is harmless %s", async (_, change) => {
    change();
    writeFileSync(`${path}-wal`, "rubbish ".repeat(2_000));
    await expectConverges(workspace, workspace.tenantry);
    expect(existsSync(path)).toBe(true);
  });
});

describe("an app's database in a file that was damaged", () => {
  const database = "The database ROOT/.tenantry/sandbox/portal.db";
  const restore = "Mend or restore the database, then run the command again.";
  it.each<
    [what: string, damage: (path: string) => void, failure: readonly [code: string, message: string, mend: string]]
  >([
    [
      "overwritten",
      (file) => writeFileSync(file, "rubbish ".repeat(2_000)),
      ["SQL_CORRUPT", `${database} is not a SQLite database.`, restore],
    ],
    [
      "cut in half",
      (file) => truncateSync(file, readFileSync(file).length / 2),
      ["SQL_CORRUPT", `${database} is damaged.`, restore],
    ],
    [
      "emptied",
      (file) => writeFileSync(file, ""),
      [
        "SQL_NOT_MIGRATED",
        `${database} needs the migrations 001-connections, 002-domain-proofs.`,
        "Run `npx tenantry migrate --env sandbox`.",
      ],
    ],
    [
      "replaced by a directory",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      [
        "SQL_UNREACHABLE",
        `${database} is a directory.`,
        "Name a file in its address, or move away what stands in its place, then run the command again; it goes on from what is there.",
      ],
    ],
  ])("%s: nothing is applied; restored, everything is as before", async (_, break_, [code, message, mend]) => {
    const file = join(workspace.root, ".tenantry/sandbox/portal.db");
    const good = readFileSync(file);
    break_(file);
    const apps = JSON.stringify(ourApps(workspace.sandbox));
    for (const command of [["plan"], ["apply", "--yes"]]) {
      expect(told(workspace, await workspace.tenantry(...command))).toEqual({ exit: 5, code, message, mend });
    }
    // A verify goes on with what other apps hold, and says why it could not look at this one's.
    const verified = await workspace.tenantry("verify", "--json");
    expectDiscreet(workspace, verified);
    expect(verified.exit).toBe(5);
    const because = message.replace("ROOT", workspace.root);
    expect(verified.json().proofs).toEqual([
      expect.objectContaining({ key: "whiterabbit/portal", verdict: "inconclusive", code, because, hint: mend }),
    ]);
    expect(JSON.stringify(ourApps(workspace.sandbox))).toBe(apps);
    rmSync(file, { recursive: true });
    writeFileSync(file, good);
    await expectConverges(workspace, workspace.tenantry);
  });
});
