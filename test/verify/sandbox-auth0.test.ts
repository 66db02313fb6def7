import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { discover, type Verification, verifySubject } from "../../src/verify/verify.ts";
import { callback, register, type TestClient } from "../sandbox/auth0/browser.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { newPair, signsWith } from "./client-keys.ts";
import { check, idsOf, ioOf, subjectWith } from "./subject.ts";

const issuer = "https://acme.eu.auth0.com/";

let at: TestSandbox;
let client: TestClient;
beforeAll(async () => {
  at = await startTestSandbox();
  client = await register(at);
});
afterAll(() => at.close());

function io() {
  const { host, port, ca } = at.sandbox;
  return ioOf({ network: { connect: { host, port, ca } } });
}

function verify(changes: Partial<VerifySubject> = {}): Promise<Verification> {
  const subject = subjectWith({
    issuer,
    clientId: client.client_id,
    clientAuth: "client_secret_post",
    secret: { value: new Secret(client.client_secret), copy: "idp" },
    redirectUri: callback,
    ...changes,
  });
  return verifySubject(subject, io(), { secretProbe: true, wrongSecretControl: true });
}

test("a registered client passes everything", async () => {
  const verification = await verify();
  expect(verification.checks.filter((one) => one.verdict !== "pass" && one.verdict !== "skipped")).toEqual([]);
  expect(verification.verdict).toBe("pass");
  expect(await discover({ issuer }, io())).toEqual(verification.discovery);
});

test("the issuer without its slash is named with the right spelling", async () => {
  const verification = await verify({ issuer: issuer.slice(0, -1) });
  expect(check(verification, "D3")).toMatchObject({ verdict: "fail", expected: issuer.slice(0, -1), actual: issuer });
  expect(check(verification, "S1").verdict).toBe("inconclusive");
});

test("a callback that is not registered is named with the string to register", async () => {
  const verification = await verify({ redirectUri: `${callback}/` });
  expect(idsOf(verification, "fail")).toEqual(["P1"]);
  expect(check(verification, "P1").hint).toContain(`Register exactly ${callback}/ `);
});

test("a wrong secret, the wrong method and an unknown client are named", async () => {
  const wrong = await verify({ secret: { value: new Secret("not-the-secret"), copy: "idp" } });
  expect(idsOf(wrong, "fail")).toEqual(["S1"]);
  expect(check(wrong, "S1").code).toBe("VERIFY_SECRET_REFUSED");
  expect(check(await verify({ clientAuth: "client_secret_basic" }), "S1").code).toBe("VERIFY_CLIENT_AUTH_METHOD");
  const unknown = await verify({ clientId: "nobody" });
  expect(idsOf(unknown, "fail")).toEqual(["P1", "S1"]);
  expect(check(unknown, "P1").message).toContain("does not know the client nobody");
});

test("a public client passes as one, and no other does", async () => {
  const open = await register(at, { token_endpoint_auth_method: "none", app_type: "spa" });
  const none = { clientAuth: "none", secret: undefined } as const;
  const verification = await verify({ ...none, clientId: open.client_id });
  expect([check(verification, "S1").verdict, check(verification, "S2").verdict]).toEqual(["pass", "pass"]);
  expect(verification.verdict).toBe("pass");
  expect(check(await verify(none), "S1").code).toBe("VERIFY_CLIENT_NOT_PUBLIC");
});

test("a client that signs passes with the registered key only", async () => {
  const pair = newPair("RS256", "portal-key-1");
  const pem = String(createPublicKey(pair.privateKey).export({ type: "spki", format: "pem" }));
  const credentials = [{ credential_type: "public_key", pem, alg: "RS256", kid: "portal-key-1" }];
  const keyed = await register(at, { client_authentication_methods: { private_key_jwt: { credentials } } });
  const verification = await verify({ clientId: keyed.client_id, ...signsWith(pair) });
  expect(verification.checks.filter((one) => one.verdict !== "pass" && one.verdict !== "skipped")).toEqual([]);
  const other = await verify({ clientId: keyed.client_id, ...signsWith(newPair("RS256", "portal-key-1")) });
  expect(idsOf(other, "fail")).toEqual(["S1"]);
  expect(check(other, "S1").code).toBe("VERIFY_CLIENT_KEY_REFUSED");
});
