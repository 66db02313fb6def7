import fc from "fast-check";
import { expect, test } from "vitest";
import { checkFiles } from "../../src/cli/context.ts";
import { loadPart } from "../../src/cli/part.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import type { Issue } from "../../src/errors/issue.ts";
import { memoryFiles } from "../workspace/memory-files.ts";
import { type ClashingFolder, clashingFolder, peacefulFolder } from "./clashing-folders.ts";

// A call about few tenants reads only their files and those that could be in their way. What a full check would say
// about them is said, however their values are spelt elsewhere.

const today = "2026-11-21";

function inFull({ contents }: ClashingFolder) {
  return checkFiles("/", "production", today, memoryFiles(contents));
}

function inPart({ contents, only }: ClashingFolder) {
  try {
    const context = loadPart(memoryFiles(contents), "/", "production", today, only);
    return { context, issues: [] };
  } catch (error) {
    if (error instanceof TenantryError) return { issues: error.issues };
    throw error;
  }
}

const placeOf = ({ code, file, line, column }: Issue): string => `${file}:${line}:${column} ${code}`;

/** Issues in the files of these tenants, and those that name a place in them. */
function concerning(issues: readonly Issue[], only: readonly string[]): readonly string[] {
  const files = new Set(only.map((name) => `tenants/${name}.yaml`));
  return issues.filter((issue) => [issue, ...(issue.related ?? [])].some(({ file }) => files.has(file))).map(placeOf);
}

const runs = Number(process.env.TENANTRY_RUNS ?? 400);

test("what a full check says about the tenants is said, and nothing that it does not say", { timeout: 120_000 }, () => {
  const said = new Map<string, number>();
  fc.assert(
    fc.property(clashingFolder, (folder) => {
      const full = inFull(folder).issues;
      const part = inPart(folder).issues;
      const about = concerning(full, folder.only);
      expect(part.map(placeOf)).toEqual(expect.arrayContaining([...about]));
      expect(full.map(placeOf)).toEqual(expect.arrayContaining(part.map(placeOf)));
      for (const issue of full) {
        const between = (issue.related ?? []).some(({ file }) => file !== issue.file);
        if (between && about.includes(placeOf(issue))) said.set(issue.code, (said.get(issue.code) ?? 0) + 1);
      }
    }),
    { numRuns: runs },
  );
  // Each rule between tenants has been seen at work.
  expect([...said.keys()]).toEqual(
    expect.arrayContaining([
      "RULE_CALLBACK_TAKEN",
      "RULE_CLIENT_TAKEN",
      "RULE_CONNECTION_SHARED",
      "RULE_DOMAIN_TAKEN",
      "RULE_ID_TAKEN",
      "RULE_ISSUER_SHARED",
      "RULE_TENANT_TAKEN",
    ]),
  );
});

test("the tenants with a sign-in to lose are counted as by a full check", { timeout: 120_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(peacefulFolder, (folder) => {
      const { context } = inPart(folder);
      const full = inFull(folder).context;
      if (context === undefined || full === undefined) return;
      compared += 1;
      const own = new Set(context.connections.filter(({ status }) => status !== "draft").map(({ tenant }) => tenant));
      const all = new Set(full.connections.filter(({ status }) => status !== "draft").map(({ tenant }) => tenant));
      expect(own.size + (context.rest?.withSignIn() ?? 0)).toBe(all.size);
      const wanted = full.connections.filter(({ tenant }) => folder.only.includes(tenant));
      expect(plainly(context.connections)).toEqual(plainly(wanted));
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 20);
});

function plainly(connections: readonly Connection[]): unknown {
  return JSON.parse(JSON.stringify(connections));
}
