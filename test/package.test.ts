import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../", import.meta.url));

/** The package as it would be published, unpacked beside its dependencies: compiled, without the sources. */
describe("the packed package", () => {
  let folder: string;
  let entry: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tenantry-package-"));
    const packed = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
      cwd: repository,
      encoding: "utf8",
    });
    expect(packed.status, packed.stderr).toBe(0);
    const modules = join(folder, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(repository, "node_modules")).filter((each) => !each.startsWith("."))) {
      symlinkSync(join(repository, "node_modules", name), join(modules, name));
    }
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
    expect(spawnSync("tar", ["-xzf", join(folder, tarball), "-C", folder]).status).toBe(0);
    entry = join(folder, "package", "bin", "tenantry.js");
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [entry, ...args], { encoding: "utf8", cwd: folder, env: {} });

  it("holds compiled code, schemas, the example and no source or test", () => {
    const inside = readdirSync(join(folder, "package"));
    expect(inside).toEqual(
      expect.arrayContaining(["bin", "dist", "ci", "schema", "tenants", "tenantry.yaml", "LICENSE"]),
    );
    for (const left of ["src", "sandbox", "stacks", "test", "scripts", ".ci"]) expect(inside).not.toContain(left);
    expect(existsSync(join(folder, "package", "dist", "src", "cli", "main.js"))).toBe(true);
    // A second manifest would have the compiled files resolve the package's own names by it.
    expect(existsSync(join(folder, "package", "dist", "package.json"))).toBe(false);
  });

  it("answers --version and --help", () => {
    expect(run("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run("--help").stdout).toContain("Usage: tenantry");
  });

  it("gives the library's function to who imports it", () => {
    symlinkSync(join(folder, "package"), join(folder, "node_modules", "tenantry"));
    const program = 'import { verifyClient } from "tenantry/verify"; console.log(typeof verifyClient);';
    const imported = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      cwd: folder,
      env: {},
    });
    expect(imported.stdout, imported.stderr).toBe("function\n");
    expect(existsSync(join(folder, "package", "dist", "src", "verify", "index.d.ts"))).toBe(true);
  });

  it("plays the whole demo", () => {
    const demo = run("demo", "--json");
    expect(demo.status, demo.stderr).toBe(0);
    expect(JSON.parse(demo.stdout)).toMatchObject({ command: "demo", passed: true });
  });
});
