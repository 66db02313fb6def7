import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configFaults } from "../../../sandbox/kong/plugin-schema.ts";
import { kongFieldsModule } from "../../../scripts/kong-fields.ts";
import { kongEntry } from "../../../src/tenant/apps/kong.ts";
import { kongApp, kongConfigIssues, kongModelFields, resolveKongApp } from "../../../src/workspace/apps/kong.ts";
import { kongFieldTable } from "../../../src/workspace/apps/kong-field-table.ts";
import { checkKongConfig } from "../../../src/workspace/apps/kong-fields.ts";

const base = { kind: "kong", baseUrl: "https://gateway.acme.example", callback: "/{tenant}/callback" };
const adminApi = { url: "https://kong-admin.acme.example", token: "env:KONG_ADMIN_TOKEN" };
const deck = { file: "kong/sso.yaml", selectTags: ["sso"] };
const secretReference = { vault: "env/sso-{tenant}" };

/** Paths and messages of everything that is wrong with it. */
function wrong(written: Readonly<Record<string, unknown>>): readonly string[] {
  const { error } = kongApp.safeParse({ ...base, ...written });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

function wrongEntry(entry: unknown): readonly string[] {
  return (kongEntry.safeParse(entry).error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

describe("an app of kind kong", () => {
  test("is one with an Admin API, or one with a file", () => {
    expect(wrong({ adminApi })).toEqual([]);
    expect(wrong({ deck, secretReference })).toEqual([]);
    expect(wrong({})).toEqual([" must have one carrier: `adminApi` or `deck`"]);
    expect(wrong({ adminApi, deck, secretReference })).toEqual(["deck must have one carrier: `adminApi` or `deck`"]);
  });

  test("says what is not said: the newest version, Kong's default workspace, six seconds of propagation", () => {
    const app = resolveKongApp("gateway", kongApp.parse({ ...base, adminApi }));
    expect(app).toMatchObject({ version: "3.15", workspace: "default", adminApi: { propagation: 6_000 }, config: {} });
    expect(app.adminApi?.token).toMatchObject({ text: "env:KONG_ADMIN_TOKEN" });
  });

  test.each([
    [
      "an Admin API in plain over the network",
      { adminApi: { url: "http://kong.acme.example:8001" } },
      /^adminApi\.url must be an https URL/,
    ],
    ["a version that there is not", { adminApi, version: "3.5" }, /^version /],
    [
      "a propagation that is no time",
      { adminApi: { ...adminApi, propagation: "1h" } },
      /^adminApi\.propagation must be a number of seconds/,
    ],
    [
      "a file outside the workspace",
      { deck: { ...deck, file: "../sso.yaml" }, secretReference },
      /^deck\.file must not hold `\.\.`/,
    ],
    [
      "a file by its whole path",
      { deck: { ...deck, file: "/etc/sso.yaml" }, secretReference },
      /^deck\.file must be the path/,
    ],
    [
      "six select tags",
      { deck: { ...deck, selectTags: [..."abcdef"] }, secretReference },
      /^deck\.selectTags must name at most 5/,
    ],
    [
      "a tag with a comma",
      { deck: { ...deck, selectTags: ["a,b"] }, secretReference },
      /^deck\.selectTags\.0 must not hold/,
    ],
    ["a file with secrets", { deck }, /^deck needs `secretReference`: a secret must not stand in a file/],
    [
      "a start page that a file cannot serve yet",
      { deck, secretReference, start: "/{tenant}" },
      /^start cannot be proven with `deck`/,
    ],
    [
      "a variable that decK does not read",
      { deck, secretReference: { deckEnvironment: "SSO_SECRET" } },
      /^secretReference\.deckEnvironment must be the name of a variable that begins with `DECK_`/,
    ],
    [
      "a variable of decK's for an Admin API",
      { adminApi, secretReference: { deckEnvironment: "DECK_SSO_{tenant}" } },
      /^secretReference can be `deckEnvironment` only with `deck`/,
    ],
    [
      "a sink that the gateway does not read",
      { adminApi, secretSink: "vault:kv/sso/{tenant}#secret" },
      /^secretSink needs `secretReference`/,
    ],
    [
      "a vault reference with its braces",
      { adminApi, secretReference: { vault: "{vault://env/x}" } },
      /^secretReference\.vault must be what stands behind/,
    ],
    [
      "a header that is none",
      { adminApi, headers: { email: "X Mail" } },
      /^headers\.email must be the name of a header/,
    ],
  ])("refuses %s", (_what, written, message) => {
    const found = wrong(written);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test("needs no reference for a secret that no client has", () => {
    expect(wrong({ deck, clientAuth: ["none"] })).toEqual([]);
  });
});

describe("`config:`", () => {
  test.each([
    [{ login_acton: "redirect" }, "config.login_acton is no field of Kong's plugin openid-connect"],
    [{ login_action: "redirekt" }, "config.login_action must be one of redirect, response, upstream"],
    [{ audience_required: "api" }, "config.audience_required must be a list"],
    [{ leeway: "5" }, "config.leeway must be a number"],
    [{ redis: { port: 70_000 } }, "config.redis.port must be from 0 to 65535"],
    [{ redis: { prot: 1 } }, "config.redis.prot is no field of Kong's plugin openid-connect"],
    [{ login_tokens: null }, "config.login_tokens must be a list"],
    [
      { session_secret: "hush" },
      "config.session_secret must be a reference to a vault of the gateway, never the secret itself",
    ],
    [
      { redis: { password: "hush" } },
      "config.redis.password must be a reference to a vault of the gateway, never the secret itself",
    ],
    [
      { redirect_uri: ["https://a.example"] },
      "config.redirect_uri cannot be set here: `baseUrl` and `callback` say it",
    ],
    [
      { session_cookie_name: "{vault://env/x}" },
      "config.session_cookie_name cannot be a reference to a vault: Kong does not look it up here",
    ],
  ])("refuses %j at its place", (config, message) => {
    expect(wrong({ adminApi, config })).toEqual([message]);
    for (const one of wrong({ adminApi, config })) expect(one).not.toContain("hush");
  });

  test("a field that is said elsewhere is to be taken out", () => {
    expect(kongConfigIssues({ client_id: ["x"] }, "3.14")).toEqual([
      {
        path: ["client_id"],
        message: "cannot be set here: the registration says it",
        hint: "take `client_id` out",
      },
    ]);
  });

  test("takes what Kong takes, a reference to a vault where Kong looks it up", () => {
    const config = {
      session_storage: "redis",
      redis: { host: "redis.acme.example", port: 6379, password: "{vault://hcv/redis/password}" },
      session_secret: "{vault://env/session}",
      auth_methods: ["authorization_code", "session", "bearer"],
      audience_required: ["api://orders"],
      scopes_claim: ["scp"],
      consumer_claims: [["user", "id"]],
      downstream_headers: [{ header: "x-id", path: ["sub"] }],
    };
    expect(wrong({ adminApi, config })).toEqual([]);
    expect(configFaults("openid-connect", { issuer: "x", ...config })).toEqual({});
  });

  test("knows which fields came with 3.14", () => {
    expect(wrong({ adminApi, version: "3.13", config: { consumer_claims: [["sub"]] } })).toEqual([
      "config.consumer_claims is a field that Kong 3.13 does not have, only 3.14 and later",
    ]);
  });

  test("of a tenant decides nothing about trust", () => {
    expect(wrongEntry({ route: "a", config: { audience_required: ["x"] } })).toEqual([]);
    for (const config of [
      { ssl_verify: false },
      { verify_signature: false },
      { anonymous: "guest" },
      { auth_methods: ["bearer"] },
    ]) {
      const [field] = Object.keys(config);
      expect(wrongEntry({ route: "a", config })).toEqual([
        `config.${field} can be set only in tenantry.yaml, for the whole app`,
      ]);
    }
    expect(wrongEntry({ route: "a", config: { audience_requird: ["x"] } })).toEqual([
      "config.audience_requird is no field of Kong's plugin openid-connect",
    ]);
  });
});

test("a connection is on one thing", () => {
  const message = " must name one of `route`, `service` and `global: true`: what the plugin is on";
  expect(wrongEntry({})).toEqual([message]);
  expect(wrongEntry({ route: "a", service: "b" })).toEqual([`service${message}`]);
  expect(wrongEntry({ global: true, workspace: "partner" })).toEqual([]);
  expect(wrongEntry({ route: "a/b" })).toEqual(["route must be a name without `/`, `{` and `}`"]);
});

describe("the table of fields", () => {
  test("is that of the published schema", () => {
    const root = new URL("../../../", import.meta.url);
    const file = readFileSync(new URL("src/workspace/apps/kong-field-table.ts", root), "utf8");
    expect(file, "run npm run generate").toBe(kongFieldsModule(root));
  });

  const fixture = join(import.meta.dirname, "../../../../shared/fixtures/kong/openid-connect-plugin-3.15.schema.json");
  test.skipIf(!existsSync(fixture))("comes from the schema as Kong published it", () => {
    const ours = join(import.meta.dirname, "../../../schema/kong/openid-connect-3.15.schema.json");
    expect(readFileSync(ours, "utf8")).toBe(readFileSync(fixture, "utf8"));
  });

  // The sandbox's gateway judges by the schema itself: both must say the same of every field.
  const fields = [
    ...new Set(
      kongFieldTable
        .trim()
        .split("\n")
        .map((line) => /^[a-z0-9_]+/.exec(line)?.[0] ?? ""),
    ),
  ];
  const samples = ["text", 5, -1, 1.5, true, [], ["text"], [["text"]], {}, null, "", "query", ["code"], [{}]];
  test.each(fields)("%s: says the same as the schema", (field) => {
    for (const value of samples) {
      const config = { issuer: "https://a.example", [field]: value };
      const ours = checkKongConfig(config, { version: "3.15", secrets: "any" });
      const theirs = configFaults("openid-connect", config) ?? {};
      expect([field, value, ours.length > 0]).toEqual([field, value, Object.keys(theirs).length > 0]);
    }
  });

  test("every field that the model says is one of the plugin's", () => {
    for (const name of Object.keys(kongModelFields)) expect(fields).toContain(name);
  });
});
