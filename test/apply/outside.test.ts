import { existsSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

/** `CODE` of the error, and that no stack trace was shown. */
function codeOf(result: CommandResult): string {
  expect(result.err).not.toMatch(/^\s+at .*\.[tj]s:\d+/m);
  return /^([A-Z]+(?:_[A-Z0-9]+)+) {2}/m.exec(result.err)?.[1] ?? "none";
}

describe("when something outside is not as it should be", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
  });
  afterEach(() => workspace.close());

  it("says that the sandbox cannot be reached", async () => {
    await workspace.sandbox.close();
    const result = await workspace.tenantry("plan");
    expect([5, 7]).toContain(result.exit);
    expect(codeOf(result)).toMatch(/^(OKTA_UNREACHABLE|VERIFY_DISCOVERY_UNAVAILABLE)$/);
    expect(result.err).toContain("tenantry sandbox --background");
  });

  it("says how to start a sandbox that has never run", async () => {
    rmSync(join(workspace.root, ".tenantry/sandbox/ca.pem"));
    const result = await workspace.tenantry("plan");
    expect(result.exit).toBe(7);
    expect(codeOf(result)).toBe("APPLY_SANDBOX_ABSENT");
    expect(result.err).toContain("tenantry sandbox --background");
  });

  it("says which credentials were refused, and never shows them", async () => {
    const env = join(workspace.root, ".tenantry/sandbox/env");
    workspace.edit("tenantry.yaml", /credentials: \{.*\}/, "credentials: { apiToken: env:OKTA_API_TOKEN }");
    rmSync(env);
    writeFileSync(
      env,
      `OKTA_API_TOKEN=00wrongwrongwrong\nPORTAL_SEALING_KEY=${workspace.sandbox.env.PORTAL_SEALING_KEY}\n`,
    );
    const result = await workspace.tenantry("plan");
    expect(result.exit).toBe(5);
    expect(codeOf(result)).toBe("OKTA_CREDENTIALS_REFUSED");
    expect(result.err).not.toContain("00wrongwrongwrong");
  });

  it("masks a secret even where a file would have it printed", async () => {
    const token = workspace.sandbox.env.OKTA_API_TOKEN ?? "";
    workspace.edit("tenantry.yaml", /credentials: \{.*\}/, "credentials: { apiToken: env:OKTA_API_TOKEN }");
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", `name: Whiterabbit ${token}`);
    for (const args of [["plan"], ["plan", "--json"], ["apply", "--yes"]]) {
      const result = await workspace.tenantry(...args);
      expect(result.out).toContain("Whiterabbit [secret]");
      expect(result.out + result.err).not.toContain(token);
    }
  });

  it("works with an API token as with a private key", async () => {
    workspace.edit("tenantry.yaml", /credentials: \{.*\}/, "credentials: { apiToken: env:OKTA_API_TOKEN }");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit("tenantry.yaml", "authorizationServer: default", "authorizationServer: org");
    const plan = await workspace.tenantry("plan");
    expect(plan.exit).toBe(4);
    expect(plan.out).toContain("--ack app/portal/record/whiterabbit/portal:issuer");
  });

  it("names the reference that gives no secret, and where it looked", async () => {
    rmSync(join(workspace.root, ".tenantry/sandbox/env"));
    const result = await workspace.tenantry("plan");
    expect(result.exit).toBe(2);
    expect(codeOf(result)).toBe("SECRET_UNRESOLVED");
    expect(result.err).toContain("env:OKTA_PRIVATE_KEY");
  });

  it("wants the database migrated, by the one command that does it", async () => {
    rmSync(join(workspace.root, ".tenantry/sandbox/portal.db"));
    const result = await workspace.tenantry("apply", "--yes");
    expect(codeOf(result)).toBe("SQL_NOT_MIGRATED");
    expect(result.err).toContain("npx tenantry migrate --env sandbox");
    expect(existsSync(join(workspace.root, ".tenantry/sandbox/portal.db"))).toBe(false);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect((await workspace.tenantry("migrate", "--check")).exit).toBe(3);
    expect((await workspace.tenantry("migrate")).exit).toBe(2);
    expect((await workspace.tenantry("migrate", "--yes")).exit).toBe(0);
    expect((await workspace.tenantry("migrate", "--check")).exit).toBe(0);
  });

  it("does not start while somebody else holds the lock, and names the holder", async () => {
    const url = `sqlite:${join(workspace.root, ".tenantry/sandbox/store.db")}`;
    const store = await openStore({ url, clock: Date.now, isAlive: () => true });
    try {
      const address = "app/portal/record/whiterabbit/portal" as Parameters<typeof store.lock>[0];
      const lock = await store.lock(address, { name: "ci", host: hostname(), pid: process.pid });
      const result = await workspace.tenantry("apply", "--yes");
      expect(result.exit).toBe(4);
      expect(result.out).toContain("STORE_LOCKED");
      expect(result.out).toContain("ci");
      expect((await workspace.tenantry("status", "--locks")).out).toContain(address);
      expect(workspace.portal("select * from sso_connection")).toEqual([]);
      await lock.release();
      expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    } finally {
      await store.close();
    }
  });

  it("shows who holds which lock, also when a file is broken, an app's database gone and no secret there", async () => {
    const url = `sqlite:${join(workspace.root, ".tenantry/sandbox/store.db")}`;
    const store = await openStore({ url, clock: Date.now, isAlive: () => true });
    try {
      const address = "app/portal/record/whiterabbit/portal" as Parameters<typeof store.lock>[0];
      await store.lock(address, { name: "ci", host: hostname(), pid: process.pid });
      const [portal, env] = ["portal.db", "env"].map((file) => join(workspace.root, `.tenantry/sandbox/${file}`));
      rmSync(String(portal));
      workspace.write("tenants/broken.yaml", "tenant: [");
      rmSync(String(env));
      expect((await workspace.tenantry("status")).exit).toBe(2);
      const shown = await workspace.tenantry("status", "--locks");
      expect(shown.exit, shown.err).toBe(0);
      expect(shown.out).toContain(`${address}\n  held by ci on ${hostname()} (pid ${process.pid})\n`);
      expect(shown.out).toContain("\n  alive: nobody else can take it\n");
      const json = (await workspace.tenantry("status", "--locks", "--json")).json() as unknown;
      expect(json).toMatchObject({
        command: "status",
        locks: [{ address, holder: { name: "ci", host: hostname(), pid: process.pid }, state: "alive" }],
      });
    } finally {
      await store.close();
    }
  });

  it("does not apply without a store that it can reach", async () => {
    writeFileSync(
      join(workspace.root, ".tenantry/sandbox/store.db"),
      "this is no database, but long enough to look at\n",
    );
    const result = await workspace.tenantry("apply", "--yes");
    expect(result.exit).toBe(5);
    expect(codeOf(result)).toMatch(/^STORE_/);
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("wants the store named in CI", async () => {
    workspace.edit("tenantry.yaml", "    store: { url: sqlite:.tenantry/sandbox/store.db }\n", "");
    workspace.edit("tenantry.yaml", "store: { url: env:TENANTRY_STORE }\n", "");
    const result = await workspace.tenantryWith({ CI: "true" }, "apply", "--yes");
    expect(result.exit).toBe(2);
    expect(codeOf(result)).toBe("APPLY_STORE_UNNAMED");
    expect((await workspace.tenantryWith({ CI: "true" }, "plan")).exit).toBe(0);
  });

  it("asks before it changes anything, and without a terminal does not", async () => {
    const result = await workspace.tenantry("apply");
    expect(result.exit).toBe(2);
    expect(codeOf(result)).toBe("CLI_CONFIRMATION_NEEDED");
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("stops the whole plan when two objects carry one marker", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    const [ours] = ourApps(workspace.sandbox);
    const payroll = workspace.sandbox.okta.app("Payroll");
    workspace.sandbox.okta.edit(String(payroll?.id), (app) => {
      app.profile = ours?.profile;
      app.label = String(ours?.label);
    });
    const result = await workspace.tenantry("apply", "--yes");
    expect(result.exit).toBe(4);
    expect(result.err).toMatch(/DUPLICATE|TWICE/);
  });
});

describe("rights that a command needs", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });
  afterEach(() => workspace.close());

  const keepOnly = (...names: readonly string[]): void => {
    const kept = Object.entries(workspace.sandbox.env).filter(([name]) => names.includes(name));
    workspace.write(
      ".tenantry/sandbox/env",
      kept.map(([name, value]) => `${name}=${JSON.stringify(value)}\n`).join(""),
    );
  };

  it("plans with read-only scopes and without the sealing key", async () => {
    keepOnly("OKTA_PRIVATE_KEY");
    workspace.sandbox.okta.setGrants("0oa1tenantryservice0", ["okta.apps.read", "okta.groups.read"]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    const refused = await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit");
    expect(refused.err).toContain("SECRET_UNRESOLVED");
    keepOnly("OKTA_PRIVATE_KEY", "PORTAL_SEALING_KEY");
    const forbidden = await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit");
    expect(forbidden.exit).toBe(5);
    expect(forbidden.err).toContain("OKTA_PERMISSION_MISSING");
  });

  it("verifies without any right at the identity provider, and tells the status without any secret", async () => {
    keepOnly("PORTAL_SEALING_KEY");
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    keepOnly();
    expect((await workspace.tenantry("status")).exit).toBe(0);
    expect((await workspace.tenantry("show", "whiterabbit")).out).toMatch(/object id +0oa/);
  });
});
