import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/desired/compile.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { loadTenants } from "../../src/tenant/load.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import { memoryFiles } from "../workspace/memory-files.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const workspaceText = read("tenantry.yaml");
const tenantText = read("tenants/whiterabbit.yaml");

/** The connections of these tenant files; throws for files with issues. */
function connectionsOf(tenants: Readonly<Record<string, string>>, workspace = workspaceText): readonly Connection[] {
  const contents = Object.entries(tenants).map(([name, text]): [string, string] => [`tenants/${name}.yaml`, text]);
  const files = memoryFiles({ "tenantry.yaml": workspace, ...Object.fromEntries(contents) });
  const loaded = loadWorkspace(files, "/workspace", undefined);
  const { tenants: read, issues } = loadTenants(files);
  if (loaded.workspace === undefined || issues.length > 0) throw new Error(JSON.stringify([loaded.issues, issues]));
  return compile(loaded.workspace, read, "2027-03-01");
}

function only(tenant: string, workspace = workspaceText): Connection {
  const [connection] = connectionsOf({ whiterabbit: tenant }, workspace);
  if (connection === undefined) throw new Error("no connection");
  return connection;
}

/** The text with one part replaced; throws when it is not in it. */
function edited(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`no ${from}`);
  return text.replace(from, to);
}

describe("the spec digest", () => {
  const before = only(tenantText);

  test.each([
    ["the name, which only people see", "Whiterabbit Foods", "Whiterabbit Food"],
    ["a contact", "identity@", "sso@"],
    [
      "a domain, which is the tenant's and not the connection's",
      "[whiterabbit.example]",
      "[whiterabbit.example, b.example]",
    ],
    ["where it is written", "tenant: whiterabbit", "\n\ntenant: whiterabbit"],
    ["the order of keys", "email: email, displayName: name", "displayName: name, email: email"],
    ["a default that is written out", "signIn:\n", "signIn:\n  pkce: S256\n"],
  ])("does not know %s", (_what, from, to) => {
    const after = only(edited(tenantText, from, to));
    expect(after.specDigest).toBe(before.specDigest);
    expect(after).not.toBe(before);
  });

  test.each([
    ["groups", "[whiterabbit-staff]", "[whiterabbit-people]"],
    ["scopes", "[openid, email, profile]", "[openid, email]"],
    ["client authentication", "client_secret_basic", "client_secret_post"],
    ["claims", "externalId: sub", "externalId: oid"],
    ["roles", "default: member", "default: guest"],
    ["public id", "7vk2m9qhx4rw8t3nbcd5", "7vk2m9qhx4rw8t3nbcd6"],
    ["status", "status: active", "status: suspended"],
    ["PKCE", "signIn:\n", "signIn:\n  pkce: off\n"],
    ["response mode", "signIn:\n", "signIn:\n  responseMode: form_post\n"],
    ["required claims", "signIn:\n", "signIn:\n  require: { hd: whiterabbit.example }\n"],
    ["session", "signIn:\n", "signIn:\n  session: { idle: 30m }\n"],
    ["sign-out", "signIn:\n", "signIn:\n  logout: { endSession: false }\n"],
    ["provisioning", "signIn:\n", "signIn:\n  provision: { create: false }\n"],
    ["parameters", "signIn:\n", "signIn:\n  extraParams: { prompt: login }\n"],
  ])("changes with %s", (_what, from, to) => {
    expect(only(edited(tenantText, from, to)).specDigest).not.toBe(before.specDigest);
  });

  test.each([
    ["the app's address", "baseUrl: https://portal.acme.example", "baseUrl: https://portal.acme.example/app"],
    ["the callback", "callback: /openid/callback/{id}", "callback: /cb/{id}"],
    ["the idp's domain", "acme.okta.com", "other.okta.com"],
    ["the authorization server", "authorizationServer: default", "authorizationServer: org"],
    ["the workspace", "workspace: acme", "workspace: other"],
    ["the environment", "environment: production", "environment: live"],
  ])("changes with %s", (_what, from, to) => {
    expect(only(tenantText, edited(workspaceText, from, to)).specDigest).not.toBe(before.specDigest);
  });

  test("does not know credentials, databases and seals", () => {
    const other = edited(
      edited(workspaceText, "env:PORTAL_DATABASE_URL", "env:OTHER"),
      "env:OKTA_PRIVATE_KEY",
      "env:OTHER",
    );
    expect(only(tenantText, other)).toEqual(before);
  });
});

test("connections come sorted by key, whatever the order of files and entries", () => {
  const apps = edited(
    workspaceText,
    "\napps:\n",
    "\napps:\n  zebra:\n    kind: sql\n    baseUrl: https://zebra.example\n    callback: /{id}\n    database: sqlite:a\n    sealing: { keys: [env:A] }\n",
  );
  const tenants = ["b", "a-b", "a", "c"].map((slug, index): [string, string] => [
    slug,
    edited(
      edited(tenantText, "whiterabbit\nid: 7vk2m9qhx4rw8t3nbcd5", `${slug}\nid: ${"abcd"[index]}vk2m9qhx4rw8t3nbcd5`),
      "- app: portal",
      "- app: zebra\n  - app: portal",
    ),
  ]);
  fc.assert(
    fc.property(fc.shuffledSubarray(tenants, { minLength: 4 }), (mixed) => {
      const keys = connectionsOf(Object.fromEntries(mixed), apps).map(({ key }) => key);
      expect(keys).toEqual([...keys].sort());
      expect(keys).toHaveLength(8);
      expect(keys[0]).toBe("a-b/portal");
    }),
    { numRuns: 10 },
  );
});

test("a label begins with the key and is never too long", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 200 })
    .filter((text) => /^[^\p{C}\p{Z}%$"\\]+$/u.test(text));
  fc.assert(
    fc.property(name, (text) => {
      const { label } = only(edited(tenantText, "Whiterabbit Foods", JSON.stringify(text))).registration;
      expect(label.startsWith("whiterabbit/portal ")).toBe(true);
      expect(label.length).toBeLessThanOrEqual(100);
    }),
    { numRuns: 50 },
  );
});

test("everything of a connection carries its marker and address, and the callback is filled in", () => {
  const { registration, record, appTenant, key, position } = only(tenantText);
  const marker = { workspace: "acme", environment: "production", key };
  expect([registration.marker, record.marker]).toEqual([marker, marker]);
  expect([registration.address, appTenant.address, record.address]).toEqual([
    "idp/workforce/client/whiterabbit/portal",
    "app/portal/tenant/whiterabbit",
    "app/portal/record/whiterabbit/portal",
  ]);
  expect(registration.redirectUris).toEqual([record.redirectUri]);
  expect(record.redirectUri).toBe("https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5");
  expect(registration.clientId).toBe(record.clientId);
  const line = tenantText.split("\n")[position.line - 1] ?? "";
  expect(line.slice(position.column - 1)).toBe("app: portal");
});
