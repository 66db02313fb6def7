import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { hasPulumi, live } from "./pulumi-bench.ts";

// The example's tenants through the command line, the real Pulumi CLI and its real plugin to the sandbox.

let workspace: TestWorkspace;
const passphrase = randomBytes(16).toString("hex");

beforeAll(async () => {
  if (hasPulumi) workspace = await openTestWorkspace({ whole: true });
});
afterAll(() => workspace?.close());

function tenantry(...args: readonly string[]): Promise<CommandResult> {
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: workspace.root,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
  };
  return workspace.tenantryWith(environment, ...args);
}

function clients(): readonly string[] {
  return [...workspace.sandbox.auth0.clients.values()]
    .filter(({ settings }) => String(settings.name).startsWith("fernhill/"))
    .map(({ clientId }) => clientId);
}

live("apply proves and activates both connections; the next plan is empty", async () => {
  const applied = await tenantry("apply", "--engine", "pulumi", "--only", "fernhill", "--yes");
  expect(applied.err + applied.out).toContain("fernhill/portal");
  expect(applied.exit).toBe(0);
  expect(clients()).toHaveLength(2);
  const plan = await tenantry("plan", "--engine", "pulumi", "--only", "fernhill", "--json");
  expect(plan.exit).toBe(0);
  expect(plan.json()).toMatchObject({ plan: { changes: [], engines: { customers: "pulumi" } } });
});

live("a callback changed at the sandbox shows as drift and is mended, with the same clients", async () => {
  const before = clients();
  const [id = ""] = before;
  const client = workspace.sandbox.auth0.clients.get(id);
  if (client === undefined) throw new Error("there is no client");
  const { callbacks } = client.settings;
  client.settings = { ...client.settings, callbacks: ["https://elsewhere.example/cb"] };
  const plan = await tenantry("plan", "--engine", "pulumi", "--only", "fernhill");
  expect(plan.out).toContain("https://elsewhere.example/cb");
  const address = `idp/customers/client/${String(client.settings.name).split(" ")[0]}:redirectUris`;
  const applied = await tenantry("apply", "--engine", "pulumi", "--only", "fernhill", "--ack", address, "--yes");
  expect(applied.exit).toBe(0);
  expect(workspace.sandbox.auth0.clients.get(id)?.settings.callbacks).toEqual(callbacks);
  expect(clients()).toEqual(before);
});

live("suspended and back, with the same clients", async () => {
  const before = clients();
  workspace.edit("tenants/fernhill.yaml", "status: active", "status: suspended");
  const off = await tenantry("apply", "--engine", "pulumi", "--only", "fernhill", "--yes");
  expect(off.exit, off.err + off.out).toBe(0);
  for (const id of before) expect(workspace.sandbox.auth0.clients.get(id)?.settings.grant_types).toEqual([]);
  workspace.edit("tenants/fernhill.yaml", "status: suspended", "status: active");
  const on = await tenantry("apply", "--engine", "pulumi", "--only", "fernhill", "--yes");
  expect(on.exit, on.err + on.out).toBe(0);
  expect(clients()).toEqual(before);
});

live("direct goes on where Pulumi was, and Pulumi where direct was", async () => {
  const before = clients();
  expect((await tenantry("plan", "--engine", "direct", "--only", "fernhill", "--exit-code")).exit).toBe(0);
  workspace.edit("tenants/fernhill.yaml", "displayName: Fernhill Media", "displayName: Fernhill Media AG");
  expect((await tenantry("apply", "--engine", "direct", "--only", "fernhill", "--yes")).exit).toBe(0);
  expect((await tenantry("plan", "--engine", "pulumi", "--only", "fernhill", "--exit-code")).exit).toBe(0);
  expect(clients()).toEqual(before);
});

live("nothing on this machine holds a secret of Auth0's", async () => {
  const folder = join(workspace.root, ".tenantry");
  const files = ["engines", join("sandbox", "pulumi")].flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
  );
  const { auth0, env } = workspace.sandbox;
  const secrets = [...auth0.clients.values()].map(({ secret }) => secret);
  expect(files.join("\n")).toContain(clients()[0]);
  for (const secret of [...secrets, env.AUTH0_MANAGEMENT_SECRET ?? "none", passphrase]) {
    expect(files.some((text) => text.includes(secret))).toBe(false);
  }
});

live("removed for good: nothing is left at Auth0", async () => {
  workspace.edit("tenants/fernhill.yaml", "status: active", "status: offboarded\ndeleteAfter: 2026-01-01");
  const apply = ["apply", "--engine", "pulumi", "--only", "fernhill", "--yes"];
  const stopped = await tenantry(...apply);
  expect(stopped.exit).toBe(4);
  const acknowledged = stopped.err.match(/--ack \S+/g)?.flatMap((text) => text.split(" ")) ?? [];
  const applied = await tenantry(...apply, ...acknowledged);
  expect(applied.exit, applied.err + applied.out).toBe(0);
  expect(clients()).toEqual([]);
  expect([...workspace.sandbox.auth0.organizations.values()].map(({ name }) => name)).not.toContain("fernhill");
});
