import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { checkFiles } from "../../src/cli/context.ts";
import { nodeFiles } from "../../src/cli/node-files.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { codes } from "../../src/errors/codes/index.ts";
import { formatIssue } from "../../src/errors/issue.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import { goldenCases } from "./workspaces.ts";

// Each folder `NNN-name` is a workspace and what it comes to: `desired.json` (the connections of every environment) or
// `issues.txt` (every issue, as printed). What differs is written beside it as `*.actual`.

const repository = fileURLToPath(new URL("../../", import.meta.url));
const today = "2027-03-01";

const { cases, remove } = goldenCases();
afterAll(remove);

for (const { name, folder, root } of cases) {
  test(name, () => {
    const asked = join(folder, "environment.txt");
    const outcome = comeTo(root, existsSync(asked) ? readFileSync(asked, "utf8").trim() : undefined);
    const [right, wrong] =
      typeof outcome === "string" ? ["issues.txt", "desired.json"] : ["desired.json", "issues.txt"];
    expect(existsSync(join(folder, wrong)), `${wrong} is here, but the workspace comes to ${right}`).toBe(false);
    const file = join(folder, right);
    const actual = `${file}.actual`;
    rmSync(actual, { force: true });
    const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
    try {
      if (typeof outcome === "string") expect(outcome).toBe(expected);
      else expect(outcome).toEqual(expected === "" ? undefined : JSON.parse(expected));
    } catch (error) {
      writeFileSync(actual, typeof outcome === "string" ? outcome : `${JSON.stringify(outcome, null, 2)}\n`);
      const [from, to] = [relative(repository, actual), relative(repository, file)];
      throw new Error(`${name} differs. If the new outcome is right: mv ${from} ${to}`, { cause: error });
    }
  });
}

/** All connections by environment as plain JSON, or all issues as text. */
function comeTo(root: string, environment: string | undefined): string | Readonly<Record<string, unknown>> {
  const first = checkFiles(root, environment, today, undefined, environment === undefined);
  const loaded = loadWorkspace(nodeFiles(root), root, environment);
  if (first.context === undefined || loaded.workspace === undefined) {
    return `${first.issues.map(formatIssue).join("\n")}\n`;
  }
  const desired: Record<string, readonly Connection[] | undefined> = {};
  for (const one of loaded.environments) desired[one] = checkFiles(root, one, today).context?.connections;
  return JSON.parse(JSON.stringify(desired)) as Readonly<Record<string, unknown>>;
}

test("every code of a user's mistake stands in some golden issues", () => {
  const texts = cases.map(({ folder }) => join(folder, "issues.txt")).filter((file) => existsSync(file));
  const found = new Set(texts.flatMap((file) => readFileSync(file, "utf8").match(/\b[A-Z]+_[A-Z0-9_]+\b/g) ?? []));
  const wanted = Object.keys(codes).filter((code) => /^(FILE|WORKSPACE|TENANT|RULE)_/.test(code));
  // A failure of looking for the folder, before there is any file to read.
  expect(wanted.filter((code) => !found.has(code))).toEqual(["WORKSPACE_NOT_FOUND"]);
});
