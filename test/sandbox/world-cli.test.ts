import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..", "..");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-world-"));
  cpSync(join(repository, "tenantry.yaml"), join(root, "tenantry.yaml"));
  cpSync(join(repository, "tenants"), join(root, "tenants"), { recursive: true });
});
afterEach(async () => {
  await tenantry(["sandbox", "stop"]);
  rmSync(root, { recursive: true, force: true });
});

/** One command in a process of its own. */
async function tenantry(args: readonly string[], input = "") {
  const child = spawn(process.execPath, [join(repository, "bin", "tenantry.js"), ...args], { cwd: root, env: {} });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { exit: exit as number, out, err };
}

const background = ["sandbox", "--background", "--port", "0"];

test("a world is kept, taken out while it runs and while it does not, and put into another sandbox", async () => {
  const started = await tenantry([...background, "--data", "world", "--tenants", "5"]);
  expect(started).toMatchObject({ exit: 0, out: expect.stringContaining(".tenantry/fleet") });
  expect(readdirSync(join(root, ".tenantry", "fleet", "tenants"))).toHaveLength(5);
  expect(await tenantry(["sandbox", "export", "running.json"])).toMatchObject({ exit: 0 });
  expect(statSync(join(root, "running.json")).mode & 0o777).toBe(0o600);
  await tenantry(["sandbox", "stop"]);
  const { out: kept } = await tenantry(["sandbox", "export", "-", "--data", "world"]);
  expect(kept).toBe(readFileSync(join(root, "running.json"), "utf8"));
  expect(kept).toContain("customer-00004");

  // Into a folder that no sandbox has, from stdin; and into one that runs.
  expect(await tenantry(["sandbox", "import", "-", "--data", "second"], kept)).toMatchObject({ exit: 0 });
  expect((await tenantry(["sandbox", "export", "-", "--data", "second"])).out).toBe(kept);
  await tenantry(background);
  expect((await tenantry(["sandbox", "export", "-"])).out).not.toContain("customer-00004");
  expect(await tenantry(["sandbox", "import", "running.json"])).toMatchObject({ exit: 0 });
  expect((await tenantry(["sandbox", "export", "-"])).out).toBe(kept);
});

test("what cannot be done is said by a code, and changes nothing", async () => {
  writeFileSync(join(root, "broken.json"), '{"tenantrySandbox": 1, "okta"');
  writeFileSync(join(root, "newer.json"), '{"tenantrySandbox": 99}');
  const table: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["sandbox", "export", "-"], /^SANDBOX_NOT_RUNNING/],
    [["sandbox", "export", "-", "--data", "nowhere"], /^SANDBOX_DATA_FOREIGN/],
    [["sandbox", "export", "-", "--data", "tenants"], /^SANDBOX_DATA_FOREIGN/],
    [["sandbox", "import", "nowhere.json", "--data", "world"], /^FILE_UNREADABLE/],
    [["sandbox", "import", "broken.json", "--data", "world"], /^SANDBOX_WORLD_INVALID/],
    [["sandbox", "import", "newer.json", "--data", "world"], /^SANDBOX_WORLD_NEWER/],
    [["sandbox", "--data", "tenants"], /^SANDBOX_DATA_FOREIGN/],
    [["sandbox", "--tenants", "0"], /^CLI_USAGE/],
    [["sandbox", "--tenants", "many"], /^CLI_USAGE/],
    [["sandbox", "--seed", "1"], /^CLI_USAGE/],
  ];
  for (const [args, says] of table) {
    const { exit, err } = await tenantry(args);
    expect(err, args.join(" ")).toMatch(says);
    expect(exit).toBe(2);
  }
  expect(existsSync(join(root, "world"))).toBe(false);
});
