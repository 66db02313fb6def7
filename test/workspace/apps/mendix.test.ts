import { expect, test } from "vitest";
import { mendixApp, resolveMendixApp } from "../../../src/workspace/apps/mendix.ts";
import {
  hasMendixConstant,
  isMendixModule,
  mendixEncryptionKey,
  mendixIdpConstants,
  ownMendixConstant,
} from "../../../src/workspace/apps/mendix-constants.ts";

const base = { kind: "mendix", baseUrl: "https://service.acme.example" };
const deployApi = { appId: "service", environment: "Production", username: "platform@acme.example", apiKey: "env:KEY" };
const sink = "vault:kv/sso/{tenant}#client_secret";

/** Paths and messages of everything that is wrong with it. */
function wrong(written: Readonly<Record<string, unknown>>): readonly string[] {
  const { error } = mendixApp.safeParse({ ...base, ...written });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

test("the callback is the module's, and can be another (B20)", () => {
  const app = resolveMendixApp("service", mendixApp.parse({ ...base, carrier: { deployApi } }));
  expect(app.callback).toBe("/oauth/v2/callback");
  expect(app.module).toBe("4.7");
  expect(app.onboardingModule).toBe("UserCommons");
});

test.each([
  ["2.3", ["client_secret_basic", "client_secret_post"]],
  ["3.9.1", ["client_secret_basic", "client_secret_post"]],
  ["4.0", ["client_secret_basic", "client_secret_post"]],
  ["4.1", ["client_secret_basic", "client_secret_post", "private_key_jwt"]],
])("module %s proves itself by %j (B9)", (module, methods) => {
  const written = mendixApp.parse({ ...base, module, carrier: { deployApi } });
  expect(resolveMendixApp("service", written).clientAuth).toEqual(methods);
});

test.each([
  ["2.2", "module must be 2.3 or later: older ones read no constants"],
  ["1.9", "module must be a version such as `4.7`"],
  ["5.0", "module must be a version such as `4.7`"],
])("module %s is refused (B41)", (module, message) => {
  expect(wrong({ module, carrier: { deployApi } })).toEqual([message]);
});

test.each([
  [
    { nonceCookieSameSite: "None" },
    "4.5",
    "nonceCookieSameSite is a constant from version 4.6 of the module on, and `module` is 4.5",
  ],
  [
    { allowedHosts: [".acme.example"] },
    "4.4",
    "allowedHosts is a constant from version 4.5 of the module on, and `module` is 4.4",
  ],
  [
    { disableMxAdmin: true },
    "2.4",
    "disableMxAdmin is a constant from version 3.0 of the module on, and `module` is 2.4",
  ],
])("%j is refused for module %s, which has no such constant (B41)", (more, module, message) => {
  expect(wrong({ ...more, module, carrier: { deployApi } })).toEqual([message]);
});

test("a file needs either a sink or the flag for plain secrets, and never both (B18)", () => {
  const needs =
    "plainSecrets must be true, with a file that git ignores, or `secretSink` must say where the secret goes instead";
  for (const place of ["environment", "kubernetes"]) {
    const carrier = (more: object) => ({ carrier: { [place]: { file: "deploy/service", ...more } } });
    expect(wrong(carrier({}))).toEqual([`carrier.${place}.${needs}`]);
    expect(wrong({ ...carrier({}), secretSink: sink })).toEqual([]);
    expect(wrong(carrier({ plainSecrets: true }))).toEqual([]);
    expect(wrong({ ...carrier({ plainSecrets: true }), secretSink: sink })).toEqual([
      `carrier.${place}.plainSecrets must be false beside \`secretSink\`: the secret is at one place`,
    ]);
  }
  expect(wrong({ carrier: { deployApi } })).toEqual([]);
});

test("a start page has no place: the app restarts between the write and a proof of it (B6)", () => {
  expect(wrong({ carrier: { deployApi }, start: "/oauth/v2/login" })).toEqual([
    "start has no place here: the app would have to be restarted before its half could be proven",
  ]);
});

test("none and two carriers are refused, and a literal API key", () => {
  const message = "carrier must be one of `{ environment: … }`, `{ kubernetes: … }` and `{ deployApi: … }`";
  expect(wrong({ carrier: {} })).toEqual([message]);
  expect(wrong({ carrier: { deployApi, kubernetes: { file: "a.yaml" } } })).toEqual([message]);
  expect(wrong({ carrier: { deployApi: { ...deployApi, apiKey: "26587896-1cef" } } })).toHaveLength(1);
});

test("versions are compared by their numbers, not as text", () => {
  expect(isMendixModule("4.10", "4.9")).toBe(true);
  expect(isMendixModule("4.9", "4.10")).toBe(false);
  expect(isMendixModule("4.1.0", "4.1")).toBe(true);
  expect(isMendixModule("3.12", "4.1")).toBe(false);
});

test("which constants a version of the module has (B41)", () => {
  const added = (from: string, to: string): readonly string[] =>
    Object.entries(mendixIdpConstants).flatMap(([name, constant]) =>
      hasMendixConstant(to, constant) === hasMendixConstant(from, constant)
        ? []
        : [`${hasMendixConstant(to, constant) ? "+" : "-"}${name}`],
    );
  expect(added("2.4", "3.0")).toEqual([
    "-UserProvisioningFlow",
    "+UserParsing",
    "+EnablePKCE",
    "+UseAuthenticationToken",
    "+JWKConnectTimeout",
    "+JWKReadTimeout",
    "+IsClientGrantOnly",
    "+CustomUserEntity",
    "+PrincipalEntityAttribute",
    "+PrincipalIdPAttribute",
    "+NamedUserIdentifier",
    "+AllowcreateUsers",
    "+Userrole",
    "+UserType",
    "+CustomUserProvisioning",
  ]);
  expect(added("3.0", "4.0")).toEqual([]);
  expect(added("4.0", "4.1")).toEqual(["+JWTSignAlgorithm", "+KeyPair_ExpirationDays"]);
  expect(added("4.1", "4.6")).toEqual(["+CustomATPTokenType"]);
  expect(added("4.6", "4.7")).toEqual(["+EnableAudienceValidation"]);
});

test("the encryption key has another constant from 4.4 on (B19)", () => {
  expect(mendixEncryptionKey("4.3")).toBe("Encryption.EncryptionKey");
  expect(mendixEncryptionKey("4.4")).toBe("OIDC.Encryptionkey");
});

test("the module of the onboarding constants is an option", () => {
  expect(ownMendixConstant("Userrole", "UserCommons")).toBe("UserCommons.Userrole");
  expect(ownMendixConstant("Userrole", "OIDC")).toBe("OIDC.Userrole");
  expect(ownMendixConstant("ClientID", "UserCommons")).toBe("OIDC.ClientID");
});
