import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

async function make(strategy: string, options: object) {
  const { json } = await call(at, "POST", "/connections", { name: `with-${strategy}`, strategy, options });
  return json;
}

test("a connection to an OpenID provider has keys that rotate", async () => {
  const { id, name } = await make("oidc", { token_endpoint_auth_signing_alg: "ES384" });
  const first = (await call(at, "GET", `/connections/${id}/keys`)).json;
  expect(first).toMatchObject([
    { algorithm: "ES384", key_use: "signing", current: true, current_since: expect.any(String) },
    { algorithm: "ES384", subject_dn: `/CN=${name}`, next: true },
  ]);
  for (const { cert, fingerprint, thumbprint: digest, pkcs } of first) {
    const read = new X509Certificate(cert);
    expect(read.fingerprint).toBe(fingerprint);
    expect(fingerprint.replaceAll(":", "")).toBe(digest);
    expect(read.subject).toBe(`CN=${name}`);
    expect(pkcs).toMatch(/^-----BEGIN PKCS7-----\r\n/);
  }
  const rotated = await call(at, "POST", `/connections/${id}/keys/rotate`, { signing_alg: "RS256" });
  expect(rotated).toMatchObject({ status: 201, json: { algorithm: "RS256", next: true } });
  const second = (await call(at, "GET", `/connections/${id}/keys`)).json;
  expect(
    second.map(({ kid, current, previous, next }: Record<string, unknown>) => ({ kid, current, previous, next })),
  ).toEqual([
    { kid: first[1].kid, current: true },
    { kid: first[0].kid, previous: true },
    { kid: rotated.json.kid, next: true },
  ]);
  await call(at, "POST", `/connections/${id}/keys/rotate`);
  const third = (await call(at, "GET", `/connections/${id}/keys`)).json;
  expect(third.map(({ kid }: { kid: string }) => kid)).not.toContain(first[0].kid);
  expect(await code(at, "POST", `/connections/${id}/keys/rotate`, { signing_alg: "HS256" })).toBe("400 invalid_body");
  const database = await make("auth0", {});
  expect(await code(at, "GET", `/connections/${database.id}/keys`)).toBe("404 inexistent_connection_keys");
});

test("nothing is provisioned, and no connector is connected", async () => {
  const okta = await make("okta", {});
  const sms = await make("sms", {});
  const ad = await make("ad", {});
  expect(await problem(at, "GET", `/connections/${okta.id}/scim-configuration`)).toEqual([404, undefined, "Not Found"]);
  expect((await problem(at, "GET", `/connections/${sms.id}/scim-configuration`))[2]).toMatch(
    /^This connection type does not support SCIM\. Please see our documentation/,
  );
  expect(await code(at, "GET", `/connections/${okta.id}/directory-provisioning`)).toBe("404 undefined");
  expect(await code(at, "GET", `/connections/${ad.id}/status`)).toBe("404 connection_offline");
  expect(await code(at, "GET", `/connections/${okta.id}/status`)).toBe("400 operation_not_supported");
  expect((await call(at, "GET", "/connections-scim-configurations?take=50")).json).toEqual({ scim_configurations: [] });
  expect((await call(at, "GET", "/connections-directory-provisionings?take=50")).json).toEqual({
    directory_provisionings: [],
  });
});
