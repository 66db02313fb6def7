import { describe, expect, test } from "vitest";
import { toolEnvironment } from "../../src/engine/tool-environment.ts";
import type { IdentityProvider, Workspace } from "../../src/workspace/workspace.ts";
import { workspaceAt } from "./bench.ts";

const okta: IdentityProvider = {
  kind: "okta",
  name: "workforce",
  domain: "acme.okta.com",
  authorizationServer: "org",
  engine: "terraform",
  credentials: { apiToken: { scheme: "env", name: "ORG_TOKEN", text: "env:ORG_TOKEN" } },
  limits: { share: 0.5 },
};

const workspace: Workspace = {
  ...workspaceAt("/work", { identityProviders: [okta], references: ["env:TENANT_{TENANT}__*", "env:{tenant}_oidc"] }),
  store: { url: { scheme: "env", name: "STATE_STORE", text: "env:STATE_STORE" } },
  apps: new Map([
    [
      "portal",
      {
        kind: "sql",
        name: "portal",
        baseUrl: "https://portal.acme.example",
        callback: "/callback/{id}",
        postLogout: [],
        clientAuth: ["client_secret_post"],
        database: { scheme: "env", name: "PORTAL_DATABASE_URL", text: "env:PORTAL_DATABASE_URL" },
        sealing: { keys: [{ scheme: "env", name: "PORTAL_SEALING_KEY", text: "env:PORTAL_SEALING_KEY" }] },
      },
    ],
  ]),
};

/** Names that go on to the program. */
function passed(names: readonly string[], of: Workspace = workspace): readonly string[] {
  return Object.keys(toolEnvironment(Object.fromEntries(names.map((name) => [name, "x"])), of));
}

describe("does not pass on", () => {
  test.each([
    ["what tenantry.yaml refers to", ["ORG_TOKEN", "STATE_STORE", "PORTAL_DATABASE_URL", "PORTAL_SEALING_KEY"]],
    ["what tenants may refer to", ["TENANT_ACME__SECRET", "TENANT_WHITE_RABBIT__X", "white-rabbit_oidc"]],
    [
      "what would lead the provider to another org",
      ["OKTA_API_TOKEN", "OKTA_CLIENT_ORGURL", "OKTA_HTTP_PROXY", "AUTH0_DOMAIN", "AUTH0_DEBUG"],
    ],
    ["what writes requests into logs", ["TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PATH", "PULUMI_DEBUG_COMMANDS"]],
    [
      "what changes flags or the state",
      ["TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_DATA_DIR", "TF_VAR_x", "PULUMI_STACK"],
    ],
    ["our own settings", ["TENANTRY_STORE"]],
  ])("%s", (_, names) => expect(passed(names)).toEqual([]));
});

describe("passes on", () => {
  test.each([
    ["what every program needs", ["PATH", "HOME", "LANG", "TMPDIR", "CI"]],
    [
      "credentials of backends",
      [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "ARM_CLIENT_SECRET",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "PG_CONN_STR",
        "PGPASSWORD",
        "TF_HTTP_PASSWORD",
      ],
    ],
    [
      "what says where providers come from",
      ["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TF_TOKEN_registry_acme_example"],
    ],
    ["proxies and certificates", ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]],
    ["names that only look like a tenant's", ["TENANT_ACME", "XTENANT_ACME__SECRET", "white_oidc_more"]],
  ])("%s", (_, names) => expect(passed(names)).toEqual(names));

  test("a backend's own variable, also when tenantry.yaml refers to it", () => {
    const store = { url: { scheme: "env", name: "PG_CONN_STR", text: "env:PG_CONN_STR" } } as const;
    expect(passed(["PG_CONN_STR"], { ...workspace, store })).toEqual(["PG_CONN_STR"]);
  });
});

test("leaves out what is not set, and what the engine sets wins", () => {
  expect(
    toolEnvironment({ A: undefined, OKTA_ORG_NAME: "other", B: "1" }, workspace, { OKTA_ORG_NAME: "acme" }),
  ).toEqual({
    B: "1",
    OKTA_ORG_NAME: "acme",
  });
});

describe("with `connect` the program is sent to the sandbox and trusts only its authority", () => {
  const ca = { scheme: "file", path: ".tenantry/sandbox/ca.pem", text: "file:.tenantry/sandbox/ca.pem" } as const;
  const others = {
    HTTPS_PROXY: "x",
    https_proxy: "x",
    HTTP_PROXY: "x",
    ALL_PROXY: "x",
    NO_PROXY: "*",
    no_proxy: "*",
    SSL_CERT_FILE: "x",
    SSL_CERT_DIR: "x",
  };

  test.each([
    ["127.0.0.1", "http://127.0.0.1:8443"],
    ["::1", "http://[::1]:8443"],
  ])("at %s", (host, proxy) => {
    const sandboxed: Workspace = { ...workspace, connect: { host, port: 8443, ca } };
    expect(toolEnvironment({ ...others, PATH: "/bin" }, sandboxed)).toEqual({
      PATH: "/bin",
      HTTPS_PROXY: proxy,
      SSL_CERT_FILE: "/work/.tenantry/sandbox/ca.pem",
    });
  });

  test("an absolute path of the authority stays", () => {
    const sandboxed: Workspace = {
      ...workspace,
      connect: { host: "127.0.0.1", port: 1, ca: { scheme: "file", path: "/ca.pem", text: "file:/ca.pem" } },
    };
    expect(toolEnvironment({}, sandboxed).SSL_CERT_FILE).toBe("/ca.pem");
  });
});
