import { expect } from "vitest";
import { Secret } from "../../src/secret/secret.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { newPair, signsWith } from "./client-keys.ts";
import { failureModes, secretRequests } from "./failure-table.ts";
import { clientId, clientSecret, html, json, type Reply, type Seen } from "./provider.ts";
import { check } from "./subject.ts";

const invalidGrant = json(400, { error: "invalid_grant" });
const invalidClient = json(401, { error: "invalid_client" });
const secret = (value: string): Pick<VerifySubject, "secret"> => ({
  secret: { value: new Secret(value), copy: "idp" },
});
const listing = (...methods: readonly string[]) => ({
  discovery: (document: Record<string, unknown>) => ({ ...document, token_endpoint_auth_methods_supported: methods }),
});
/** Id and secret of client_secret_basic, read back as they should be, or taken as they came. */
const basic = ({ headers }: Seen, decode = true): string => {
  const pair = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
  return decode
    ? pair
        .split(":")
        .map((part) => decodeURIComponent(part.replaceAll("+", " ")))
        .join(":")
    : pair;
};

failureModes("the copy that was proven", [
  {
    name: "stands in the evidence: the identity provider's",
    verdict: "pass",
    checks: { S1: ["pass"] },
    also: (verification) => expect(check(verification, "S1").evidence.copy).toBe("idp"),
  },
  {
    name: "stands in the evidence: the record's",
    subject: { secret: { value: new Secret(clientSecret), copy: "record" } },
    verdict: "pass",
    checks: { S1: ["pass"] },
    also: (verification) => expect(check(verification, "S1").evidence.copy).toBe("record"),
  },
]);

failureModes("a control that was sent on an earlier day", [
  {
    name: "is not sent again",
    options: { controlledAt: "2025-12-24T10:00:00.000Z" },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["skipped"] },
    also: (verification, provider) => {
      expect(secretRequests(provider)).toBe(1);
      expect(check(verification, "S1").message).toBe(
        "The secret is accepted by client_secret_basic; a wrong one was refused on 2025-12-24.",
      );
      expect(check(verification, "S1").evidence.controlled).toBe("2025-12-24");
      expect(check(verification, "S2").message).toBe("Not sent again: a wrong secret was refused here on 2025-12-24.");
    },
  },
  {
    name: "does not make a wrong secret right",
    subject: secret("another"),
    options: { controlledAt: "2025-12-24T10:00:00.000Z" },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"], S2: ["skipped"] },
  },
  {
    name: "is sent again when its day cannot be read",
    options: { controlledAt: "yesterday" },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "is sent always for a public client, which has no secret to compare",
    subject: { clientAuth: "none", secret: undefined },
    options: { controlledAt: "2025-12-24T10:00:00.000Z" },
    when: { token: ({ form }) => (form.get("client_id") === clientId ? invalidGrant : invalidClient) },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "of a key is named by its day",
    subject: signsWith(newPair("ES256")),
    options: { controlledAt: "2025-12-24T10:00:00.000Z" },
    when: { ...listing("private_key_jwt"), token: () => invalidGrant },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["skipped"] },
    also: (verification) => expect(check(verification, "S1").message).toContain("was refused on 2025-12-24"),
  },
]);

failureModes("mistakes that the other methods name", [
  {
    name: "a public client is given a secret",
    when: {
      ...listing("client_secret_basic", "none"),
      token: ({ headers }) => (headers.authorization === undefined ? invalidGrant : invalidClient),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"], S2: ["skipped"] },
    also: (verification, provider) => {
      expect(check(verification, "S1").hint).toContain("Set clientAuth: none in the tenant file");
      expect(secretRequests(provider)).toBe(2);
    },
  },
  {
    name: "a client that signs is given a secret, and the app has its key",
    subject: { clientKey: signsWith(newPair("ES256")).clientKey },
    when: {
      ...listing("client_secret_basic", "private_key_jwt"),
      token: ({ form }) => (form.has("client_assertion") ? invalidGrant : invalidClient),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification) => expect(check(verification, "S1").message).toContain("The app's key is right"),
  },
  {
    name: "a client that signs is given a secret (Keycloak's words)",
    when: {
      token: () =>
        json(401, { error: "invalid_client", error_description: "Parameter client_assertion_type is missing" }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification) =>
      expect(check(verification, "S1").hint).toContain("Set clientAuth: private_key_jwt in the tenant file"),
  },
  {
    name: "the registered method is named (hydra's words)",
    when: {
      ...listing("client_secret_basic"),
      token: () =>
        json(401, {
          error: "invalid_client",
          error_description:
            "The OAuth 2.0 Client supports client authentication method 'client_secret_post', but method 'client_secret_basic' was requested.",
        }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification, provider) => {
      expect(check(verification, "S1").actual).toBe("the client registered for client_secret_post");
      expect(secretRequests(provider)).toBe(1);
    },
  },
  {
    name: "a client with a secret is told to sign (hydra's words)",
    subject: signsWith(newPair("ES256")),
    when: {
      ...listing("private_key_jwt"),
      token: () =>
        json(401, {
          error: "invalid_client",
          error_description:
            "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'private_key_jwt' was requested.",
        }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
  },
]);

failureModes("ids and secrets with characters that client_secret_basic escapes", [
  {
    name: "are read back by a server that does as it should",
    subject: { clientId: "0oa-1.b_c", ...secret("p:a%s+s w/ö~d-._*") },
    when: {
      token: (one) => (basic(one) === "0oa-1.b_c:p:a%s+s w/ö~d-._*" ? invalidGrant : invalidClient),
      authorize: (one) =>
        one.query.get("redirect_uri")?.includes("7vk2") ? html(200, "x") : html(400, "redirect_uri"),
    },
    verdict: "inconclusive",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "hyphens, dots and underscores are left as they are, for servers that read nothing back",
    subject: secret("Ab-1.c_2"),
    when: { token: (one) => (basic(one, false) === `${clientId}:Ab-1.c_2` ? invalidGrant : invalidClient) },
    verdict: "pass",
    checks: { S1: ["pass"], S2: ["pass"] },
  },
  {
    name: "are refused by a server that reads nothing back; client_secret_post tells, though it is not listed",
    subject: secret("p/a+s=s"),
    when: {
      ...listing("client_secret_basic"),
      token: (one) =>
        basic(one, false) === `${clientId}:p/a+s=s` || one.form.get("client_secret") === "p/a+s=s"
          ? invalidGrant
          : invalidClient,
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_AUTH_METHOD"] },
    also: (verification) => {
      expect(check(verification, "S1").message).toContain("characters that client_secret_basic escapes");
      expect(check(verification, "S1").hint).toContain("or make a new secret of letters and digits");
      expect(JSON.stringify(verification)).not.toContain("p/a+s=s");
    },
  },
]);

const told = (name: string, status: number, body: Record<string, string>, words: string) => ({
  name,
  when: { token: (): Reply => json(status, body) },
  verdict: "inconclusive" as const,
  checks: { S1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], S2: ["skipped"] } as const,
  also: (verification: Parameters<typeof check>[0]) => expect(check(verification, "S1").message).toContain(words),
});

failureModes("answers that say nothing about the secret, and why", [
  told("DPoP nonce", 400, { error: "use_dpop_nonce" }, "asks for DPoP proofs"),
  told("DPoP proof", 400, { error: "invalid_dpop_proof" }, "asks for DPoP proofs"),
  told("a network zone (Okta)", 403, { error: "access_denied", error_description: "zone" }, "policy or network zone"),
  told("no policy that matches (Okta)", 401, { error: "access_denied" }, "policy or network zone"),
  told("both mechanisms", 400, { error: "invalid_request", error_description: "only one" }, "invalid_request"),
  {
    name: "a firewall's page",
    when: { token: () => html(403, "Request blocked") },
    verdict: "inconclusive",
    checks: { S1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
    also: (verification) => expect(check(verification, "S1").message).toContain("a page (status 403), as a firewall"),
  },
  {
    name: "a proxy that wants a certificate of the client",
    when: { token: () => html(400, "<h1>400</h1> No required SSL certificate was sent") },
    verdict: "inconclusive",
    checks: { S1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
    also: (verification) => expect(check(verification, "S1").message).toContain("mutual TLS"),
  },
]);

failureModes("grants that are refused, and what mends it", [
  {
    name: "a redirect URI of a single-page application (Entra ID)",
    when: {
      token: () =>
        json(400, {
          error: "invalid_request",
          error_description: "AADSTS9002325: Proof Key for Code Exchange is required for cross-origin redemption.",
        }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").hint).toContain("under the platform Web"),
  },
  {
    name: "a client of Okta's own authorization server",
    when: {
      token: () =>
        json(400, { error: "unauthorized_client", error_description: "org_authorization_server_only_client" }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").hint).toContain("take /oauth2/… off the issuer"),
  },
  {
    name: "an unknown application (Entra ID)",
    when: {
      token: () =>
        json(400, {
          error: "unauthorized_client",
          error_description: "AADSTS700016: Application with identifier 'x' was not found in the directory.",
        }),
    },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_SECRET_REFUSED"] },
    also: (verification) => expect(check(verification, "S1").hint).toContain("the directory in the issuer"),
  },
  {
    name: "unsupported_grant_type",
    when: { token: () => json(400, { error: "unsupported_grant_type" }) },
    verdict: "fail",
    checks: { S1: ["fail", "VERIFY_CLIENT_REFUSED"], S2: ["skipped"] },
  },
]);

failureModes("a run that was told less", [
  {
    name: "no redirect URI: its checks are skipped, and the secret is proven all the same",
    subject: { redirectUri: undefined },
    verdict: "pass",
    checks: { P1: ["skipped"], P2: ["skipped"], P3: ["skipped"], P4: ["skipped"], P5: ["skipped"], S1: ["pass"] },
    also: (_, provider) => {
      const [first] = provider.seen.filter((one) => one.path === "/token");
      expect(new URL(first?.form.get("redirect_uri") ?? "").hostname).toMatch(/\.invalid$/);
      expect(provider.seen.some((one) => one.path === "/authorize")).toBe(false);
    },
  },
  {
    name: "no client id: nothing is asked for it",
    subject: { clientId: undefined, secret: undefined },
    verdict: "pass",
    checks: {
      P1: ["skipped"],
      P2: ["skipped"],
      P3: ["skipped"],
      P4: ["skipped"],
      P5: ["skipped"],
      P6: ["skipped"],
      P7: ["skipped"],
      S1: ["skipped"],
      S2: ["skipped"],
    },
    also: (verification, provider) => {
      expect(check(verification, "S1").message).toBe("Not asked for: no client id was given.");
      expect(provider.seen.some((one) => one.path === "/authorize" || one.path === "/token")).toBe(false);
    },
  },
]);
