import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { TenantryError } from "../../src/errors/failure.ts";
import { formatIssue } from "../../src/errors/issue.ts";
import { carriedBy, chooseEngine } from "../../src/workspace/engine-choice.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { memoryFiles } from "./memory-files.ts";

const okta = { kind: "okta", domain: "acme.okta.com", credentials: { apiToken: "env:OKTA_TOKEN" } };
const auth0 = { kind: "auth0", domain: "acme.eu.auth0.com", credentials: { token: "env:AUTH0_TOKEN" } };
const base = {
  version: 1,
  workspace: "acme",
  environment: "production",
  identityProviders: { workforce: { ...okta, engine: "terraform" }, customers: { ...auth0, engine: "pulumi" } },
  apps: {},
  engines: {
    terraform: {
      command: "terraform",
      backend: { s3: { bucket: "acme-state", region: "eu-central-1", key: "{environment}/{tenant}.tfstate" } },
      encryption: { passphrase: "env:STATE_PASSPHRASE" },
      lockTimeout: "1m",
    },
    pulumi: { backend: "s3://acme-state/pulumi", passphrase: "env:PULUMI_CONFIG_PASSPHRASE", parallelism: 4 },
  },
};

function load(file: Readonly<Record<string, unknown>>, environment?: string): Workspace {
  const loaded = loadWorkspace(
    memoryFiles({ "tenantry.yaml": stringify(file, { aliasDuplicateObjects: false }) }),
    "/workspace",
    environment,
  );
  if (loaded.workspace === undefined) throw new Error(loaded.issues.map(formatIssue).join("\n"));
  return loaded.workspace;
}

function thrownBy(work: () => unknown): TenantryError {
  try {
    work();
  } catch (error) {
    if (error instanceof TenantryError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("engines of tenantry.yaml", () => {
  test("without a word everything is by API, with settings that do", () => {
    const { engines, identityProviders } = load({
      ...base,
      identityProviders: { workforce: okta },
      engines: undefined,
    });
    expect(identityProviders.get("workforce")?.engine).toBe("direct");
    expect(engines).toEqual({
      terraform: { providerVersion: "6.12.0", lockTimeout: 30_000, parallelism: 2 },
      pulumi: { pluginVersion: "3.49.0", secretsProvider: "passphrase", parallelism: 2 },
    });
  });

  test("an environment overrides by the engine's name, then by field; a field is replaced whole", () => {
    const staging = {
      identityProviders: { workforce: { engine: "direct" } },
      engines: {
        terraform: { backend: { local: { path: "states/{tenant}.tfstate" } }, lockTimeout: "5s" },
        pulumi: { passphrase: "file:secrets/passphrase" },
      },
    };
    const { engines, identityProviders } = load({ ...base, environments: { staging } }, "staging");
    expect([...identityProviders.values()].map(({ engine }) => engine)).toEqual(["direct", "pulumi"]);
    expect(engines.terraform).toMatchObject({
      command: "terraform",
      backend: { kind: "local", settings: { path: "states/{tenant}.tfstate" } },
      encryption: { passphrase: { text: "env:STATE_PASSPHRASE" } },
      lockTimeout: 5_000,
    });
    expect(engines.terraform.backend?.settings).not.toHaveProperty("bucket");
    expect(engines.pulumi).toMatchObject({
      backend: "s3://acme-state/pulumi",
      passphrase: { text: "file:secrets/passphrase" },
      parallelism: 4,
    });
    expect(load({ ...base, environments: { staging } }).engines.terraform.lockTimeout).toBe(60_000);
  });
});

describe("an engine that is chosen for one call", () => {
  test("carries what it can, and leaves the others to theirs", () => {
    const workspace = load(base);
    const enginesOf = ({ identityProviders }: Workspace) => [...identityProviders.values()].map(({ engine }) => engine);
    expect(enginesOf(chooseEngine(workspace, "direct"))).toEqual(["direct", "direct"]);
    const byApi = chooseEngine(workspace, "direct");
    expect(enginesOf(chooseEngine(byApi, "terraform"))).toEqual(["terraform", "direct"]);
    expect(enginesOf(chooseEngine(byApi, "pulumi"))).toEqual(["direct", "pulumi"]);
    expect(enginesOf(workspace)).toEqual(["terraform", "pulumi"]);
  });

  test("is refused where it can carry nobody, and the identity providers are named", () => {
    const workspace = load({
      ...base,
      identityProviders: { customers: auth0, partners: { ...auth0, domain: "b.auth0.com" } },
    });
    const refused = thrownBy(() => carriedBy(workspace, "terraform"));
    expect(refused.code).toBe("ENGINE_UNSUITABLE");
    expect(refused.exit).toBe(2);
    expect(refused.message).toBe(
      "terraform carries no identity provider of this workspace: `customers` is auth0, `partners` is auth0",
    );
    expect(thrownBy(() => carriedBy(load({ ...base, identityProviders: {} }), "direct")).message).toBe(
      "direct carries no identity provider of this workspace: it names none",
    );
  });

  test("is refused where two would share a state, as it is when the file says so", () => {
    const identityProviders = { workforce: okta, partners: { ...okta, domain: "acme-partners.okta.com" } };
    const refused = thrownBy(() => chooseEngine(load({ ...base, identityProviders }), "terraform"));
    expect(refused.code).toBe("WORKSPACE_STATE_SHARED");
    expect(refused.message).toBe(
      "`workforce` and `partners` would keep a tenant's clients in one state, because `key` lacks `{idp}`",
    );
    const { terraform } = base.engines;
    const each = { terraform: { ...terraform, backend: { pg: { schema_name: "{environment}-{idp}-{tenant}" } } } };
    expect(chooseEngine(load({ ...base, identityProviders, engines: each }), "terraform")).toBeDefined();
  });

  test("is refused without the passphrase that it needs", () => {
    const engines = { pulumi: { backend: "s3://acme-state" } };
    const refused = thrownBy(() =>
      chooseEngine(load({ ...base, identityProviders: { customers: auth0 }, engines }), "pulumi"),
    );
    expect(refused.code).toBe("ENGINE_PASSPHRASE_MISSING");
    expect(refused.hint).toContain("passphrase: env:PULUMI_CONFIG_PASSPHRASE");
  });
});
