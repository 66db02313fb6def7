import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

// What is gone from the folder: nothing is deleted for it, and the message says how to go on.

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  workspace.addTenant("alpha");
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
});
afterEach(() => workspace.close());

const everyWay = [["plan"], ["apply", "--yes"], ["apply", "--yes", "--ack", "plan:tenants"]];

/** Every way is refused with these issues, and nothing is changed. */
async function isRefused(...issues: readonly string[]): Promise<void> {
  const snapshot = () =>
    JSON.stringify([workspace.sandbox.okta.apps, workspace.portal("select * from sso_connection")]);
  const before = snapshot();
  for (const args of everyWay) {
    const { exit, err } = await workspace.tenantry(...args);
    expect([args, exit]).toEqual([args, 2]);
    for (const issue of issues) expect(err).toContain(issue);
  }
  expect(snapshot()).toBe(before);
}

const mend = "with `status: offboarded` when its people shall come in no more";

describe("what is gone from the folder", () => {
  it("a file", async () => {
    rmSync(join(workspace.root, "tenants/alpha.yaml"));
    await isRefused(
      "tenants/alpha.yaml:1:1  PLAN_UNDECLARED  the client of alpha/portal at workforce exists, but no file declares it; removing a file deletes nothing\n" +
        `  mend: put tenants/alpha.yaml back, ${mend}`,
      "tenants/alpha.yaml:1:1  PLAN_UNDECLARED  the active record of alpha/portal in portal exists, but no file declares it; removing a file deletes nothing",
    );
  });

  it("a connection", async () => {
    const text = workspace.read("tenantry.yaml");
    const portal = text.slice(text.indexOf("  portal:\n"), text.indexOf("store: {"));
    const intranet = portal
      .replace("  portal:", "  intranet:")
      .replaceAll("portal.acme.example", "intranet.acme.example");
    workspace.write("tenantry.yaml", text.replace("store: {", `${intranet}store: {`));
    workspace.edit("tenants/alpha.yaml", "app: portal", "app: intranet");
    workspace.edit(
      "tenantry.yaml",
      /$(?![\s\S])/,
      "      intranet: { database: sqlite:.tenantry/sandbox/intranet.db }\n",
    );
    expect((await workspace.tenantry("migrate", "--yes")).exit).toBe(0);
    await isRefused(
      "PLAN_UNDECLARED  the client of alpha/portal at workforce exists, but the file declares it no more\n" +
        `  mend: put the connection back, ${mend}`,
      "PLAN_UNDECLARED  the active record of alpha/portal in portal exists, but the file declares it no more",
    );
  });

  it("the environment in a file", async () => {
    workspace.edit("tenants/alpha.yaml", "status: active", "status: active\nenvironments: [production]");
    await isRefused(
      "tenants/alpha.yaml:6:1  PLAN_UNDECLARED  the client of alpha/portal at workforce exists, but the file is not for sandbox\n" +
        `  mend: add sandbox again, ${mend}`,
    );
  });

  it("every file, or the folder", async () => {
    for (const file of readdirSync(join(workspace.root, "tenants"))) rmSync(join(workspace.root, "tenants", file));
    await isRefused("tenants:1:1  TENANT_NONE  tenants/ holds no tenant file");
    rmSync(join(workspace.root, "tenants"), { recursive: true });
    await isRefused("tenants:1:1  TENANT_NONE  tenants/ holds no tenant file");
  });

  it("every file for this environment", async () => {
    for (const tenant of ["alpha", "whiterabbit"]) {
      workspace.edit(`tenants/${tenant}.yaml`, "status: active", "status: active\nenvironments: [production]");
    }
    await isRefused("PLAN_UNDECLARED  the client of alpha/portal", "PLAN_UNDECLARED  the client of whiterabbit/portal");
    expect(ourApps(workspace.sandbox, "alpha")).toHaveLength(1);
    // Also where nothing is left that could be missed.
    for (const { id } of [...ourApps(workspace.sandbox, "alpha"), ...ourApps(workspace.sandbox)]) {
      workspace.sandbox.okta.removeApp(id);
    }
    workspace.changePortal("delete from sso_connection");
    await isRefused(
      "TENANT_NONE  no tenant file is for the environment sandbox\n  mend: look at `environments:` of the tenant files",
    );
  });
});
