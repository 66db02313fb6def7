import { afterAll, beforeAll, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { discover, type Verification, verifySubject } from "../../src/verify/verify.ts";
import { call, webApp } from "../sandbox/okta-caller.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { newPair, signsWith } from "./client-keys.ts";
import { check, idsOf, ioOf, subjectWith } from "./subject.ts";

const redirectUri = "https://portal.acme.example/openid/callback/7vk2";
const issuers = [`https://${oktaHost}`, `https://${oktaHost}/oauth2/default`];

let at: TestSandbox;
let app: { readonly id: string; readonly clientId: string; readonly secret: string };
beforeAll(async () => {
  at = await startTestSandbox();
  const body = webApp("acme/portal", { oauth: { redirect_uris: [redirectUri] } });
  const { json } = await call(at, "POST", "/api/v1/apps", body);
  const { client_id, client_secret } = json.credentials.oauthClient;
  app = { id: json.id, clientId: client_id, secret: client_secret };
});
afterAll(() => at.close());

function io() {
  const { host, port, ca } = at.sandbox;
  return ioOf({ network: { connect: { host, port, ca } } });
}

function verify(changes: Partial<VerifySubject> = {}): Promise<Verification> {
  const subject = subjectWith({
    issuer: issuers[0] ?? "",
    clientId: app.clientId,
    secret: { value: new Secret(app.secret), copy: "idp" },
    redirectUri,
    ...changes,
  });
  return verifySubject(subject, io(), { secretProbe: true, wrongSecretControl: true });
}

test.each(issuers)("a registered client passes everything at %s", async (issuer) => {
  const verification = await verify({ issuer });
  expect(verification.checks.filter((one) => one.verdict !== "pass" && one.verdict !== "skipped")).toEqual([]);
  expect(verification.verdict).toBe("pass");
  expect(await discover({ issuer }, io())).toEqual(verification.discovery);
});

test("a callback that is not registered is named with the string to register", async () => {
  const wrong = `${redirectUri}/`;
  const verification = await verify({ redirectUri: wrong });
  expect(idsOf(verification, "fail")).toEqual(["P1"]);
  expect(check(verification, "P1")).toMatchObject({ code: "VERIFY_CALLBACK_REFUSED", expected: wrong });
  expect(check(verification, "P1").hint).toContain(`Register exactly ${wrong} `);
});

test("a wrong secret is named", async () => {
  const verification = await verify({ secret: { value: new Secret("not-the-secret"), copy: "idp" } });
  expect(idsOf(verification, "fail")).toEqual(["S1"]);
  expect(check(verification, "S1").code).toBe("VERIFY_SECRET_REFUSED");
});

test("the wrong method is named with the right one", async () => {
  const verification = await verify({ clientAuth: "client_secret_post" });
  expect(idsOf(verification, "fail")).toEqual(["S1"]);
  expect(check(verification, "S1").code).toBe("VERIFY_CLIENT_AUTH_METHOD");
  expect(check(verification, "S1").hint).toContain("Set clientAuth: client_secret_basic");
});

test("an unknown client is named", async () => {
  const verification = await verify({ clientId: "nobody" });
  expect(idsOf(verification, "fail")).toEqual(["P1", "S1"]);
  expect(check(verification, "P1").message).toContain("nobody");
});

test("a client that was switched off does not pass", async () => {
  await call(at, "POST", `/api/v1/apps/${app.id}/lifecycle/deactivate`);
  const verification = await verify();
  expect(verification.verdict).toBe("fail");
  await call(at, "POST", `/api/v1/apps/${app.id}/lifecycle/activate`);
  expect((await verify()).verdict).toBe("pass");
});

test.each(issuers)("a client that signs passes with the registered key only at %s", async (issuer) => {
  const pair = newPair("RS256");
  const body = webApp(`signs/${issuer}`, {
    client: { token_endpoint_auth_method: "private_key_jwt" },
    oauth: { redirect_uris: [redirectUri], jwks: { keys: [{ ...pair.publicKey, use: "sig" }] } },
  });
  const { status, json } = await call(at, "POST", "/api/v1/apps", body);
  expect(status, JSON.stringify(json)).toBe(200);
  const clientId = String(json.credentials.oauthClient.client_id);
  const verification = await verify({ issuer, clientId, ...signsWith(pair) });
  expect(verification.checks.filter((one) => one.verdict !== "pass" && one.verdict !== "skipped")).toEqual([]);
  expect(check(verification, "S1").message).toContain("for the token endpoint");
  const other = await verify({ issuer, clientId, ...signsWith(newPair("RS256")) });
  expect(idsOf(other, "fail")).toEqual(["S1"]);
  expect(check(other, "S1").code).toBe("VERIFY_CLIENT_KEY_REFUSED");
});

test("a public client passes as one, and no other does", async () => {
  const none = { clientAuth: "none", secret: undefined } as const;
  const body = webApp("public", {
    client: { token_endpoint_auth_method: "none" },
    oauth: { application_type: "browser", redirect_uris: [redirectUri] },
  });
  const { status, json } = await call(at, "POST", "/api/v1/apps", body);
  expect(status, JSON.stringify(json)).toBe(200);
  const verification = await verify({ clientId: json.credentials.oauthClient.client_id, ...none });
  expect(idsOf(verification, "fail")).toEqual([]);
  expect([check(verification, "S1").verdict, check(verification, "S2").verdict]).toEqual(["pass", "pass"]);
  expect(check(await verify(none), "S1").code).toBe("VERIFY_CLIENT_NOT_PUBLIC");
});
