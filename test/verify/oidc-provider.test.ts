import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { type Verification, type VerifyOptions, verifySubject } from "../../src/verify/verify.ts";
import { newPair, signsWith } from "./client-keys.ts";
import { redirectUri } from "./provider.ts";
import { goodbye, pair, realSecret, startRealProvider } from "./real-provider.ts";
import { check, ioOf, subjectWith } from "./subject.ts";

let provider: Awaited<ReturnType<typeof startRealProvider>>;
beforeAll(async () => {
  provider = await startRealProvider();
});
afterAll(() => provider.close());

function proof(changes: Partial<VerifySubject> = {}, options: Partial<VerifyOptions> = {}): Promise<Verification> {
  const subject = subjectWith({
    clientId: "basic",
    secret: { value: new Secret(realSecret), copy: "idp" },
    postLogoutRedirectUris: [goodbye],
    ...changes,
  });
  return verifySubject(subject, ioOf(provider), { secretProbe: true, wrongSecretControl: true, ...options });
}

const said = (verification: Verification, ...ids: string[]): unknown[] =>
  ids.map((id) => {
    const { verdict, code } = check(verification, id);
    return code === undefined ? [id, verdict] : [id, verdict, code];
  });

describe("oidc-provider as it is", () => {
  test("a sound client: 303 with login_required, an unregistered address 400, a pushed request 201 and 400", async () => {
    const verification = await proof();
    expect(verification.checks.filter(({ level, verdict }) => level === "must" && verdict === "fail")).toEqual([]);
    expect(said(verification, "P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2")).toEqual([
      ["P1", "pass"],
      ["P2", "pass"],
      ["P3", "pass"],
      ["P4", "skipped"],
      ["P5", "pass"],
      ["P6", "pass"],
      ["P7", "pass"],
      ["S1", "pass"],
      ["S2", "pass"],
    ]);
    expect(verification.verdict).toBe("pass");
    expect(check(verification, "P1").evidence).toMatchObject({ status: 303, error: "login_required", mode: "query" });
    expect(check(verification, "P1").evidence.parameters).toEqual(["error", "error_description", "iss", "state"]);
    expect(check(verification, "P3").evidence).toMatchObject({ status: 400, contentType: "text/html" });
    expect(check(verification, "P5").evidence).toMatchObject({ status: 201, control: 400 });
    expect(check(verification, "S1").evidence).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(check(verification, "S2").evidence).toMatchObject({ status: 401, error: "invalid_client" });
    expect(check(verification, "P7").evidence).toMatchObject({ status: 200 });
  });

  test.each([
    `${redirectUri}/`,
    redirectUri.replace("callback", "CALLBACK"),
    redirectUri.replace("app.", "App."),
    redirectUri.replace(".example", ".example:443"),
    `${redirectUri}?x=1`,
    redirectUri.replace("https:", "http:"),
    redirectUri.replace("app.", "other."),
    "https://app.example/else",
  ])("%s is not registered", async (uri) => {
    const verification = await proof({ redirectUri: uri });
    expect(said(verification, "P1", "P3", "P5", "S1")).toEqual([
      ["P1", "fail", "VERIFY_CALLBACK_REFUSED"],
      ["P3", "pass"],
      ["P5", "skipped"],
      // A token endpoint says the same of a good and of a bad redirect URI.
      ["S1", "pass"],
    ]);
    expect(check(verification, "P1").evidence.status).toBe(400);
  });

  test("an unknown client is 400 at the authorization and 401 at the token endpoint", async () => {
    const verification = await proof({ clientId: "nobody" });
    expect(check(verification, "P1").message).toBe("The identity provider does not know the client nobody.");
    expect(said(verification, "S1", "P5")).toEqual([
      ["S1", "fail", "VERIFY_SECRET_REFUSED"],
      ["P5", "skipped"],
    ]);
  });

  test("PKCE that is left out is an error at the redirect URI", async () => {
    const verification = await proof({ pkce: "off" });
    expect(said(verification, "P1", "P5")).toEqual([
      ["P1", "fail", "VERIFY_AUTHORIZATION_REFUSED"],
      ["P5", "skipped"],
    ]);
    expect(check(verification, "P1").evidence.error).toBe("invalid_request");
  });

  test("an unknown scope is ignored in silence, so it cannot be told here", async () => {
    expect(said(await proof({ scopes: ["openid", "no-such-scope"] }), "P1", "P5")).toEqual([
      ["P1", "pass"],
      ["P5", "pass"],
    ]);
  });

  test.each([
    ["form_post", { responseMode: "form_post" as const }, "pass", "form_post", 400],
    ["fragment", { extraParams: { response_mode: "fragment" } }, "fail", "fragment", 303],
    ["query.jwt", { extraParams: { response_mode: "query.jwt" } }, "fail", "jwt", 303],
    ["web_message", { extraParams: { response_mode: "web_message" } }, "fail", "web_message", 400],
  ])("response mode %s", async (_, changes, verdict, mode, status) => {
    const verification = await proof(changes);
    expect(check(verification, "P1")).toMatchObject({
      verdict: "pass",
      evidence: { status, mode, error: "login_required" },
    });
    expect(check(verification, "P6").verdict).toBe(verdict);
  });

  test("a response mode that does not exist is an error at the redirect URI", async () => {
    const verification = await proof({ extraParams: { response_mode: "bogus" } });
    expect(check(verification, "P1").evidence.error).toBe("unsupported_response_mode");
    expect(said(verification, "P1", "P6")).toEqual([
      ["P1", "fail", "VERIFY_AUTHORIZATION_REFUSED"],
      ["P6", "skipped"],
    ]);
  });

  const none = { clientId: "public", clientAuth: "none", secret: undefined } as const;
  test.each<[string, Partial<VerifySubject>]>([
    ["client_secret_basic", {}],
    ["client_secret_post", { clientId: "post", clientAuth: "client_secret_post" }],
    ["private_key_jwt", { clientId: "signs", ...signsWith(pair) }],
    ["none", none],
    // It takes either method: a mismatch is invisible at it.
    ["basic where post is registered", { clientId: "post" }],
    ["post where basic is registered", { clientAuth: "client_secret_post" }],
  ])("an invented code of a client that proves itself by %s gets invalid_grant", async (_, changes) => {
    const verification = await proof(changes);
    expect(said(verification, "S1", "S2", "P5")).toEqual([
      ["S1", "pass"],
      ["S2", "pass"],
      ["P5", "pass"],
    ]);
    expect(check(verification, "S1").evidence).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(verification.verdict).toBe("pass");
  });

  test.each<[string, Partial<VerifySubject>, string]>([
    ["a wrong secret", { secret: { value: new Secret("another"), copy: "idp" } }, "VERIFY_SECRET_REFUSED"],
    ["another key", { clientId: "signs", ...signsWith(newPair("ES256")) }, "VERIFY_CLIENT_KEY_REFUSED"],
    ["a secret where a key is registered", { clientId: "signs" }, "VERIFY_SECRET_REFUSED"],
    [
      "a secret where a key is registered, which the app has",
      { clientId: "signs", clientKey: signsWith(pair).clientKey },
      "VERIFY_CLIENT_AUTH_METHOD",
    ],
    ["no credential of a client that has some", { clientAuth: "none", secret: undefined }, "VERIFY_CLIENT_NOT_PUBLIC"],
    ["a secret of a client that has none", { clientId: "public" }, "VERIFY_CLIENT_AUTH_METHOD"],
  ])("%s is refused with 401 invalid_client", async (_, changes, code) => {
    const verification = await proof(changes);
    expect(said(verification, "S1", "S2", "P5")).toEqual([
      ["S1", "fail", code],
      ["S2", "skipped"],
      ["P5", "skipped"],
    ]);
    expect(check(verification, "S1").evidence).toMatchObject({ status: 401, error: "invalid_client" });
  });

  test("an expired secret is 400 invalid_client, and named", async () => {
    const verification = await proof({ clientId: "expired" });
    expect(check(verification, "S1")).toMatchObject({
      verdict: "fail",
      code: "VERIFY_SECRET_REFUSED",
      message: "The identity provider says that the client secret has expired.",
      evidence: { status: 400 },
    });
  });

  test("an address for after the sign-out that is not registered is 400", async () => {
    const verification = await proof({ postLogoutRedirectUris: [`${goodbye}/`] });
    expect(check(verification, "P7")).toMatchObject({ code: "VERIFY_LOGOUT_REFUSED", evidence: { status: 400 } });
  });
});

describe("oidc-provider that takes pushed requests only", () => {
  test("is asked by pushed requests with prompt=none", async () => {
    const strict = await startRealProvider({
      features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } },
    });
    const plain = provider;
    provider = strict;
    try {
      const verification = await proof();
      expect(said(verification, "P1", "P2", "P3", "P5", "P6")).toEqual([
        ["P1", "pass"],
        ["P2", "pass"],
        ["P3", "pass"],
        ["P5", "pass"],
        ["P6", "pass"],
      ]);
      expect(JSON.stringify(verification)).not.toContain("urn:ietf:params:oauth:request_uri:");
    } finally {
      provider = plain;
      await strict.close();
    }
  });

  test("that takes unregistered redirect URIs from clients that prove themselves: P5 proves nothing, P1 all the same", async () => {
    const lax = await startRealProvider({
      features: { pushedAuthorizationRequests: { enabled: true, allowUnregisteredRedirectUris: true } },
    });
    const plain = provider;
    provider = lax;
    try {
      expect(said(await proof(), "P1", "P3", "P5")).toEqual([
        ["P1", "pass"],
        ["P3", "pass"],
        ["P5", "inconclusive", "VERIFY_CALLBACK_UNCLEAR"],
      ]);
    } finally {
      provider = plain;
      await lax.close();
    }
  });
});
