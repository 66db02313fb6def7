import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { type Disk, noDisk, openDisk } from "./disk.ts";
import { entry, expectConverges, runChild, type Told, told } from "./told.ts";

const again = "then run the command again; it goes on from what is there.";
const makeWritable = `Make the file and its folder writable for this user, because SQLite writes beside the file too (or mount its file system writable), ${again}`;
const makeReadable = `Let this user read and write the file and its folder, ${again}`;
const store = "The store ROOT/.tenantry/sandbox/store.db";
const database = "The database ROOT/.tenantry/sandbox/portal.db";

// Most of it is starting programs, one after another.
vi.setConfig({ testTimeout: 240_000 });

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

const handOver = ["apply", "--yes", "--hand-over", "whiterabbit"];

describe.skipIf(noDisk !== undefined)(`on a read-only file system${noDisk === undefined ? "" : ` (${noDisk})`}`, () => {
  const moved = async (name: string): Promise<{ disk: Disk; run: TestWorkspace["tenantry"] }> => {
    const disk = await openDisk(join(workspace.root, "disk"), 4096 * 1024);
    workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}`, `sqlite:disk/${name}`);
    return { disk, run: (...args) => runChild(workspace, args, { under: disk.under }) };
  };
  const done = async (run: TestWorkspace["tenantry"]): Promise<void> => {
    expect((await run(...handOver)).exit).toBe(0);
    expect((await run("plan", "--exit-code")).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  };

  it("a store is not made, and nothing is applied; plans are still made", async () => {
    const { disk, run } = await moved("store.db");
    disk.readOnly(true);
    expect(told(workspace, await run(...handOver))).toEqual({
      exit: 5,
      code: "STORE_UNREACHABLE",
      message: "The store ROOT/disk/store.db is on a read-only file system.",
      mend: makeWritable,
    });
    expect((await run("plan", "--exit-code")).exit).toBe(3);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    disk.readOnly(false);
    await done(run);
    disk.readOnly(true);
    expect(told(workspace, await run(...handOver))).toMatchObject({
      exit: 5,
      code: "STORE_UNREACHABLE",
      mend: makeWritable,
    });
    disk.readOnly(false);
    await done(run);
  });

  it("a database of an app is planned for, not written, and not begun with", async () => {
    const { disk, run } = await moved("portal.db");
    expect((await run("migrate", "--yes")).exit).toBe(0);
    disk.readOnly(true);
    expect((await run("plan", "--exit-code")).exit).toBe(3);
    expect(told(workspace, await run(...handOver))).toEqual({
      exit: 5,
      code: "SQL_UNREACHABLE",
      message: "The database ROOT/disk/portal.db is read-only.",
      mend: makeWritable,
    });
    disk.readOnly(false);
    await done(run);
  });
});

/** The user that may be kept from a file: nobody, when the tests run as root. */
const nobody =
  process.getuid?.() === 0 ? Number(/^nobody:[^:]*:(\d+)/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1]) : undefined;

const cannotRun = ((): string | undefined => {
  try {
    execFileSync(process.execPath, [entry, "--version"], { stdio: "pipe", uid: nobody, gid: nobody });
    return undefined;
  } catch {
    return "the user nobody may not read this folder";
  }
})();

describe.skipIf(cannotRun !== undefined)(
  `for a user without the right${cannotRun === undefined ? "" : ` (${cannotRun})`}`,
  () => {
    const folder = (): string => join(workspace.root, ".tenantry/sandbox");
    const run = (...args: readonly string[]): Promise<CommandResult> => runChild(workspace, args, { uid: nobody });

    beforeEach(() => {
      if (nobody === undefined) return;
      for (const name of readdirSync(workspace.root, { recursive: true, encoding: "utf8" })) {
        chownSync(join(workspace.root, name), nobody, nobody);
      }
      chownSync(workspace.root, nobody, nobody);
    });

    it.each<[what: string, name: string, mode: number, failure: Partial<Told>]>([
      [
        "to write the store",
        "store.db",
        0o400,
        { code: "STORE_UNREACHABLE", message: `${store} may not be opened by this user.`, mend: makeReadable },
      ],
      [
        "to read the store",
        "store.db",
        0o000,
        { code: "STORE_UNREACHABLE", message: `${store} may not be opened by this user.`, mend: makeReadable },
      ],
      [
        "to write the app's database",
        "portal.db",
        0o400,
        { code: "SQL_UNREACHABLE", message: `${database} is read-only.`, mend: makeWritable },
      ],
      [
        "to read the app's database",
        "portal.db",
        0o000,
        { code: "SQL_UNREACHABLE", message: `${database} may not be opened by this user.`, mend: makeReadable },
      ],
    ])("%s: nothing is changed, and given the right it goes on", async (_, name, mode, failure) => {
      expect((await run("apply", "--yes")).exit).toBe(0);
      const file = join(folder(), name);
      chmodSync(file, mode);
      expect(told(workspace, await run(...handOver))).toEqual({ exit: 5, ...failure });
      chmodSync(file, 0o600);
      expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
      expect((await run(...handOver)).exit).toBe(0);
      await expectConverges(workspace, workspace.tenantry);
    });

    it.each<[what: string, url: string, failure: Partial<Told>]>([
      [
        "the store",
        "store.db",
        {
          code: "STORE_UNREACHABLE",
          message: "The store ROOT/closed/store.db may not be opened by this user.",
          mend: makeReadable,
        },
      ],
      [
        "the app's database",
        "portal.db",
        {
          code: "SQL_UNREACHABLE",
          message: "The database ROOT/closed/portal.db is read-only.",
          mend: makeWritable,
        },
      ],
    ])("to write in the folder of %s: nothing is changed, and given the right it goes on", async (_, name, failure) => {
      workspace.edit("tenantry.yaml", `sqlite:.tenantry/sandbox/${name}`, `sqlite:closed/${name}`);
      const closed = join(workspace.root, "closed");
      expect((await run("migrate", "--yes")).exit).toBe(0);
      expect((await run("apply", "--yes")).exit).toBe(0);
      if (name === "store.db") rmSync(join(closed, name), { force: true });
      workspace.edit("tenants/whiterabbit.yaml", "scopes: [openid, email, profile]", "scopes: [openid, email]");
      chmodSync(closed, 0o500);
      expect(told(workspace, await run(...handOver))).toEqual({ exit: 5, ...failure });
      chmodSync(closed, 0o700);
      expect((await run(...handOver)).exit).toBe(0);
      expect(readdirSync(closed)).toEqual([name]);
    });
  },
);
