import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { type Disk, noDisk, openDisk } from "./disk.ts";
import { runChild, type Told, told } from "./told.ts";

const makeRoom = "Make room on the disk that holds it, then run the command again; it goes on from what is there.";
const fullStore: Told = {
  exit: 5,
  code: "STORE_UNREACHABLE",
  message: "The store ROOT/disk/store.db cannot grow: the disk is full.",
  mend: makeRoom,
};
const fullDatabase: Told = {
  exit: 5,
  code: "SQL_UNREACHABLE",
  message: "The database ROOT/disk/portal.db cannot grow: the disk is full.",
  mend: makeRoom,
};
const kib = 1024;

// Most of it is starting programs, one after another.
vi.setConfig({ testTimeout: 240_000 });

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

/** The whole disk is that small, so that nothing else of the machine is filled. */
const open = (): Promise<Disk> => openDisk(join(workspace.root, "disk"), 1024 * kib);

const moveToDisk = (name: string): void =>
  workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}`, `sqlite:disk/${name}`);

/** What the app's database on the disk holds, seen from outside. */
function rowsOn(disk: Disk, sql: string): unknown {
  const copy = join(workspace.root, "copy.db");
  disk.run('cp portal.db "$1"', copy);
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

describe.skipIf(noDisk !== undefined)(`on a disk that is full${noDisk === undefined ? "" : ` (${noDisk})`}`, () => {
  const command = ["apply", "--yes", "--hand-over", "whiterabbit"];

  async function expectDone(disk: Disk, run: (...args: readonly string[]) => Promise<CommandResult>): Promise<void> {
    disk.free();
    const again = await run(...command);
    expect(again.exit, again.err + again.out).toBe(0);
    expect((await run("plan", "--exit-code")).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  }

  it("a store is not made, and nothing is applied", async () => {
    const disk = await open();
    moveToDisk("store.db");
    const run = (...args: readonly string[]) => runChild(workspace, args, { under: disk.under });
    for (const free of [0, 8, 64]) {
      disk.fill(free * kib);
      expect(told(workspace, await run(...command)), `${free} KiB free`).toEqual(fullStore);
      disk.free();
      disk.run("rm -f store.db*");
    }
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
    await expectDone(disk, run);
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
  });

  it("a store that fills up in the middle ends the apply, and the next one goes on", async () => {
    const disk = await open();
    moveToDisk("store.db");
    const run = (...args: readonly string[]) => runChild(workspace, args, { under: disk.under });
    const reached: string[] = [];
    // From the migration to the end: the write-ahead log takes some 450 KiB, and one step of a connection some 50.
    for (let free = 96; free <= 672; free += 48) {
      disk.run("rm -f store.db*");
      disk.fill(free * kib);
      const before = workspace.portal("select state from sso_connection");
      const result = await run(...command);
      if (result.exit === 0) break;
      const failure = told(workspace, result);
      // Where every step was done, only the end of the run could not be written down.
      const message = failure.message.replace(/^not all of this was recorded: /, "");
      expect({ ...failure, message }, `${free} KiB free`).toEqual(fullStore);
      reached.push(/ (\S+) {2}failed\n/.exec(result.err)?.[1] ?? "none");
      // Who was let in stays in.
      if (before.length > 0)
        expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
      disk.free();
      const again = await run(...command);
      expect(again.exit, again.err + again.out).toBe(0);
    }
    expect(new Set(reached.filter((step) => step !== "none")).size, reached.join()).toBeGreaterThan(1);
    await expectDone(disk, run);
  });

  it("a database of an app is not migrated, and not by half", async () => {
    const disk = await open();
    moveToDisk("portal.db");
    const run = (...args: readonly string[]) => runChild(workspace, args, { under: disk.under });
    for (const free of [0, 64]) {
      disk.fill(free * kib);
      expect(told(workspace, await run("migrate", "--yes")), `${free} KiB free`).toEqual(fullDatabase);
      expect(rowsOn(disk, "select name from sqlite_schema")).toEqual([]);
      disk.free();
    }
    expect((await run("migrate", "--yes")).exit).toBe(0);
    await expectDone(disk, run);
    expect(rowsOn(disk, "select state from sso_connection")).toEqual([{ state: "active" }]);
  });

  it("a database of an app that fills up in the middle holds what it held", async () => {
    const disk = await open();
    moveToDisk("portal.db");
    const run = (...args: readonly string[]) => runChild(workspace, args, { under: disk.under });
    expect((await run("migrate", "--yes")).exit).toBe(0);
    disk.fill(0);
    const first = await run(...command);
    expect(told(workspace, first)).toEqual(fullDatabase);
    expect(first.err).toContain("register  done");
    expect(first.err).toContain("hand-over  failed");
    expect(rowsOn(disk, "select * from org")).toEqual([]);
    await expectDone(disk, run);
    const before = rowsOn(disk, "select * from sso_connection");
    workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid, email, profile]", "scopes: [openid, email]");
    disk.fill(0);
    expect(told(workspace, await run(...command))).toEqual(fullDatabase);
    expect(rowsOn(disk, "select * from sso_connection")).toEqual(before);
    await expectDone(disk, run);
    expect(rowsOn(disk, "select state from sso_connection")).toEqual([{ state: "active" }]);
  });
});

describe("where a file may not grow over a limit", () => {
  /** Of `blocks` of 512 bytes. */
  const limited = (blocks: number) => ["sh", "-c", `trap "" XFSZ; ulimit -f ${blocks}; exec "$@"`, "sh"];
  const gaveAnError = "cannot be read or written: the disk gave an error.";
  const lookAtDisk =
    "Look at the disk, its space and the system's log, then run the command again; it goes on from what is there.";

  it.each([64, 300, 420])("of %i blocks: the store is not written by half", async (blocks) => {
    const result = await runChild(workspace, ["apply", "--yes"], { under: limited(blocks) });
    expect(told(workspace, result)).toEqual({
      exit: 5,
      code: "STORE_UNREACHABLE",
      message: `The store ROOT/.tenantry/sandbox/store.db ${gaveAnError}`,
      mend: lookAtDisk,
    });
    const again = await runChild(workspace, ["apply", "--yes"]);
    expect(again.exit, again.err + again.out).toBe(0);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  });

  it("the saved plan is not written by half", async () => {
    const file = join(workspace.root, "saved.json");
    expect((await workspace.tenantry("plan", "--out", file)).exit).toBe(0);
    copyFileSync(file, join(workspace.root, "before.json"));
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const result = await runChild(workspace, ["plan", "--out", file], { under: limited(1) });
    expect(told(workspace, result)).toEqual({
      exit: 2,
      code: "CLI_OUTPUT_UNWRITABLE",
      message: "ROOT/saved.json cannot be written (EFBIG)",
      mend: "Check the path, the permissions and the space left.",
    });
    expect(workspace.read("saved.json")).toBe(workspace.read("before.json"));
    expect(readdirSync(workspace.root).filter((name) => name.startsWith("saved"))).toEqual(["saved.json"]);
  });
});
