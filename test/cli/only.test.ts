import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await openTestWorkspace({ whole: true });
}, 60_000);

afterEach(() => workspace.close());

/** A command with the requests that it came to. */
async function counted(...args: readonly string[]) {
  const { requests } = workspace.sandbox.okta;
  const before = requests.entries.length;
  const result = await workspace.tenantry(...args);
  return { ...result, calls: requests.entries.slice(before).map(({ method, path }) => `${method} ${path}`) };
}

const isList = (call: string): boolean => /^GET \/api\/(v1\/apps\?limit|v2\/(clients|organizations)$)/.test(call);

describe("plan --only", () => {
  it.each([
    ["whiterabbit", "whiterabbit"],
    ["fernhill", "fernhill/portal"],
  ])("takes at most 6 calls for %s, as it is, changed and new", async (slug, only) => {
    const first = await counted("plan", "--only", only);
    expect(first.out).toContain("to create");
    expect(first.calls.length).toBeLessThanOrEqual(6);
    expect(first.calls.filter(isList)).toEqual([]);
    expect((await workspace.tenantry("apply", "--yes", "--only", only)).exit).toBe(0);
    const same = await counted("plan", "--only", only);
    expect(same.out).toContain("nothing to do");
    expect(same.calls).toHaveLength(6);
    workspace.edit(`tenants/${slug}.yaml`, /^name: .*/m, "name: Another Name");
    const changed = await counted("plan", "--only", only);
    expect(changed.out).toContain("to update");
    expect(changed.calls.length).toBeLessThanOrEqual(6);
  });

  it("says of a new client that it was looked for by search alone, and looks further with --deep", async () => {
    const note = "Not read: idp/workforce clients that no search shows, 1 of 1 (--deep reads all)";
    expect((await workspace.tenantry("plan", "--only", "whiterabbit")).out).toContain(note);
    expect((await workspace.tenantry("plan", "--only", "whiterabbit", "--deep")).out).not.toContain(note);
  });

  it("finds a client that somebody has renamed, because its record is there", async () => {
    expect((await workspace.tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(0);
    const [app] = ourApps(workspace.sandbox);
    workspace.sandbox.okta.edit(app?.id ?? "", (edited) => {
      edited.label = "renamed by hand";
    });
    const { out } = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(out).toContain("1 to update");
    expect(out).toMatch(/label +renamed by hand ->/);
  });

  it("finds a renamed client that is to be switched off, though there is no record any more", async () => {
    expect((await workspace.tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(0);
    const [app] = ourApps(workspace.sandbox);
    workspace.sandbox.okta.edit(app?.id ?? "", (edited) => {
      edited.label = "renamed by hand";
    });
    workspace.changePortal("delete from sso_connection");
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    const { out } = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(out).toMatch(/update +idp\/workforce\/client\/whiterabbit\/portal/);
  });

  it("names an authorization server that is not there, although it has left it to the document", async () => {
    expect((await workspace.tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(0);
    workspace.edit(
      "tenants/whiterabbit.yaml",
      "idp: workforce",
      "idp: workforce\n  authorizationServer: ausnosuchserver000000",
    );
    const { exit, err } = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(exit).not.toBe(0);
    expect(err).toContain("OKTA_AUTHORIZATION_SERVER_MISSING");
    expect(err).toContain("tenants/whiterabbit.yaml:");
  });

  it("comes to the plan that a full check of all files comes to", async () => {
    for (const slug of ["whiterabbit", "fernhill", "bluefin-studios"]) {
      const saved = await workspace.tenantry("plan", "--only", slug, "--out", `${slug}.json`);
      expect(saved.err).toContain("saved the plan");
      // An apply reads and checks everything, and refuses a plan that is not the same.
      const applied = await workspace.tenantry("apply", "--plan", `${slug}.json`, "--yes");
      expect(applied.err).not.toContain("PLAN_STALE");
      expect(applied.out).toContain("still holds");
    }
  });

  it("is not stopped by what is wrong with other tenants, and says what it has seen of it", async () => {
    workspace.edit("tenants/fernhill.yaml", "status: active", "status: acitve");
    workspace.write("tenants/tannberg.yaml", `notes: "${"x".repeat(300_000)}"\n`);
    workspace.write("tenants/ostrava-steel.yaml", `tenant: "ostrava\\x2dsteel"\n`);
    mkdirSync(join(workspace.root, "tenants/more"));
    const { exit, out, err } = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(exit).toBe(0);
    expect(out).toContain("to create");
    expect(err).toContain("FILE_TOO_LARGE  tenants/tannberg.yaml");
    expect(err).toContain("TENANT_NOT_A_FILE  tenants/more");
    expect(err).toContain("this plan does not need it");
    expect((await workspace.tenantry("validate")).exit).toBe(2);
    // What writes checks everything.
    expect((await workspace.tenantry("apply", "--yes", "--only", "whiterabbit")).exit).toBe(2);
  });

  it.runIf(process.getuid?.() !== 0)("is not stopped by a file that cannot be read", async () => {
    chmodSync(join(workspace.root, "tenants/fernhill.yaml"), 0);
    const { exit, err } = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(exit).toBe(0);
    expect(err).toContain("tenants/fernhill.yaml cannot be read (EACCES)");
  });

  it("is stopped by another file that claims what the tenant has, wherever the issue stands", async () => {
    workspace.edit("tenants/fernhill.yaml", /^domains: .*/m, 'domains: ["whiterabbit\\u002eexample"]');
    const later = await workspace.tenantry("plan", "--only", "whiterabbit");
    expect(later.exit).toBe(2);
    expect(later.err).toContain("RULE_DOMAIN_TAKEN  the domain `whiterabbit.example` is taken by `fernhill`");
    const first = await workspace.tenantry("plan", "--only", "fernhill");
    expect(first.exit).toBe(2);
    expect(first.err).toContain("tenants/whiterabbit.yaml:");
    const third = await workspace.tenantry("plan", "--only", "bluefin-studios");
    expect(third.exit).toBe(0);
  });

  it("still tells of what a removed file has left behind, and leaves alone what others declare", async () => {
    expect((await workspace.tenantry("apply", "--yes", "--only", "whiterabbit", "--only", "fernhill")).exit).toBe(0);
    workspace.addTenant("northwind");
    expect((await workspace.tenantry("plan", "--only", "northwind")).exit).toBe(0);
    workspace.write("tenants/fernhill.yaml.old", workspace.read("tenants/fernhill.yaml"));
    const { rmSync } = await import("node:fs");
    rmSync(join(workspace.root, "tenants/fernhill.yaml"));
    const refused = await workspace.tenantry("plan", "--only", "northwind");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("PLAN_UNDECLARED  the active record of fernhill/portal in portal exists");
  });

  it("suggests a name among all tenants", async () => {
    const { exit, err } = await workspace.tenantry("plan", "--only", "whiterabit");
    expect(exit).toBe(2);
    expect(err).toContain("PLAN_UNKNOWN_TENANT");
    expect(err).toContain("did you mean `whiterabbit`?");
    expect((await workspace.tenantry("plan", "--only", "../tenantry")).err).toContain("PLAN_UNKNOWN_TENANT");
  });

  it("takes a key of a connection, and a tenant that is not for the environment for unknown", async () => {
    expect((await workspace.tenantry("plan", "--only", "whiterabbit/portal")).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: active\nenvironments: [production]");
    expect((await workspace.tenantry("plan", "--only", "whiterabbit")).err).toContain("PLAN_UNKNOWN_TENANT");
  });
});
