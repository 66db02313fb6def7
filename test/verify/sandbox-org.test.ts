import { afterAll, beforeAll, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { discover, type Verification, verifySubject } from "../../src/verify/verify.ts";
import { call, webApp } from "../sandbox/okta-caller.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
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
  expect(verification.checks.filter((one) => one.verdict !== "pass")).toEqual([]);
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
