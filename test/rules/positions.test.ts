import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { nodeFiles } from "../../src/cli/node-files.ts";
import { compile } from "../../src/desired/compile.ts";
import { checkRules } from "../../src/rules/check.ts";
import { loadTenants } from "../../src/tenant/load.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

// A position is looked up by parsing the file a second time. That is for files with issues: a rule that asks for one
// when nothing is wrong makes `validate` of a whole fleet twice as long and half again as large.
it("no rule looks up where something is written while nothing is wrong", () => {
  const files = nodeFiles(root);
  const { workspace, environments = [] } = { environments: [], ...loadWorkspace(files, root, undefined) };
  if (workspace === undefined) throw new Error("the example has issues");
  const asked: string[] = [];
  const ask = (what: string): never => {
    asked.push(what);
    throw new Error(`somebody asked for the position of ${what}`);
  };
  const tenants = loadTenants(files).tenants.map((tenant) => ({
    ...tenant,
    connections: tenant.connections.map(({ position: _known, ...entry }) => ({
      ...entry,
      get position() {
        return ask(`${tenant.tenant}/${entry.app}`);
      },
    })),
    positionOf: (path: readonly (string | number)[]) => ask(`${tenant.tenant} ${path.join(".")}`),
  }));
  const connections = compile(workspace, tenants, "2026-01-01");
  expect(connections.length).toBeGreaterThan(5);
  expect(checkRules({ workspace, environments, tenants, connections })).toEqual([]);
  expect(asked).toEqual([]);
});
