import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

// References to a secret manager in every place that a run resolves, and an app of kind `file` with its secret in a sink.

const repository = fileURLToPath(new URL("../../", import.meta.url));
const opened: TestWorkspace[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** What lies in the manager, where the sandbox's file of variables would have it. */
const moved = {
  "env:OKTA_PRIVATE_KEY": ["vault:kv/platform/okta#private_key", "OKTA_PRIVATE_KEY"],
  "env:PORTAL_SEALING_KEY": ["vault:kv/platform/portal#sealing_key", "PORTAL_SEALING_KEY"],
  "sqlite:.tenantry/sandbox/portal.db": ["vault:kv/platform/portal#database", undefined],
} as const;

async function open(): Promise<{ workspace: TestWorkspace; reads: string[] }> {
  const workspace = await openTestWorkspace({ migrate: false });
  opened.push(workspace);
  const { vault } = workspace.sandbox.standIns;
  const env = workspace.read(".tenantry/sandbox/env");
  const variable = (name: string): string => {
    const found = new RegExp(`^${name}=(?:'([^']*)'|"([^"]*)"|(.*))$`, "m").exec(env);
    return (found?.[1] ?? found?.[2] ?? found?.[3] ?? "").replaceAll("\\n", "\n");
  };
  for (const [written, [reference, name]] of Object.entries(moved)) {
    const [, path = "", field = ""] = /^vault:kv\/(.+)#(.+)$/.exec(reference) ?? [];
    const value = name === undefined ? written : variable(name);
    vault.write("kv", path, { ...vault.path("kv", path)?.newest, [field]: value });
    workspace.edit("tenantry.yaml", written, `"${reference}"`);
  }
  workspace.edit(
    "tenantry.yaml",
    /^apps:\n/m,
    `secrets: { vault: { address: "https://vault.acme.example", token: env:VAULT_TOKEN } }
apps:
  intranet:
    kind: file
    baseUrl: https://intranet.acme.example
    callback: /sso/{tenant}/callback
    path: out/{tenant}.json
    format: json
    secretSink: "vault:kv/sso/{tenant}/{app}#client_secret"
`,
  );
  workspace.edit("tenantry.yaml", 'tenants: ["env:TENANT_{TENANT}__*"]', 'tenants: ["vault:kv/tenants/{tenant}/*"]');
  workspace.edit("tenants/whiterabbit.yaml", "  - app: portal", "  - app: portal\n  - app: intranet");
  const reads: string[] = [];
  vault.onRead = (path) => void reads.push(path);
  return { workspace, reads };
}

describe("references to a secret manager", () => {
  test("take a tenant from file to proven: credentials, database and sealing keys are fetched, the secret goes to its sink", async () => {
    const { workspace, reads } = await open();
    const { vault } = workspace.sandbox.standIns;
    expect((await workspace.tenantry("migrate", "--yes")).exit).toBe(0);
    expect(reads).toEqual(["platform/portal"]);
    reads.length = 0;

    const planned = await workspace.tenantry("plan");
    expect([planned.exit, planned.err]).toEqual([0, expect.any(String)]);
    expect([...reads].sort()).toEqual(["platform/okta", "platform/portal"]);
    reads.length = 0;

    const applied = await workspace.tenantry("apply", "--yes");
    expect([applied.exit, applied.err]).toEqual([0, expect.any(String)]);
    const secret = String(vault.path("kv", "sso/whiterabbit/intranet")?.newest?.client_secret);
    expect(secret.length).toBeGreaterThan(20);
    const file = JSON.parse(workspace.read("out/whiterabbit.json")) as Record<string, unknown>;
    expect(file).toMatchObject({
      state: "active",
      issuer: "https://acme.okta.com/oauth2/default",
      clientSecretReference: "vault:kv/sso/whiterabbit/intranet#client_secret",
      domains: ["whiterabbit.example"],
    });
    expect(`${JSON.stringify(file)}${applied.out}${applied.err}${planned.out}`).not.toContain(secret);
    // Once for a run, however many ask.
    expect(reads.filter((path) => path === "platform/okta")).toHaveLength(1);

    const verified = await workspace.tenantry("verify");
    expect([verified.exit, verified.out]).toEqual([0, expect.any(String)]);
    const again = await workspace.tenantry("plan", "--exit-code");
    expect([again.exit, again.out]).toEqual([0, expect.any(String)]);

    // What somebody changes in the sink is found by the next proof.
    vault.write("kv", "sso/whiterabbit/intranet", { client_secret: "changed-by-somebody" });
    const broken = await workspace.tenantry("verify");
    expect(broken.exit).toBe(6);
    expect(broken.out).not.toContain("changed-by-somebody");
  });

  test("that cannot be fetched fail whoever needs them, with the reference, the place and the cause", async () => {
    const { workspace } = await open();
    const { vault } = workspace.sandbox.standIns;
    await workspace.tenantry("migrate", "--yes");
    vault.sealed = true;
    const sealed = await workspace.tenantry("plan");
    expect(sealed.exit).toBe(5);
    expect(sealed.err + sealed.out).toContain("vault:kv/platform/portal#database");
    expect(sealed.err + sealed.out).toContain("SECRET_UNREACHABLE");
    vault.sealed = false;
    vault.revoke(vault.token);
    const forbidden = await workspace.tenantry("plan");
    expect(forbidden.err + forbidden.out).toContain("SECRET_FORBIDDEN");
    expect(forbidden.err + forbidden.out).not.toContain(vault.token);
  });

  test("of a tenant's are held to its own path, and read by apply and verify, never by a plan", async () => {
    const { workspace, reads } = await open();
    const { vault } = workspace.sandbox.standIns;
    await workspace.tenantry("migrate", "--yes");
    const northwind = readFileSync(join(repository, "tenants/northwind-rail.yaml"), "utf8");
    const env = workspace.read(".tenantry/sandbox/env");
    const [, secret = ""] = /^TENANT_NORTHWIND_RAIL__CLIENT_SECRET=['"]?(.*?)['"]?$/m.exec(env) ?? [];
    vault.write("kv", "tenants/northwind-rail/sso", { client_secret: secret });
    const from = "env:TENANT_NORTHWIND_RAIL__CLIENT_SECRET";
    const write = (reference: string) =>
      workspace.write("tenants/northwind-rail.yaml", northwind.replace(from, `"${reference}"`));

    write("vault:kv/tenants/whiterabbit/sso#client_secret");
    const others = await workspace.tenantry("validate");
    expect(others.exit).toBe(2);
    expect(others.out + others.err).toContain("RULE_REFERENCE_FORBIDDEN");
    write("vault:kv/tenants/northwind-rail/../whiterabbit/sso#client_secret");
    expect((await workspace.tenantry("validate")).exit).toBe(2);

    write("vault:kv/tenants/northwind-rail/sso#client_secret");
    reads.length = 0;
    expect((await workspace.tenantry("validate")).exit).toBe(0);
    expect(reads).toEqual([]);
    const planned = await workspace.tenantry("plan", "--only", "northwind-rail");
    expect([planned.exit, planned.err]).toEqual([0, expect.any(String)]);
    expect(reads).not.toContain("tenants/northwind-rail/sso");
    const applied = await workspace.tenantry("apply", "--yes", "--only", "northwind-rail");
    expect([applied.exit, applied.out + applied.err]).toEqual([0, expect.any(String)]);
    expect(reads.filter((path) => path === "tenants/northwind-rail/sso")).toHaveLength(1);
    expect(applied.out + applied.err).not.toContain(secret);
  });
});
