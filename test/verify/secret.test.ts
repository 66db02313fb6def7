import { expect } from "vitest";
import { notCoveredBy } from "../../src/cli/not-covered.ts";
import { Secret } from "../../src/secret/secret.ts";
import { toEvidence } from "../../src/verify/verify.ts";
import { failureModes, secretRequests } from "./failure-table.ts";
import { clientId, clientSecret, html, json, redirect, redirectUri, type Seen } from "./provider.ts";
import { check, ioOf, subjectWith } from "./subject.ts";

const invalidGrant = json(400, { error: "invalid_grant" });
const invalidClient = json(401, { error: "invalid_client" });
const minted = json(200, { access_token: "minted-token-value", token_type: "Bearer" });

/** Whether a request carries the client's own secret, by either method. */
function isRight({ form, headers }: Seen): boolean {
  const basic = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
  return form.get("client_secret") === clientSecret || decodeURIComponent(basic) === `${clientId}:${clientSecret}`;
}

failureModes("secrets that fail", [
  {
    name: "a wrong secret",
    subject: { secret: { value: new Secret("not-the-secret"), copy: "idp" } },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"], S2: ["skipped"], P1: ["pass"] },
    also: (verification, provider) => {
      expect(check(verification, "S1").hint).toContain("Copy the current secret of client tnclient");
      expect(check(verification, "S1").hint).toContain("Console: App > Secrets");
      // The secret by its own method and by the other listed one; no control is needed.
      expect(secretRequests(provider)).toBe(2);
    },
  },
  {
    name: "a wrong secret where the other method is not listed",
    when: {
      discovery: (document) => ({ ...document, token_endpoint_auth_methods_supported: ["client_secret_basic"] }),
    },
    subject: { secret: { value: new Secret("not-the-secret"), copy: "idp" } },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (_, provider) => expect(secretRequests(provider)).toBe(1),
  },
  {
    name: "the wrong method: registered for post, used with basic",
    when: { client: { method: "client_secret_post" } },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification, provider) => {
      expect(check(verification, "S1").hint).toBe(
        "Set clientAuth: client_secret_post in the tenant file, or change the client to client_secret_basic (Console: App > Secrets).",
      );
      expect(secretRequests(provider)).toBe(2);
    },
  },
  {
    name: "the wrong method: registered for basic, used with post",
    subject: { clientAuth: "client_secret_post" },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification) => expect(check(verification, "S1").actual).toContain("client_secret_basic"),
  },
  {
    name: "an expired secret",
    when: {
      token: () => json(400, { error: "invalid_client", error_description: "its client secret is expired" }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").message).toContain("expired"),
  },
  {
    name: "Auth0's way to say wrong secret",
    when: { token: () => json(401, { error: "access_denied", error_description: "Unauthorized" }) },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
  },
  {
    name: "Okta's way to say unknown client",
    when: {
      token: () =>
        json(400, {
          errorCode: "invalid_client",
          errorSummary: "Invalid value for 'client_id' parameter.",
          errorId: "x",
        }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
  },
  {
    name: "Keycloak's way to say wrong secret",
    when: {
      token: () =>
        json(401, { error: "unauthorized_client", error_description: "Invalid client or Invalid client credentials" }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
  },
  {
    name: "a challenge without a body",
    when: { token: () => ({ status: 401, headers: { "www-authenticate": 'Basic error="invalid_client"' } }) },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
  },
  {
    name: "a client that may not use the grant",
    when: { token: () => json(400, { error: "unauthorized_client", error_description: "grant type not allowed" }) },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_REFUSED"], S2: ["skipped"] },
  },
  {
    name: "the Secret ID of Entra ID instead of its value",
    when: { discovery: (document) => ({ ...document, issuer: "https://login.microsoftonline.com" }) },
    subject: {
      issuer: "https://login.microsoftonline.com",
      preset: "entra-id",
      secret: { value: new Secret("0b7f6a3e-1111-4222-8333-444455556666"), copy: "idp" },
    },
    verdict: "fail",
    checks: { D1: ["pass"], S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").hint).toContain("looks like the Secret ID"),
  },
  {
    name: "a masked placeholder",
    subject: { secret: { value: new Secret("********"), copy: "idp" } },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").hint).toContain("masked placeholder"),
  },
  {
    name: "a token for an invented code",
    when: { token: () => minted },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_TOKEN_FOR_BOGUS_CODE"], S2: ["skipped"] },
    also: (verification) => expect(JSON.stringify(verification)).not.toContain("minted-token-value"),
  },
  {
    name: "a token for an invented code and a wrong secret",
    when: { token: (one) => (isRight(one) ? invalidGrant : minted) },
    verdict: "fail",
    checks: {
      S1: ["inconclusive", "VERIFY_SECRET_UNPROVEN"],
      S2: ["fail", "VERIFY_TOKEN_FOR_BOGUS_CODE"],
    },
  },
  {
    name: "invalid_grant before the client is looked at",
    when: { token: () => invalidGrant },
    verdict: "inconclusive",
    checks: {
      S1: ["inconclusive", "VERIFY_SECRET_UNPROVEN"],
      S2: ["inconclusive", "VERIFY_SECRET_UNPROVEN"],
    },
    also: (_, provider) => expect(secretRequests(provider)).toBe(2),
  },
  {
    name: "the control meets a rate limit",
    when: { token: (one) => (isRight(one) ? invalidGrant : json(429, { error: "slow_down" })) },
    verdict: "inconclusive",
    checks: { S1: ["inconclusive", "VERIFY_SECRET_UNPROVEN"], S2: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "the control is told something about grants",
    when: { token: (one) => (isRight(one) ? invalidGrant : json(400, { error: "unauthorized_client" })) },
    verdict: "inconclusive",
    checks: { S1: ["inconclusive", "VERIFY_SECRET_UNPROVEN"], S2: ["inconclusive", "VERIFY_SECRET_UNPROVEN"] },
  },
  ...(
    [
      ["a rate limit", json(429, { error: "invalid_client" })],
      ["a server error", json(500, { error: "invalid_client" })],
      ["a page", html(403, "blocked")],
      ["a page with status 401", html(401, "sign in")],
      ["a page with status 200", html(200, "sign in")],
      ["a redirect", redirect("https://elsewhere.example/token", 307)],
      ["invalid_request", json(400, { error: "invalid_request" })],
      [
        "a policy's access_denied",
        json(401, { error: "access_denied", error_description: "Policy evaluation failed" }),
      ],
      ["an error of its own", json(400, { error: "AADSTS900" })],
      ["an empty answer", { status: 204 }],
      ["JSON that is a list", json(400, ["invalid_grant"])],
    ] as const
  ).map(([name, reply]) => ({
    name: `${name} says nothing about the secret`,
    when: { token: () => reply },
    verdict: "inconclusive" as const,
    checks: { S1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], S2: ["skipped"] } as const,
    also: (_: unknown, provider: Parameters<typeof secretRequests>[0]) => {
      expect(secretRequests(provider)).toBe(1);
      expect(provider.seen.some((one) => one.host === "elsewhere.example")).toBe(false);
    },
  })),
  {
    name: "no secret was given",
    subject: { secret: undefined },
    verdict: "inconclusive",
    checks: { S1: ["inconclusive", "VERIFY_SECRET_MISSING"], S2: ["skipped"] },
  },
  {
    name: "a record that names a method of its own",
    subject: { clientAuth: "tls_client_auth" as "none" },
    verdict: "fail",
    checks: {
      S1: ["inconclusive", "VERIFY_CLIENT_AUTH_UNPROVABLE"],
      S2: ["skipped"],
      D9: ["fail", "VERIFY_CLIENT_AUTH_UNLISTED"],
    },
    also: (_, provider) => expect(secretRequests(provider)).toBe(0),
  },
  {
    name: "a client that is used without credentials and has some",
    subject: { clientAuth: "none", secret: undefined },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_NOT_PUBLIC"], S2: ["skipped"], D9: ["pass"] },
    also: (_, provider) => {
      expect(secretRequests(provider)).toBe(1);
      expect(provider.seen.some(({ form, headers }) => form.has("client_secret") || headers.authorization)).toBe(false);
    },
  },
]);

failureModes("secrets that are well enough", [
  {
    name: "client_secret_post",
    when: { client: { method: "client_secret_post" } },
    subject: { clientAuth: "client_secret_post" },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "invalid_grant with status 403 (Auth0)",
    when: { token: (one) => (isRight(one) ? json(403, { error: "invalid_grant" }) : invalidClient) },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "invalid_client with status 400 (Cognito) for the control",
    when: { token: (one) => (isRight(one) ? invalidGrant : json(400, { error: "invalid_client" })) },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "the control is switched off",
    options: { wrongSecretControl: false },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["skipped"] },
    also: (verification, provider) => {
      expect(check(verification, "S1").message).toContain("switched off");
      expect(secretRequests(provider)).toBe(1);
    },
  },
  {
    name: "no secret is to be sent",
    options: { secretProbe: false },
    verdict: "pass",
    checks: { S1: ["skipped"], S2: ["skipped"] },
    also: (_, provider) => expect(secretRequests(provider)).toBe(0),
  },
  {
    name: "a public client",
    when: {
      token: ({ form }) => (form.get("client_id") === clientId ? invalidGrant : invalidClient),
    },
    subject: { clientAuth: "none", secret: undefined },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"], D9: ["pass"] },
    also: (verification, provider) => {
      // This very server asks a known client for its secret after the code: no request without a real code tells.
      expect(check(verification, "S1").message).toContain("only a sign-in shows that it needs none");
      const evidence = toEvidence(subjectWith({ secret: undefined }), verification, undefined, ioOf(provider));
      expect(notCoveredBy([evidence])[1]).toBe(
        "Not covered is that acme/portal needs no credentials: only a sign-in shows that of a public client.",
      );
      const sent = provider.seen.filter((one) => one.path === "/token");
      expect(sent.map(({ form }) => [...form.keys()].sort())).toEqual(
        Array(2).fill(["client_id", "code", "code_verifier", "grant_type", "redirect_uri"]),
      );
      expect(sent[1]?.form.get("client_id")).toMatch(/^ssoverify-[0-9a-f]{24}$/);
    },
  },
  {
    name: "a public client that is not to be asked about",
    subject: { clientAuth: "none", secret: undefined },
    options: { secretProbe: false },
    verdict: "pass",
    checks: { S1: ["skipped"], S2: ["skipped"] },
    also: (_, provider) => expect(secretRequests(provider)).toBe(0),
  },
]);

failureModes("the token request", [
  {
    name: "redeems an invented code, twice, and asks nothing else",
    verdict: "pass",
    checks: {},
    also: (_, provider) => {
      const sent = provider.seen.filter((one) => one.path === "/token");
      expect(sent).toHaveLength(2);
      for (const { form, headers, method } of sent) {
        expect(method).toBe("POST");
        expect(form.get("grant_type")).toBe("authorization_code");
        expect(form.get("code")).toMatch(/^ssoverify-[0-9a-f-]{36}$/);
        expect(form.get("redirect_uri")).toBe(redirectUri);
        expect(form.get("code_verifier")).toMatch(/^[\w-]{43}$/);
        expect(form.has("client_secret")).toBe(false);
        expect(headers.authorization).toMatch(/^Basic /);
        expect(headers["user-agent"]).toMatch(/^tenantry-verify\/\d/);
      }
      expect(provider.seen).toHaveLength(8);
    },
  },
]);
