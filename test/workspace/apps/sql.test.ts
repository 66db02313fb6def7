import { expect, test } from "vitest";
import { resolveSqlApp, sqlApp } from "../../../src/workspace/apps/sql.ts";

const columns = { issuer: "issuer", clientId: "client_id", clientSecret: "client_secret" };
const mapping = { table: "Org", key: { column: "id" }, columns };
const base = {
  kind: "sql",
  baseUrl: "https://portal.acme.example",
  callback: "/openid/callback/{id}",
  clientAuth: ["client_secret_post"],
  database: "env:DATABASE",
  sealing: { keys: ["env:KEY"] },
};

/** Paths and messages of everything that is wrong with it. */
function wrong(change: Readonly<Record<string, unknown>>): readonly string[] {
  const { error } = sqlApp.safeParse({ ...base, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

test("an app without a mapping has none", () => {
  expect("mapping" in resolveSqlApp("portal", sqlApp.parse(base))).toBe(false);
});

test("what a mapping does not say is as most have it", () => {
  const app = resolveSqlApp("portal", sqlApp.parse({ ...base, mapping: { ...mapping, apiKey: { column: "apikey" } } }));
  expect(app.mapping).toEqual({
    ...mapping,
    key: { column: "id", value: "id" },
    scopes: "words",
    apiKey: { column: "apikey", file: ".tenantry/api-keys/{tenant}.key" },
  });
});

test.each([
  [{ mapping: { ...mapping, columns: { clientId: "c", clientSecret: "s" } } }, /^mapping\.columns\.issuer /],
  [{ mapping: { ...mapping, columns: { issuer: "i", clientId: "c" } } }, /^mapping\.columns .*`clientSecret`/],
  [{ clientAuth: ["client_secret_post", "client_secret_basic"], mapping }, /^mapping\.columns .*only one method/],
  [{ mapping: { ...mapping, columns: { ...columns, jwksUri: "issuer" } } }, /^mapping must not name a column twice/],
  [{ mapping: { ...mapping, domains: { column: "id" } } }, /^mapping must not name a column twice/],
  [{ mapping: { ...mapping, domains: { table: "d" } } }, /^mapping\.domains must be/],
  [{ mapping: { ...mapping, table: "tenantry_org" } }, /^mapping\.table must be a table of the team's own/],
  [{ mapping: { ...mapping, table: "a\u0000b" } }, /^mapping\.table must hold no control characters/],
  [{ mapping: { ...mapping, table: "ü".repeat(32) } }, /^mapping\.table must have at most 63 bytes/],
  [{ mapping: { ...mapping, key: { column: "id", value: "serial" } } }, /^mapping\.key\.value /],
  [
    { mapping: { ...mapping, apiKey: { column: "k", file: "keys/all.key" } } },
    /^mapping\.apiKey\.file must hold `\{tenant\}`/,
  ],
  [{ mapping: { ...mapping, apiKey: { column: "k", file: "../{tenant}" } } }, /^mapping\.apiKey\.file must be a path/],
  [
    { mapping: { ...mapping, apiKey: { column: "k", file: "/srv/{tenant}" } } },
    /^mapping\.apiKey\.file must be a path/,
  ],
  [{ mapping: { ...mapping, columns: { ...columns, secret: "s" } } }, /^mapping\.columns /],
])("%j is refused with its place", (change, message) => {
  expect(wrong(change)).toEqual([expect.stringMatching(message)]);
});

test("an app that proves itself by a key needs no column for a secret", () => {
  const bare = { ...mapping, columns: { issuer: "i", clientId: "c" } };
  expect(wrong({ clientAuth: ["private_key_jwt"], mapping: bare })).toEqual([]);
  expect(wrong({ clientAuth: ["none"], mapping: bare })).toEqual([]);
});
