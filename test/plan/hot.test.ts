import { expect, test } from "vitest";
import type { HotField } from "../../src/plan/change.ts";
import { hotAppTenantFields, hotRecordFields, hotRegistrationFields } from "../../src/plan/hot.ts";
import type { Fields } from "../../src/plan/observed.ts";

type Row = readonly [what: string, before: Fields, after: Fields, hot: readonly HotField[]];

const registration: readonly Row[] = [
  ["a callback added", { redirectUris: ["a"] }, { redirectUris: ["a", "b"] }, ["redirectUris"]],
  [
    "a placeholder that becomes a callback",
    { redirectUris: ["https://callback.invalid/a/b"] },
    { redirectUris: ["b"] },
    [],
  ],
  ["a callback removed", { redirectUris: ["a", "b"] }, { redirectUris: ["a"] }, ["redirectUris"]],
  ["a page after sign-out", { postLogoutRedirectUris: [] }, { postLogoutRedirectUris: ["a"] }, []],
  ["a label", { label: "a" }, { label: "b" }, []],
  ["no client authentication", { clientAuth: "client_secret_post" }, { clientAuth: "none" }, ["clientAuth"]],
  ["a secret for a key", { clientAuth: "private_key_jwt" }, { clientAuth: "client_secret_basic" }, ["clientAuth"]],
  ["a key for a secret", { clientAuth: "client_secret_basic" }, { clientAuth: "private_key_jwt" }, ["clientAuth"]],
  [
    "a secret in the header, not the body",
    { clientAuth: "client_secret_post" },
    { clientAuth: "client_secret_basic" },
    ["clientAuth"],
  ],
  ["PKCE off", { pkce: "S256" }, { pkce: "off" }, ["clientAuth"]],
  ["PKCE on", { pkce: "off" }, { pkce: "S256" }, []],
  ["everyone", { assignment: ["a"] }, { assignment: "everyone" }, ["assignment"]],
  ["a group added", { assignment: ["a"] }, { assignment: ["a", "b"] }, ["assignment"]],
  ["another group", { assignment: ["a"] }, { assignment: ["b"] }, ["assignment"]],
  ["a group removed", { assignment: ["a", "b"] }, { assignment: ["a"] }, []],
  ["no group left", { assignment: ["a"] }, { assignment: [] }, ["assignment"]],
  ["groups for everyone", { assignment: "everyone" }, { assignment: ["a"] }, []],
  ["nobody for everyone", { assignment: "everyone" }, { assignment: [] }, ["assignment"]],
  ["a group called everyone", { assignment: ["a"] }, { assignment: ["everyone"] }, ["assignment"]],
];

test.each(registration)("registration: %s", (_what, before, after, hot) => {
  expect(hotRegistrationFields(before, after, Object.keys(after))).toEqual(hot);
  expect(hotRegistrationFields(before, after, [])).toEqual([]);
});

const row: readonly Row[] = [
  ["a domain added", { domains: ["a"] }, { domains: ["a", "b"] }, ["domains"]],
  ["another domain", { domains: ["a"] }, { domains: ["b"] }, ["domains"]],
  ["a domain removed", { domains: ["a", "b"] }, { domains: ["a"] }, ["domains"]],
  ["a name", { name: "a" }, { name: "b" }, []],
];

test.each(row)("tenant's row: %s", (_what, _before, after, hot) => {
  expect(hotAppTenantFields(Object.keys(after))).toEqual(hot);
});

const endpoint = (host: string): string => `https://${host}/oauth2/v1/keys`;
const map = (roles: Readonly<Record<string, string>>, more: Fields = {}): Fields => ({
  roles: { claim: "groups", map: roles, default: "member", ...more },
});

const record: readonly Row[] = [
  ["another issuer", { issuer: "https://a.example" }, { issuer: "https://b.example" }, ["issuer"]],
  ["a slash at the issuer's end", { issuer: "https://a.example" }, { issuer: "https://a.example/" }, ["issuer"]],
  ["keys at another host", { jwksUri: endpoint("a.example") }, { jwksUri: endpoint("b.example") }, ["endpointHost"]],
  [
    "keys at another port",
    { jwksUri: endpoint("a.example") },
    { jwksUri: endpoint("a.example:8443") },
    ["endpointHost"],
  ],
  ["keys at another path", { jwksUri: endpoint("a.example") }, { jwksUri: "https://a.example/keys" }, []],
  [
    "tokens at another host",
    { tokenEndpoint: endpoint("a.example") },
    { tokenEndpoint: endpoint("b.example") },
    ["endpointHost"],
  ],
  [
    "sign-in at another host",
    { authorizationEndpoint: endpoint("a.example") },
    { authorizationEndpoint: endpoint("b.example") },
    ["endpointHost"],
  ],
  ["userinfo appears", { userinfoEndpoint: null }, { userinfoEndpoint: endpoint("a.example") }, ["endpointHost"]],
  [
    "sign-out at another host",
    { endSessionEndpoint: endpoint("a.example") },
    { endSessionEndpoint: endpoint("b.example") },
    ["endpointHost"],
  ],
  ["another client", { clientId: "a" }, { clientId: "b" }, ["clientId"]],
  ["another callback", { redirectUri: "a" }, { redirectUri: "b" }, ["redirectUris"]],
  ["another secret", { clientSecretId: "a" }, { clientSecretId: "b" }, []],
  ["a key for a secret", { clientAuth: "client_secret_post" }, { clientAuth: "private_key_jwt" }, ["secret"]],
  ["a secret for a key", { clientAuth: "private_key_jwt" }, { clientAuth: "client_secret_post" }, ["clientAuth"]],
  [
    "weaker and without PKCE is said once",
    { clientAuth: "private_key_jwt", pkce: "S256" },
    { clientAuth: "none", pkce: "off" },
    ["clientAuth"],
  ],
  ["a role for one more value", map({ a: "reader" }), map({ a: "reader", b: "admin" }), ["roles"]],
  ["another role for a value", map({ a: "reader" }), map({ a: "admin" }), ["roles"]],
  ["one value less", map({ a: "reader", b: "admin" }), map({ a: "reader" }), []],
  ["a value named like a method", map({ a: "reader" }), map({ a: "reader", constructor: "admin" }), ["roles"]],
  ["another default", map({}), map({}, { default: "admin" }), ["roles"]],
  ["another claim", map({}), map({}, { claim: ["realm_access", "roles"] }), ["roles"]],
  ["roles at last", { roles: null }, map({ a: "reader" }), ["roles"]],
  ["no roles any more", map({ a: "reader" }), { roles: null }, []],
  [
    "scopes, claims, session",
    { scopes: ["openid"], claims: { email: "email" }, session: null },
    { scopes: ["openid", "email"], claims: { email: "email", displayName: "name" }, session: { idle: 1 } },
    [],
  ],
  ["another claim says who it is", { claims: { externalId: "sub" } }, { claims: { externalId: "email" } }, ["claims"]],
  ["another claim says the e-mail", { claims: { email: "email" } }, { claims: { email: ["a", "b"] } }, ["claims"]],
  ["a demand is dropped", { require: { hd: "bluefin.example" } }, { require: {} }, ["require"]],
  ["a demand is changed", { require: { hd: "a.example" } }, { require: { hd: "b.example" } }, ["require"]],
  ["a second factor no longer asked for", { acrValues: ["mfa"] }, { acrValues: [] }, ["acrValues"]],
  ["a second factor asked for", { acrValues: [] }, { acrValues: ["mfa"] }, []],
  ["accounts made for whoever comes", { provision: { create: false } }, { provision: { create: true } }, ["provision"]],
  ["accounts no longer made", { provision: { create: true } }, { provision: { create: false } }, []],
  ["a demand is added", { require: {} }, { require: { hd: "bluefin.example" } }, []],
];

test.each(record)("record: %s", (_what, before, after, hot) => {
  expect(hotRecordFields(before, after, Object.keys(after))).toEqual(hot);
});
