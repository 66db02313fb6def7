import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Code, codes } from "../src/errors/codes/index.ts";
import { TenantryError } from "../src/errors/failure.ts";
import { readSource } from "./architecture/source.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const table = Object.entries(codes);

/** All texts of the code of src and sandbox but the tables of codes themselves, by file. */
const literals = ["src", "sandbox"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(join("errors", "codes")))
    .flatMap((path) =>
      readSource(relative(root, path), readFileSync(path, "utf8"))
        .nodes.map(({ node }) => node)
        .filter(({ type, value }) => type === "Literal" && typeof value === "string")
        .map(({ value }) => String(value)),
    ),
);

test("every code is given by some code", () => {
  const used = new Set(literals);
  expect(table.map(([code]) => code).filter((code) => !used.has(code))).toEqual([]);
});

test.each(table)("%s is a name, a cause, a mend and an exit code", (code, { cause, mend, exit }) => {
  expect(code).toMatch(/^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/);
  for (const sentence of [cause, mend]) {
    expect(sentence).toMatch(/^[A-Z`].*\.$/);
    expect(sentence).not.toMatch(/\s\s|\n|\.\.$/);
  }
  expect([1, 2, 4, 5, 6, 7]).toContain(exit);
});

test("no two codes have the same cause but those of files with the same mistakes", () => {
  const byCause = Map.groupBy(table, ([, { cause }]) => cause);
  const shared = [...byCause.values()]
    .filter((entries) => entries.length > 1)
    .map((entries) => entries.map(([code]) => code));
  expect(shared.filter((all) => new Set(all.map((code) => code.replace(/^[A-Z0-9]+_/, ""))).size > 1)).toEqual([]);
});

test("a failure takes exit code and mend from its code, and tells nothing bulky when it is logged", () => {
  const failure = new TenantryError("PLAN_STALE", "the plan no longer holds", {
    evidence: { secret: "x" },
    issues: [],
  });
  expect(failure.exit).toBe(codes.PLAN_STALE.exit);
  expect(failure.hint).toBe(codes.PLAN_STALE.mend);
  expect(Object.keys(failure).sort()).toEqual(["code", "exit", "hint", "name"]);
  expect(JSON.stringify(failure)).not.toContain("secret");
  const one: Code = "PLAN_STALE";
  expect(new TenantryError(one, "x", { hint: "do this", cause: failure })).toMatchObject({
    hint: "do this",
    cause: failure,
  });
});

test("docs/codes.md and the schemas are as generated", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "scripts/generate.ts"), "--check"], {
    cwd: root,
  });
  expect(stdout).toContain("current");
  const page = readFileSync(join(root, "docs/codes.md"), "utf8");
  for (const [code] of table) expect(page).toContain(`| \`${code}\` |`);
});
