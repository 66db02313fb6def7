import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { secretSource } from "../../src/cli/secret-source.ts";
import { formatIssue } from "../../src/errors/issue.ts";
import { layOver } from "../../src/workspace/environment.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { memoryFiles } from "./memory-files.ts";

// An environment overrides by name and by field; the value of a field, lists too, is replaced whole.

const base = {
  version: 1,
  workspace: "acme",
  environment: "production",
  references: { tenants: ["env:TENANT_{TENANT}__*", "file:secrets/{tenant}/*"] },
  store: { url: "env:TENANTRY_STORE" },
  identityProviders: {
    workforce: {
      kind: "okta",
      domain: "acme.okta.com",
      authorizationServer: "default",
      credentials: { clientId: "0oa1", privateKey: "env:OKTA_KEY", keyId: "one" },
      limits: { share: 0.3 },
    },
    customers: { kind: "auth0", domain: "acme.eu.auth0.com", credentials: { token: "env:AUTH0_TOKEN" } },
  },
  apps: {
    portal: {
      kind: "sql",
      baseUrl: "https://portal.acme.example",
      callback: "/cb/{id}",
      postLogout: ["/", "/bye"],
      clientAuth: ["client_secret_basic", "client_secret_post"],
      database: "env:PORTAL_DATABASE_URL",
      sealing: { keys: ["env:PORTAL_SEALING_KEY", "env:PORTAL_OLD_KEY"] },
    },
  },
  verify: { deadline: "5s", maxAge: "30m" },
  guards: { maxTenants: 5 },
};

/** The workspace in `staging`, which overrides so. */
function staging(override: Readonly<Record<string, unknown>>): Workspace {
  return inEnvironment({ staging: override }, "staging");
}

function inEnvironment(environments: Readonly<Record<string, unknown>>, name: string | undefined): Workspace {
  const files = memoryFiles({ "tenantry.yaml": stringify({ ...base, environments }) });
  const loaded = loadWorkspace(files, "/workspace", name);
  if (loaded.workspace === undefined) throw new Error(loaded.issues.map(formatIssue).join("\n"));
  return loaded.workspace;
}

describe("an environment", () => {
  test("that overrides nothing is the workspace under another name", () => {
    expect(staging({})).toEqual({ ...inEnvironment({}, undefined), environment: "staging" });
  });

  test("is chosen by name; without one it is the workspace's own, which may have overrides too", () => {
    const environments = { production: { guards: { maxTenants: 7 } }, staging: { guards: { maxTenants: 8 } } };
    const chosen = [undefined, "production", "staging"].map((name) => inEnvironment(environments, name));
    expect(chosen.map(({ environment, guards }) => [environment, guards.maxTenants])).toEqual([
      ["production", 7],
      ["production", 7],
      ["staging", 8],
    ]);
  });

  test("overrides by name and by field: other entries and other fields stay", () => {
    const { identityProviders, apps } = staging({
      identityProviders: { workforce: { domain: "acme.oktapreview.com", engine: "direct" } },
      apps: { portal: { database: "sqlite:portal.db" } },
    });
    expect(identityProviders.get("workforce")).toMatchObject({
      domain: "acme.oktapreview.com",
      authorizationServer: "default",
      credentials: { clientId: "0oa1" },
      limits: { share: 0.3 },
    });
    expect(identityProviders.get("customers")).toMatchObject({ domain: "acme.eu.auth0.com" });
    expect(apps.get("portal")).toMatchObject({ database: "sqlite:portal.db", callback: "/cb/{id}" });
  });

  test("replaces lists", () => {
    const { apps, references, verify } = staging({
      apps: { portal: { postLogout: ["/staging"], clientAuth: ["client_secret_post"] } },
      references: { tenants: ["env:STAGING_{TENANT}__*"] },
      verify: { allowPrivate: ["10.0.0.0/8"] },
    });
    expect(apps.get("portal")).toMatchObject({ postLogout: ["/staging"], clientAuth: ["client_secret_post"] });
    expect(references.tenants).toEqual(["env:STAGING_{TENANT}__*"]);
    expect(verify.allowPrivate).toEqual(["10.0.0.0/8"]);
  });

  test("replaces the value of a field whole: credentials of one way leave nothing of the other", () => {
    const { identityProviders, apps } = staging({
      identityProviders: { workforce: { credentials: { apiToken: "env:OKTA_TOKEN" }, limits: {} } },
      apps: { portal: { sealing: { keys: ["env:STAGING_KEY"] } } },
    });
    const workforce = identityProviders.get("workforce");
    expect(workforce?.credentials).toEqual({ apiToken: { scheme: "env", name: "OKTA_TOKEN", text: "env:OKTA_TOKEN" } });
    expect(workforce?.limits).toEqual({ share: 0.5 });
    expect(apps.get("portal")).toMatchObject({ sealing: { keys: [{ text: "env:STAGING_KEY" }] } });
  });

  test("replaces an entry of another kind whole", () => {
    const customers = { kind: "okta", domain: "b2b.okta.com", credentials: { apiToken: "env:B2B" } };
    const workforce = { kind: "auth0", domain: "acme.us.auth0.com", credentials: { token: "env:AUTH0_US" } };
    const { identityProviders } = staging({ identityProviders: { customers, workforce } });
    expect(identityProviders.get("customers")).toMatchObject({ kind: "okta", authorizationServer: "org" });
    expect(identityProviders.get("workforce")).not.toHaveProperty("authorizationServer");
    expect(identityProviders.get("workforce")?.limits).toEqual({ share: 0.5 });
  });

  test("gives an app another key, whose algorithm is that of its curve", () => {
    const ec = (crv: string) => ({
      clientKey: { publicKey: { kty: "EC", kid: "one", crv, x: "eA", y: "eQ" }, privateKey: "env:PORTAL_KEY" },
    });
    const algorithms = ["P-256", "P-384", "P-521"].map((crv) => {
      return staging({ apps: { portal: ec(crv) } }).apps.get("portal")?.clientKey?.publicKey.alg;
    });
    expect(algorithms).toEqual(["ES256", "ES384", "ES512"]);
  });

  test("with the same kind written again overrides by field", () => {
    const { identityProviders } = staging({ identityProviders: { workforce: { kind: "okta", domain: "b.okta.com" } } });
    expect(identityProviders.get("workforce")).toMatchObject({ domain: "b.okta.com", limits: { share: 0.3 } });
  });

  test("may have identity providers and apps of its own, which others do not see", () => {
    const partners = { kind: "auth0", domain: "acme-partners.eu.auth0.com", credentials: { token: "env:PARTNERS" } };
    const reports = { ...structuredClone(base.apps.portal), baseUrl: "https://reports.acme.example" };
    const environments = { staging: { identityProviders: { partners }, apps: { reports } } };
    const [own, other] = [inEnvironment(environments, "staging"), inEnvironment(environments, undefined)];
    expect([...own.identityProviders.keys()]).toEqual(["workforce", "customers", "partners"]);
    expect([...own.apps.keys()]).toEqual(["portal", "reports"]);
    expect([...other.identityProviders.keys(), ...other.apps.keys()]).toEqual(["workforce", "customers", "portal"]);
  });

  test("overrides sections by field", () => {
    const proxy = "http://proxy.acme.example:3128";
    const { verify, guards, store } = staging({
      verify: { deadline: "1s", budget: "20m", proxy },
      guards: { maxShare: 0.5 },
      store: { url: "sqlite:staging.db" },
    });
    expect(verify).toMatchObject({ deadline: 1_000, maxAge: 1_800_000, budget: 1_200_000, parallelism: 32, proxy });
    expect(guards).toEqual({ maxTenants: 5, maxShare: 0.5 });
    expect(store).toEqual({ url: "sqlite:staging.db" });
  });

  test("alone has `connect` and `envFile`", () => {
    const connect = { to: "127.0.0.1:8443", ca: "file:ca.pem" };
    expect(staging({ connect, envFile: "env" })).toMatchObject({
      connect: { host: "127.0.0.1", port: 8443, ca: { path: "ca.pem" } },
      envFile: "env",
    });
    const files = memoryFiles({ "tenantry.yaml": stringify({ ...base, connect, envFile: "env" }) });
    expect(loadWorkspace(files, "/workspace", undefined).issues.map(({ message }) => message)).toEqual([
      "unknown key `connect`",
      "unknown key `envFile`",
    ]);
  });

  test("that is wrong stops every other: nobody finds out in production that staging was broken", () => {
    const files = memoryFiles({ "tenantry.yaml": stringify({ ...base, environments: { staging: { gaurds: {} } } }) });
    for (const name of [undefined, "production", "staging"]) {
      const { issues } = loadWorkspace(files, "/workspace", name);
      expect(issues.map(({ code, hint }) => [code, hint])).toEqual([
        ["WORKSPACE_UNKNOWN_KEY", "did you mean `guards`?"],
      ]);
    }
  });
});

test("what is written into `envFile` is seen where the process has nothing to say", () => {
  const root = mkdtempSync(join(tmpdir(), "tenantry-env-"));
  try {
    writeFileSync(join(root, "env"), "ONE=file\nTWO=file\nTHREE=file\n");
    const workspace = { ...staging({ envFile: "env" }), root };
    const surroundings = { environment: { ONE: "process", TWO: "" } } as unknown as Parameters<typeof secretSource>[0];
    expect(secretSource(surroundings, workspace).environment).toMatchObject({
      ONE: "process",
      TWO: "file",
      THREE: "file",
    });
    const { environment } = secretSource(surroundings, { ...workspace, envFile: undefined });
    expect(environment).toMatchObject({ ONE: "process" });
    expect(environment.THREE).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

describe("laying over", () => {
  const field = fc.oneof(fc.constantFrom("a", "b"), fc.integer(), fc.array(fc.integer(), { maxLength: 2 }));
  const entry = fc.dictionary(fc.constantFrom("x", "y", "z"), field, { maxKeys: 3 });
  const section = fc.dictionary(fc.constantFrom("one", "two"), entry, { maxKeys: 2 });
  const workspace = fc.record({ apps: section, identityProviders: section, verify: entry, connect: entry });

  test("twice is once, and nothing laid over changes nothing", () => {
    fc.assert(
      fc.property(workspace, workspace, (one, over) => {
        const once = layOver(one, over);
        expect(layOver(once, over)).toEqual(once);
        expect(layOver(one, {})).toEqual(one);
      }),
    );
  });

  test("what the environment writes is what there is; what it does not write stays", () => {
    fc.assert(
      fc.property(workspace, workspace, (one, over) => {
        const merged = layOver(one, over) as typeof one;
        for (const [name, fields] of Object.entries(over.apps)) expect(merged.apps[name]).toMatchObject(fields);
        for (const [name, fields] of Object.entries(one.apps)) {
          for (const [key, value] of Object.entries(fields)) {
            if (over.apps[name]?.[key] === undefined) expect(merged.apps[name]?.[key]).toEqual(value);
          }
        }
      }),
    );
  });
});
