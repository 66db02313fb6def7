import { createPrivateKey, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { serviceClientId } from "../../sandbox/sandbox.ts";
import { startTestSandbox } from "../support/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { basic, call, post, webApp } from "./okta-caller.ts";

const start = Date.UTC(2026, 10, 21, 9, 0, 0);
const at = sharedSandbox({ clock: () => now });
let now = start;

const audience = "https://acme.okta.com/oauth2/v1/token";
type Claims = { iss?: string; sub?: string; aud?: string; exp?: number; jti?: string };

async function assertion(claims: Claims = {}, pem = at.sandbox.env.OKTA_PRIVATE_KEY ?? ""): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({
    iss: serviceClientId,
    sub: serviceClientId,
    aud: audience,
    iat: seconds,
    exp: seconds + 300,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256" })
    .sign(createPrivateKey(pem));
}

function ask(client_assertion: string, scope = "okta.apps.read") {
  return post(at, "/oauth2/v1/token", {
    grant_type: "client_credentials",
    scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion,
  });
}

describe("credentials of the management API", () => {
  test("nothing, a wrong token and a wrong scheme are refused", async () => {
    expect(await call(at, "GET", "/api/v1/apps", undefined, "")).toMatchObject({
      status: 401,
      json: { errorCode: "E0000005" },
    });
    for (const header of ["SSWS wrong", "Bearer wrong", "Basic YTpi", "SSWS"]) {
      expect(await call(at, "GET", "/api/v1/apps", undefined, header)).toMatchObject({
        status: 401,
        json: { errorCode: "E0000011", errorSummary: "Invalid token provided" },
      });
    }
  });

  test("a signed assertion gives a bearer token for an hour, which can do what its scopes say", async () => {
    const token = await ask(await assertion());
    expect(token).toMatchObject({
      status: 200,
      json: { token_type: "Bearer", expires_in: 3600, scope: "okta.apps.read" },
    });
    const bearer = `Bearer ${token.json.access_token}`;
    expect((await call(at, "GET", "/api/v1/apps", undefined, bearer)).status).toBe(200);
    for (const [method, path] of [
      ["POST", "/api/v1/apps"],
      ["GET", "/api/v1/groups"],
      ["GET", "/api/v1/users/me"],
    ] as const) {
      const refused = await call(at, method, path, undefined, bearer);
      expect(refused).toMatchObject({ status: 403, json: { errorCode: "E0000006" } });
      expect(refused.headers.get("www-authenticate")).toContain("insufficient_scope");
    }
    now += 3601 * 1000;
    expect((await call(at, "GET", "/api/v1/apps", undefined, bearer)).status).toBe(401);
  });

  test("a manage scope also reads", async () => {
    const token = await ask(await assertion(), "okta.apps.manage okta.groups.manage");
    const bearer = `Bearer ${token.json.access_token}`;
    expect((await call(at, "GET", "/api/v1/groups", undefined, bearer)).status).toBe(200);
    expect((await call(at, "POST", "/api/v1/apps", webApp("by oauth"), bearer)).status).toBe(200);
  });

  test("tokens end with their app", async () => {
    const { json } = await ask(await assertion());
    at.sandbox.okta.edit(serviceClientId, (app) => {
      app.status = "INACTIVE";
    });
    expect((await call(at, "GET", "/api/v1/apps", undefined, `Bearer ${json.access_token}`)).status).toBe(401);
    at.sandbox.okta.edit(serviceClientId, (app) => {
      app.status = "ACTIVE";
    });
  });

  test.each<[string, () => Claims, string]>([
    ["another audience", () => ({ aud: "https://evil.example/token" }), "audience"],
    ["an end in the past", () => ({ exp: Math.floor(now / 1000) - 60 }), "expired"],
    ["an end too far ahead", () => ({ exp: Math.floor(now / 1000) + 7200 }), "too far"],
    ["another issuer", () => ({ iss: "somebody" }), "issuer"],
  ])("an assertion with %s is refused", async (_name, claims, words) => {
    const { status, json } = await ask(await assertion(claims()));
    expect({ status, error: json.error }).toEqual({ status: 401, error: "invalid_client" });
    expect(json.error_description).toContain(words);
  });

  test("an assertion by another key, one used twice and a broken one are refused", async () => {
    const { privateKey } = await import("node:crypto").then(({ generateKeyPairSync }) =>
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
    );
    const foreign = await assertion({}, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    expect((await ask(foreign)).json.error_description).toContain("signature is invalid");
    const once = await assertion();
    expect((await ask(once)).status).toBe(200);
    expect(await ask(once)).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(await ask("a.b.c")).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  test("a scope that was not granted is refused", async () => {
    expect(await ask(await assertion(), "okta.users.manage")).toMatchObject({
      status: 400,
      json: { error: "consent_required" },
    });
  });

  test("an app with a secret gets no token of its own", async () => {
    const body = webApp("greedy", { oauth: { grant_types: ["authorization_code", "client_credentials"] } });
    const { client_id, client_secret } = (await call(at, "POST", "/api/v1/apps", body)).json.credentials.oauthClient;
    const form = { grant_type: "client_credentials", scope: "okta.apps.read" };
    expect(await post(at, "/oauth2/v1/token", form, basic(client_id, client_secret))).toMatchObject({
      status: 401,
      json: { error: "invalid_client" },
    });
  });
});

describe("rate limits", () => {
  test("headers count down in every answer, and stay generous by default", async () => {
    const { headers } = await call(at, "GET", "/api/v1/groups");
    expect(headers.get("x-rate-limit-limit")).toBe("60000");
    const next = await call(at, "GET", "/api/v1/groups");
    expect(Number(next.headers.get("x-rate-limit-remaining"))).toBe(Number(headers.get("x-rate-limit-remaining")) - 1);
  });

  test("a plan's bucket runs empty, answers 429 with the reset, and fills again after it", async () => {
    let clock = start;
    const limited = await startTestSandbox({
      rateLimits: { okta: "integrator", oktaTokenShare: 1 },
      clock: () => clock,
    });
    try {
      for (let index = 0; index < 20; index += 1) {
        expect((await call(limited, "GET", "/api/v1/apps")).status).toBe(200);
      }
      const empty = await call(limited, "GET", "/api/v1/apps");
      expect(empty).toMatchObject({ status: 429, json: { errorCode: "E0000047" } });
      expect(empty.headers.get("x-rate-limit-remaining")).toBe("0");
      expect(empty.headers.get("x-rate-limit-reset")).toBe(String(start / 1000 + 60));
      expect((await call(limited, "GET", "/api/v1/groups")).status).toBe(200);
      clock += 60_000;
      expect((await call(limited, "GET", "/api/v1/apps")).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});
