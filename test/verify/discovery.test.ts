import { expect } from "vitest";
import { failureModes, secretRequests } from "./failure-table.ts";
import { discoveryDocument, html, issuer, json, redirect } from "./provider.ts";
import { check } from "./subject.ts";

/** The document without one member. */
function without(name: string): Record<string, unknown> {
  const { [name]: _, ...rest } = discoveryDocument();
  return rest;
}

failureModes("discovery that fails", [
  {
    name: "no document (404)",
    when: { discovery: () => html(404, "not found") },
    verdict: "fail",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_MISSING"], S1: ["inconclusive", "VERIFY_NOT_RUN"] },
    also: (verification, provider) => {
      expect(provider.seen.map((one) => one.path)).toEqual(["/.well-known/openid-configuration"]);
      expect(verification.discovery).toBeUndefined();
    },
  },
  {
    name: "a sign-in page instead of the document",
    when: { discovery: () => html(200, "Sign in") },
    verdict: "fail",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_NOT_JSON"] },
  },
  {
    name: "a JSON list instead of the document",
    when: { discovery: () => json(200, []) },
    verdict: "fail",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_NOT_JSON"] },
  },
  {
    name: "a redirect, which is not followed",
    when: { discovery: () => redirect("https://www.idp.example/elsewhere?token=1", 301) },
    verdict: "fail",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_REDIRECTED"] },
    also: (verification, provider) => {
      expect(provider.seen).toHaveLength(1);
      expect(check(verification, "D1").evidence.location).toBe("https://www.idp.example/elsewhere");
    },
  },
  {
    name: "a rate limit",
    when: { discovery: () => ({ status: 429, headers: { "retry-after": "30" } }) },
    verdict: "inconclusive",
    checks: { D1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
    also: (verification, provider) => {
      expect(check(verification, "D1").hint).toBe("Wait 30 s.");
      expect(provider.seen).toHaveLength(1);
    },
  },
  {
    name: "a server error",
    when: { discovery: () => html(502, "bad gateway") },
    verdict: "inconclusive",
    checks: { D1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"] },
  },
  {
    name: "an issuer that differs by the final slash",
    when: { discovery: (document) => ({ ...document, issuer: `${issuer}/` }) },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"], S1: ["inconclusive", "VERIFY_NOT_RUN"] },
    also: (verification, provider) => {
      const found = check(verification, "D3");
      expect(found.expected).toBe(issuer);
      expect(found.actual).toBe(`${issuer}/`);
      expect(found.hint).toBe(`Write the issuer exactly as ${issuer}/`);
      expect(found.message).toContain("differ at character 20, where the configured one ends");
      expect(found.message).toContain('the document\'s goes on with "/"');
      expect(secretRequests(provider)).toBe(0);
    },
  },
  {
    name: "an issuer that differs in the letter case of its host",
    when: { discovery: (document) => ({ ...document, issuer: "https://IDP.example" }) },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"] },
  },
  {
    name: "somebody else's issuer",
    when: { discovery: (document) => ({ ...document, issuer: "https://other.example" }) },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"] },
    also: (verification) => expect(check(verification, "D3").hint).toContain("belongs to another host"),
  },
  {
    name: "no issuer at all",
    when: { discovery: () => without("issuer") },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"] },
  },
  {
    name: "the literal tenant placeholder of Entra ID",
    when: {
      discovery: (document) => ({ ...document, issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }),
    },
    verdict: "fail",
    checks: { D3: ["fail", "VERIFY_ISSUER_DIFFERS"] },
    also: (verification) => expect(check(verification, "D3").hint).toContain("not common"),
  },
  {
    name: "the URL of the document pasted as issuer",
    when: { other: () => html(404, "no") },
    subject: { issuer: `${issuer}/.well-known/openid-configuration` },
    verdict: "fail",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_MISSING"], D2: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"] },
    also: (verification) => expect(check(verification, "D2").hint).toBe(`Write the issuer as ${issuer}`),
  },
  {
    name: "Okta's authorize URL pasted as issuer",
    subject: { issuer: `${issuer}/oauth2/v1/authorize` },
    verdict: "fail",
    checks: { D2: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"] },
    also: (verification) => expect(check(verification, "D2").expected).toBe(issuer),
  },
  {
    name: "an http issuer",
    subject: { issuer: "http://idp.example" },
    verdict: "fail",
    checks: { D4: ["fail", "VERIFY_ISSUER_INVALID"], D1: ["inconclusive", "VERIFY_NOT_RUN"] },
    also: (_, provider) => expect(provider.seen).toHaveLength(0),
  },
  {
    name: "an issuer with a query",
    subject: { issuer: `${issuer}?tenant=1` },
    verdict: "fail",
    checks: { D4: ["fail", "VERIFY_ISSUER_INVALID"] },
    also: (verification) => expect(check(verification, "D4").hint).toBe(`Write the issuer as ${issuer}`),
  },
  {
    name: "an issuer with user information",
    subject: { issuer: "https://user:pass@idp.example" },
    verdict: "fail",
    checks: { D4: ["fail", "VERIFY_ISSUER_INVALID"] },
  },
  ...["authorization_endpoint", "token_endpoint", "jwks_uri"].map((name) => ({
    name: `no ${name}`,
    when: { discovery: () => without(name) },
    verdict: "fail" as const,
    checks: {
      D5: ["fail", "VERIFY_METADATA_MISSING"],
      S1: ["inconclusive", "VERIFY_NOT_RUN"],
    } as const,
  })),
  ...["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"].flatMap((name) =>
    ["http://idp.example/x", "/relative", "https://10.0.0.1/x", "javascript:alert(1)", "https://u@idp.example/x"].map(
      (value) => ({
        name: `${name} is ${value}`,
        when: { discovery: (document: Record<string, unknown>) => ({ ...document, [name]: value }) },
        verdict: "fail" as const,
        checks: { D6: ["fail", "VERIFY_ENDPOINT_INVALID"], S1: ["inconclusive", "VERIFY_NOT_RUN"] } as const,
        also: (_: unknown, provider: Parameters<typeof secretRequests>[0]) => {
          expect(secretRequests(provider)).toBe(0);
        },
      }),
    ),
  ),
  {
    name: "response types without code",
    when: { discovery: (document) => ({ ...document, response_types_supported: ["id_token", "code id_token"] }) },
    verdict: "fail",
    checks: { D8: ["fail", "VERIFY_CODE_FLOW_UNSUPPORTED"] },
  },
  {
    name: "grants without authorization_code",
    when: { discovery: (document) => ({ ...document, grant_types_supported: ["client_credentials"] }) },
    verdict: "fail",
    checks: { D8: ["fail", "VERIFY_CODE_FLOW_UNSUPPORTED"] },
  },
  {
    name: "the client's authentication method is not listed",
    when: {
      discovery: (document) => ({ ...document, token_endpoint_auth_methods_supported: ["client_secret_post"] }),
    },
    verdict: "fail",
    checks: { D9: ["fail", "VERIFY_CLIENT_AUTH_UNLISTED"] },
    also: (verification) => expect(check(verification, "D9").hint).toContain("clientAuth: client_secret_post"),
  },
]);

failureModes("discovery that is well enough", [
  {
    name: "only what a sign-in needs, and nothing optional",
    when: {
      discovery: ({ issuer, authorization_endpoint, token_endpoint, jwks_uri }) => ({
        issuer,
        authorization_endpoint,
        token_endpoint,
        jwks_uri,
      }),
    },
    verdict: "pass",
    checks: { D5: ["fail", "VERIFY_METADATA_INCOMPLETE"], D8: ["pass"], D9: ["pass"], K1: ["pass"] },
    also: (verification) => expect(check(verification, "D5").level).toBe("should"),
  },
  {
    name: "no list of methods while the client uses client_secret_post",
    when: {
      discovery: () => without("token_endpoint_auth_methods_supported"),
      client: { method: "client_secret_post" },
    },
    subject: { clientAuth: "client_secret_post" },
    verdict: "pass",
    checks: { D9: ["fail", "VERIFY_CLIENT_AUTH_UNLISTED"], S1: ["pass"] },
    also: (verification) => expect(check(verification, "D9").level).toBe("should"),
  },
  {
    name: "the document is sent as text/plain",
    when: {
      discovery: (document) => ({
        status: 200,
        headers: { "content-type": "text/plain" },
        body: JSON.stringify(document),
      }),
    },
    verdict: "pass",
    checks: { D1: ["fail", "VERIFY_DISCOVERY_CONTENT_TYPE"], D3: ["pass"], S1: ["pass"] },
    also: (verification) => expect(check(verification, "D1").level).toBe("should"),
  },
  {
    name: "a byte-order mark before the document",
    when: {
      discovery: (document) => ({
        status: 200,
        headers: { "content-type": "application/json; charset=utf-8" },
        body: `\ufeff${JSON.stringify(document)}`,
      }),
    },
    verdict: "pass",
    checks: { D1: ["pass"] },
  },
  {
    name: "endpoints on other hosts",
    when: {
      discovery: (document) => ({
        ...document,
        token_endpoint: "https://token.idp.example/token",
        jwks_uri: "https://keys.example/keys",
      }),
    },
    verdict: "pass",
    checks: { D6: ["pass"], K1: ["pass"], S1: ["pass"] },
    also: (verification, provider) => {
      expect(verification.discovery?.tokenEndpoint).toBe("https://token.idp.example/token");
      expect(provider.seen.find((one) => one.path === "/keys")?.host).toBe("keys.example");
    },
  },
  {
    name: "a root-slash issuer, equal byte for byte",
    when: { discovery: (document) => ({ ...document, issuer: `${issuer}/` }) },
    subject: { issuer: `${issuer}/` },
    verdict: "pass",
    checks: { D3: ["pass"] },
    also: (_, provider) => expect(provider.seen[0]?.path).toBe("/.well-known/openid-configuration"),
  },
]);
