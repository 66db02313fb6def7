import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { providerEnvironment, scopesOf } from "../../../src/engine/terraform/credentials.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { workforce } from "../../idp/okta/bench.ts";
import { failure } from "../bench.ts";

const reference = { scheme: "env", name: "KEY", text: "env:KEY" } as const;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const environment = (key: string, keyId?: string) =>
  providerEnvironment(
    { ...workforce, credentials: { clientId: "0oa1", privateKey: reference, keyId } },
    "{}",
    "read",
    () => new Secret(key),
  );

test("an API token is all there is to give", () => {
  expect(providerEnvironment(workforce, "{}", "manage", () => new Secret("00token"))).toEqual({
    OKTA_API_TOKEN: "00token",
  });
});

test.each(["pkcs1", "pkcs8"] as const)("a private key in PEM (%s) is given as it is", (type) => {
  const pem = privateKey.export({ type, format: "pem" }).toString();
  expect(environment(pem, "k1")).toEqual({
    OKTA_API_CLIENT_ID: "0oa1",
    OKTA_API_PRIVATE_KEY: pem,
    OKTA_API_PRIVATE_KEY_ID: "k1",
    OKTA_API_SCOPES: "okta.apps.read",
  });
});

test("a JSON Web Key is given as PEM, with its id", () => {
  const jwk = JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "of the key" });
  const given = environment(jwk, "of the file");
  const read = createPublicKey(createPrivateKey(given.OKTA_API_PRIVATE_KEY ?? ""));
  expect(read.equals(createPublicKey(privateKey))).toBe(true);
  expect(given.OKTA_API_PRIVATE_KEY).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(given.OKTA_API_PRIVATE_KEY_ID).toBe("of the key");
});

test("a key that is none says so, without itself", async () => {
  const failed = await failure(Promise.resolve().then(() => environment('{"kty":"RSA","n":"sesame"}')));
  expect(failed.code).toBe("OKTA_PRIVATE_KEY");
  expect(JSON.stringify(failed)).not.toContain("sesame");
});

test("only the scopes that the program takes", () => {
  const skips = { okta_app_oauth: { client_a: { skip_authentication_policy: true } } };
  const scopes = (program: object, access: "read" | "manage") => scopesOf(JSON.stringify(program), access);
  expect(scopes({ resource: skips }, "manage")).toEqual(["okta.apps.manage"]);
  expect(scopes({ resource: skips, data: { okta_group: {} } }, "manage")).toEqual([
    "okta.apps.manage",
    "okta.groups.read",
  ]);
  expect(scopes({ resource: { ...skips, okta_group: {} } }, "manage")).toContain("okta.groups.manage");
  expect(scopes({ resource: { ...skips, okta_group: {} } }, "read")).toEqual(["okta.apps.read", "okta.groups.read"]);
  expect(scopes({ resource: skips, data: { okta_policy: {} } }, "read")).toContain("okta.policies.read");
  // Older versions look for the org's default policy when they make an app.
  expect(scopes({ resource: { okta_app_oauth: { client_a: {} } } }, "manage")).toContain("okta.policies.read");
  expect(scopes({ resource: { okta_app_oauth: { client_a: {} } } }, "read")).toEqual(["okta.apps.read"]);
});
