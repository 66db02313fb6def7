import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Check } from "../../src/verify/check.ts";
import { checks } from "../../src/verify/checks/checks.ts";
import { discoveryDocument as discovery } from "../../src/verify/checks/d1-discovery.ts";
import { pastedUrl } from "../../src/verify/checks/d2-pasted-url.ts";
import { members } from "../../src/verify/checks/d5-members.ts";
import { endpoints } from "../../src/verify/checks/d6-endpoints.ts";
import { signing } from "../../src/verify/checks/d7-signing.ts";
import { codeFlow } from "../../src/verify/checks/d8-code-flow.ts";
import { clientAuthListed } from "../../src/verify/checks/d9-client-auth.ts";
import { pkce } from "../../src/verify/checks/d10-pkce.ts";
import { responseModeListed } from "../../src/verify/checks/d11-response-mode.ts";
import { scopes } from "../../src/verify/checks/d12-scopes.ts";
import { claims } from "../../src/verify/checks/d13-claims.ts";
import { authenticationContext } from "../../src/verify/checks/d14-acr.ts";
import { pushedRequests } from "../../src/verify/checks/d15-par.ts";
import { requestObjects } from "../../src/verify/checks/d16-request-objects.ts";
import { responseIssuer } from "../../src/verify/checks/d17-response-issuer.ts";
import { userinfo } from "../../src/verify/checks/d18-userinfo.ts";
import { logout } from "../../src/verify/checks/d19-logout.ts";
import { shape } from "../../src/verify/checks/d20-shape.ts";
import { hosts } from "../../src/verify/checks/d22-hosts.ts";
import { type Case, cases, explicit, lone, type Said } from "./lone-check.ts";
import { back, issuer, redirectUri } from "./provider.ts";

const metadataChecks = checks.filter(({ id }) => /^D\d+$/.test(id) && Number(id.slice(1)) >= 5);
const wellKnown = `${issuer}/.well-known/openid-configuration`;

/** Every check that reads the document is skipped where the endpoints stand in the file. */
const withoutDocument: Case = { name: "endpoints in the file", subject: explicit, finds: ["skipped"], asks: [] };

cases(discovery as Check, [
  { name: "a document", finds: ["pass"] },
  {
    name: "a document with parameters in its content type",
    says: () => ({ headers: { "content-type": "Application/JSON; charset=utf-8" } }),
    finds: ["pass"],
  },
  {
    name: "another content type",
    says: () => ({ headers: { "content-type": "text/plain" } }),
    finds: ["fail", "VERIFY_DISCOVERY_CONTENT_TYPE", "should"],
    hint: "application/json",
  },
  {
    name: "no content type",
    says: () => ({ headers: { "content-type": "" } }),
    finds: ["fail", "VERIFY_DISCOVERY_CONTENT_TYPE", "should"],
  },
  {
    name: "a certificate that T1 has told of",
    says: () => ({ instead: { kind: "tls", detail: "CERT_HAS_EXPIRED" } }),
    before: { T1: "fail" },
    finds: ["inconclusive", "VERIFY_NOT_RUN"],
  },
  {
    name: "a certificate, in a plan, which runs no T1",
    says: () => ({ instead: { kind: "tls", detail: "CERT_HAS_EXPIRED" } }),
    finds: ["fail", "VERIFY_TLS_FAILED"],
  },
  withoutDocument,
]);

/** An identity provider whose document is at one URL only. */
const onlyAt =
  (url: string, named: string) =>
  (asked: string): Said =>
    asked === url ? { status: 200, json: { issuer: named } } : { status: 404, text: "no" };

cases(pastedUrl as Check, [
  { name: "an issuer", finds: ["pass"], asks: [] },
  {
    name: "an authorization request with all its parameters",
    subject: { issuer: `${issuer}/oauth2/v1/authorize?client_id=x&redirect_uri=y` },
    before: { D4: "fail" },
    finds: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"],
    hint: `Write the issuer as ${issuer}`,
  },
  {
    name: "Entra ID's authorize URL",
    subject: { issuer: "https://login.example/1111/oauth2/v2.0/authorize" },
    says: onlyAt("https://login.example/1111/v2.0/.well-known/openid-configuration", "https://login.example/1111/v2.0"),
    finds: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"],
    hint: "Write the issuer as https://login.example/1111/v2.0",
  },
  {
    name: "Google's authorize URL",
    subject: { issuer: "https://accounts.example/o/oauth2/v2/auth" },
    says: onlyAt("https://accounts.example/.well-known/openid-configuration", "https://accounts.example"),
    finds: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"],
    hint: "Write the issuer as https://accounts.example",
  },
  {
    name: "Keycloak's token endpoint",
    subject: { issuer: "https://sso.example/realms/a/protocol/openid-connect/token" },
    says: onlyAt("https://sso.example/realms/a/.well-known/openid-configuration", "https://sso.example/realms/a"),
    finds: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"],
    hint: "Write the issuer as https://sso.example/realms/a",
  },
  {
    name: "a document URL where nothing is found",
    subject: { issuer: wellKnown },
    says: () => ({ status: 404, text: "no" }),
    finds: ["fail", "VERIFY_ISSUER_IS_ANOTHER_URL"],
    hint: `Try ${issuer}`,
  },
  {
    name: "an http URL is not asked",
    subject: { issuer: "http://idp.example/authorize" },
    finds: ["inconclusive", "VERIFY_NOT_RUN"],
    asks: [],
  },
  {
    name: "an issuer that really ends with /token",
    subject: { issuer: "https://idp.example/token" },
    before: { D4: "pass" },
    says: () => ({ status: 200, json: { issuer: "https://idp.example/token" } }),
    finds: ["pass"],
  },
  withoutDocument,
]);

cases(members as Check, [
  { name: "all members", finds: ["pass"] },
  ...["authorization_endpoint", "token_endpoint", "jwks_uri"].map(
    (name): Case => ({
      name: `no ${name}`,
      document: { [name]: undefined },
      finds: ["fail", "VERIFY_METADATA_MISSING"],
      hint: name,
    }),
  ),
  ...["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"].map(
    (name): Case => ({
      name: `no ${name}, which only the specification needs`,
      document: { [name]: undefined },
      finds: ["fail", "VERIFY_METADATA_INCOMPLETE", "should"],
      hint: name,
    }),
  ),
  withoutDocument,
]);

cases(endpoints as Check, [
  { name: "all https", finds: ["pass"] },
  {
    name: "two bad endpoints are both named",
    document: { token_endpoint: "http://idp.example/token", jwks_uri: "/keys" },
    finds: ["fail", "VERIFY_ENDPOINT_INVALID"],
    tells: "token_endpoint is not https; jwks_uri is not https",
    hint: "public base URL",
  },
  ...["http://idp.example/x", "/relative", "https://u@idp.example/x", "https://idp.example/x#y", 7, null].map(
    (value): Case => ({
      name: `a sign-out endpoint that is ${String(value)} is a warning`,
      document: { end_session_endpoint: value },
      finds: ["fail", "VERIFY_ENDPOINT_ODD", "should"],
      tells: "end_session_endpoint",
    }),
  ),
  {
    name: "endpoints at other hosts",
    document: { token_endpoint: "https://oauth2.example/token", userinfo_endpoint: "https://graph.example/me" },
    finds: ["pass"],
  },
  { name: "no userinfo endpoint", document: { userinfo_endpoint: undefined }, finds: ["pass"] },
  { name: "endpoints in the file", subject: explicit, finds: ["pass"], asks: [] },
]);

cases(signing, [
  { name: "RS256", finds: ["pass"] },
  {
    name: "RS256 and none, which the code flow never gets",
    document: { id_token_signing_alg_values_supported: ["none", "RS256"] },
    finds: ["pass"],
  },
  ...[["HS256"], ["none"], ["HS256", "HS512", "none"]].map(
    (listed): Case => ({
      name: `${listed.join(" and ")} only`,
      document: { id_token_signing_alg_values_supported: listed },
      finds: ["fail", "VERIFY_SIGNING_UNVERIFIABLE"],
      hint: "RS256",
    }),
  ),
  {
    name: "ES256 only",
    document: { id_token_signing_alg_values_supported: ["ES256"] },
    finds: ["fail", "VERIFY_SIGNING_RS256_UNLISTED", "should"],
    hint: "ES256",
  },
  {
    name: "no list, which D5 has told",
    document: { id_token_signing_alg_values_supported: undefined },
    finds: ["skipped"],
  },
  withoutDocument,
]);

cases(codeFlow, [
  { name: "code", finds: ["pass"] },
  {
    name: "no code",
    document: { response_types_supported: ["id_token"] },
    finds: ["fail", "VERIFY_CODE_FLOW_UNSUPPORTED"],
    hint: "response type code",
  },
  {
    name: "no authorization_code",
    document: { grant_types_supported: ["implicit"] },
    finds: ["fail", "VERIFY_CODE_FLOW_UNSUPPORTED"],
    hint: "authorization_code",
  },
  { name: "no grants, whose default holds it", document: { grant_types_supported: undefined }, finds: ["pass"] },
  {
    name: "no response types",
    document: { response_types_supported: undefined },
    finds: ["pass"],
    tells: "lists no response types",
  },
  withoutDocument,
]);

const assertions = {
  clientAuth: "private_key_jwt" as const,
  secret: undefined,
};
const listsAssertions = { token_endpoint_auth_methods_supported: ["private_key_jwt"] };

cases(clientAuthListed, [
  { name: "the method is listed", finds: ["pass"] },
  {
    name: "the method is not listed",
    document: { token_endpoint_auth_methods_supported: ["client_secret_post"] },
    finds: ["fail", "VERIFY_CLIENT_AUTH_UNLISTED"],
    hint: "clientAuth: client_secret_post",
  },
  {
    name: "private_key_jwt without algorithms",
    subject: assertions,
    document: listsAssertions,
    finds: ["fail", "VERIFY_CLIENT_AUTH_ALGORITHMS", "should"],
  },
  {
    name: "private_key_jwt with none",
    subject: assertions,
    document: { ...listsAssertions, token_endpoint_auth_signing_alg_values_supported: ["RS256", "none"] },
    finds: ["fail", "VERIFY_CLIENT_AUTH_ALGORITHMS", "should"],
  },
  {
    name: "private_key_jwt with algorithms",
    subject: assertions,
    document: { ...listsAssertions, token_endpoint_auth_signing_alg_values_supported: ["RS256"] },
    finds: ["pass"],
  },
  withoutDocument,
]);

cases(pkce, [
  { name: "S256", finds: ["pass"] },
  {
    name: "nothing is said",
    document: { code_challenge_methods_supported: undefined },
    finds: ["fail", "VERIFY_PKCE_UNSAID"],
  },
  {
    name: "nothing is said at Entra ID, which takes it",
    document: { code_challenge_methods_supported: undefined },
    subject: { preset: "entra-id" },
    finds: ["pass"],
    tells: "Entra ID",
  },
  {
    name: "Entra ID's own answer is what counts",
    document: { code_challenge_methods_supported: ["plain"] },
    subject: { preset: "entra-id" },
    finds: ["fail", "VERIFY_PKCE_UNLISTED"],
  },
  {
    name: "plain only",
    document: { code_challenge_methods_supported: ["plain"] },
    finds: ["fail", "VERIFY_PKCE_UNLISTED"],
    hint: "Allow S256",
  },
  { name: "the app sends none", subject: { pkce: "off" }, finds: ["skipped"] },
  withoutDocument,
]);

cases(responseModeListed, [
  { name: "nothing is said", finds: ["pass"] },
  { name: "query is listed", document: { response_modes_supported: ["query", "form_post"] }, finds: ["pass"] },
  {
    name: "query is not listed",
    document: { response_modes_supported: ["form_post"] },
    finds: ["fail", "VERIFY_RESPONSE_MODE_UNLISTED"],
    hint: "responseMode: form_post",
  },
  {
    name: "form_post while nothing is said",
    subject: { responseMode: "form_post" },
    finds: ["fail", "VERIFY_RESPONSE_MODE_UNLISTED"],
    hint: "responseMode: query",
  },
  {
    name: "form_post is listed",
    subject: { responseMode: "form_post" },
    document: { response_modes_supported: ["form_post"] },
    finds: ["pass"],
    tells: "SameSite=None",
  },
  withoutDocument,
]);

cases(scopes, [
  { name: "no list", finds: ["skipped"] },
  { name: "all are listed", document: { scopes_supported: ["openid", "email", "profile", "x"] }, finds: ["pass"] },
  {
    name: "openid is not listed",
    document: { scopes_supported: ["email", "profile"] },
    finds: ["fail", "VERIFY_SCOPE_OPENID_UNLISTED"],
    hint: "another authorization server",
  },
  {
    name: "one is not listed",
    document: { scopes_supported: ["openid", "email"] },
    finds: ["fail", "VERIFY_SCOPE_UNLISTED"],
    hint: "profile",
  },
  {
    name: "one is not listed at Okta, which never lists its own",
    document: { scopes_supported: ["openid", "email", "profile"] },
    subject: { preset: "okta-custom", scopes: ["openid", "staff"] },
    finds: ["pass"],
    tells: "staff",
  },
  withoutDocument,
]);

cases(claims, [
  { name: "none is read", finds: ["skipped"] },
  { name: "only sub is read", subject: { claims: ["sub"] }, document: { claims_supported: ["x"] }, finds: ["skipped"] },
  { name: "no list", subject: { claims: ["email"] }, finds: ["skipped"] },
  {
    name: "all are listed, but for sub",
    subject: { claims: ["sub", "email"] },
    document: { claims_supported: ["email"] },
    finds: ["pass"],
  },
  {
    name: "one is not listed",
    subject: { claims: ["sub", "email", "groups"] },
    document: { claims_supported: ["sub", "email"] },
    finds: ["fail", "VERIFY_CLAIM_UNLISTED"],
    hint: "groups",
  },
  {
    name: "one is not listed at Auth0, which lists few",
    subject: { preset: "auth0", claims: ["email", "https://acme.example/groups"] },
    document: { claims_supported: ["sub", "email"] },
    finds: ["pass"],
  },
  {
    name: "groups asked for as a scope at Entra ID",
    subject: { preset: "entra-id", scopes: ["openid", "groups"] },
    finds: ["fail", "VERIFY_SCOPE_GROUPS_REFUSED", "must"],
    hint: "Take groups out of scopes; instead: add the groups claim",
  },
  {
    name: "groups asked for as a scope at Entra ID, whose endpoints stand in the file",
    subject: { ...explicit, preset: "entra-id", scopes: ["openid", "groups"] },
    finds: ["fail", "VERIFY_SCOPE_GROUPS_REFUSED", "must"],
    asks: [],
  },
  {
    name: "groups asked for as a scope where it is one",
    subject: { preset: "okta", scopes: ["openid", "groups"], claims: ["groups"] },
    document: { claims_supported: ["groups"] },
    finds: ["pass"],
  },
  {
    name: "email_verified at Entra ID",
    subject: { preset: "entra-id", claims: ["email", "email_verified"] },
    finds: ["fail", "VERIFY_CLAIM_NEVER_SENT"],
    hint: "email_verified",
  },
  { ...withoutDocument, subject: { ...explicit, claims: ["email"] } },
]);

cases(authenticationContext, [
  { name: "none is asked for", finds: ["skipped"], asks: [] },
  {
    name: "one of two is listed",
    subject: { acrValues: ["urn:a", "urn:b"] },
    document: { acr_values_supported: ["urn:b"] },
    finds: ["pass"],
  },
  {
    name: "none is listed",
    subject: { acrValues: ["urn:a"] },
    document: { acr_values_supported: ["urn:b"] },
    finds: ["fail", "VERIFY_ACR_UNLISTED"],
    hint: "acrValues",
  },
  { name: "no list", subject: { acrValues: ["urn:a"] }, finds: ["fail", "VERIFY_ACR_UNLISTED"] },
  {
    name: "the parameter claims, of which nothing is said",
    subject: { extraParams: { claims: "{}" } },
    finds: ["fail", "VERIFY_CLAIMS_PARAMETER_UNSUPPORTED"],
    hint: "extraParams",
  },
  {
    name: "the parameter claims, supported in words only",
    subject: { extraParams: { claims: "{}" } },
    document: { claims_parameter_supported: "true" },
    finds: ["fail", "VERIFY_CLAIMS_PARAMETER_UNSUPPORTED"],
  },
  {
    name: "the parameter claims, supported",
    subject: { extraParams: { claims: "{}" } },
    document: { claims_parameter_supported: true },
    finds: ["pass"],
  },
  withoutDocument,
]);

const parOffered = { pushed_authorization_request_endpoint: `${issuer}/par` };
cases(pushedRequests, [
  { name: "not offered", finds: ["pass"] },
  { name: "offered, not demanded", document: parOffered, finds: ["pass"], tells: "offered" },
  {
    name: "demanded",
    document: { ...parOffered, require_pushed_authorization_requests: true },
    finds: ["fail", "VERIFY_PAR_REQUIRED"],
    hint: "PAR",
  },
  {
    name: "demanded in words, which no library reads as true",
    document: { require_pushed_authorization_requests: "true" },
    finds: ["pass"],
  },
  withoutDocument,
]);

cases(requestObjects, [
  { name: "nothing is said", finds: ["pass"] },
  {
    name: "signed request objects are demanded",
    document: { require_signed_request_object: true },
    finds: ["fail", "VERIFY_REQUEST_OBJECT_REQUIRED"],
  },
  {
    name: "bound tokens are possible, as at every Keycloak",
    document: {
      tls_client_certificate_bound_access_tokens: true,
      dpop_signing_alg_values_supported: ["ES256"],
      request_uri_parameter_supported: false,
    },
    finds: ["pass"],
    tells: "certificate-bound tokens and DPoP are possible",
  },
  {
    name: "the app sends request",
    subject: { extraParams: { request: "x" } },
    finds: ["fail", "VERIFY_REQUEST_OBJECT_UNSUPPORTED"],
    hint: "extraParams",
  },
  {
    name: "the app sends request_uri, of which nothing is said",
    subject: { extraParams: { request_uri: "https://app.example/r" } },
    finds: ["pass"],
  },
  {
    name: "the app sends request_uri, which is not supported",
    subject: { extraParams: { request_uri: "https://app.example/r" } },
    document: { request_uri_parameter_supported: false },
    finds: ["fail", "VERIFY_REQUEST_OBJECT_UNSUPPORTED"],
  },
  withoutDocument,
]);

/** An answer at the redirect URI with these parameters. */
const returns =
  (parameters: Readonly<Record<string, string>>) =>
  (url: string): Said | undefined => {
    if (!url.startsWith(`${issuer}/authorize`)) return undefined;
    const state = new URL(url).searchParams.get("state") ?? "";
    return { status: 303, headers: { location: back(redirectUri, { error: "login_required", state, ...parameters }) } };
  };
const announced = { authorization_response_iss_parameter_supported: true };

cases(responseIssuer, [
  { name: "announced and sent", document: announced, says: returns({ iss: issuer }), finds: ["pass"] },
  {
    name: "announced and not sent",
    document: announced,
    says: returns({}),
    finds: ["fail", "VERIFY_RESPONSE_ISSUER_MISSING"],
    hint: "authorization_response_iss_parameter_supported",
  },
  {
    name: "announced and another by a slash",
    document: announced,
    says: returns({ iss: `${issuer}/` }),
    finds: ["fail", "VERIFY_RESPONSE_ISSUER_DIFFERS"],
    hint: "a final slash too",
  },
  { name: "not announced and not sent", says: returns({}), finds: ["skipped"] },
  { name: "not announced and sent", says: returns({ iss: issuer }), finds: ["pass"] },
  {
    name: "announced, and no answer came",
    document: announced,
    says: (url) => (url.includes("/authorize") ? { status: 200, text: "<h1>Sign in</h1>" } : undefined),
    finds: ["inconclusive", "VERIFY_NOT_RUN", "should"],
  },
  { name: "no client to ask for", subject: { clientId: undefined }, finds: ["skipped"], asks: [] },
  withoutDocument,
]);

cases(userinfo, [
  { name: "there is one", finds: ["pass"] },
  {
    name: "there is none",
    document: { userinfo_endpoint: undefined },
    finds: ["fail", "VERIFY_USERINFO_MISSING"],
    hint: "ID token",
  },
  withoutDocument,
]);

const signsOut = { postLogoutRedirectUris: ["https://app.example/"] };
const noSignOut = { end_session_endpoint: undefined };
cases(logout, [
  { name: "there is one", subject: signsOut, finds: ["pass"] },
  { name: "there is none, and the app needs none", document: noSignOut, finds: ["skipped"] },
  {
    name: "there is none",
    subject: signsOut,
    document: noSignOut,
    finds: ["fail", "VERIFY_END_SESSION_MISSING"],
    hint: "logout.endSession: false",
  },
  {
    name: "there is none at Google, as is known",
    subject: { ...signsOut, preset: "google" },
    document: noSignOut,
    finds: ["pass"],
    tells: "Google",
  },
  withoutDocument,
]);

cases(shape, [
  { name: "a usual document", finds: ["pass"] },
  ...Object.entries({
    "an empty list": { acr_values_supported: [] },
    "a list that is text": { scopes_supported: "openid email" },
    "a list with a number in it": { claims_supported: ["sub", 7] },
    "a boolean that is text": { claims_parameter_supported: "true" },
    "a boolean that is null": { require_request_uri_registration: null },
    "a scope with a space": { scopes_supported: ["openid", "two words"] },
    "a locale with an underscore": { ui_locales_supported: ["en_US"] },
    "a URL that is a list": { service_documentation: ["https://idp.example/"] },
  }).map(
    ([name, document]): Case => ({
      name,
      document,
      finds: ["fail", "VERIFY_METADATA_ODD", "should"],
      tells: Object.keys(document)[0] ?? "",
    }),
  ),
  {
    name: "members that nobody knows",
    document: { tenant_region_scope: null, x: [], ui_locales_supported: ["de-CH", "zh-Hant"], msgraph_host: 7 },
    finds: ["pass"],
  },
  withoutDocument,
]);

cases(hosts, [
  { name: "one domain", finds: ["pass"], tells: "Every endpoint is at idp.example" },
  {
    name: "another host of the domain",
    subject: { issuer: "https://accounts.idp.co.uk" },
    document: Object.fromEntries(
      ["authorization", "token", "userinfo", "end_session"]
        .map((name) => [`${name}_endpoint`, `https://${name.replace("_", "-")}.idp.co.uk/`])
        .concat([["jwks_uri", "https://www.idp.co.uk/keys"]]),
    ),
    finds: ["pass"],
    tells: "Every endpoint is at idp.co.uk",
  },
  {
    name: "another domain, as at Google",
    document: { token_endpoint: "https://oauth2.googleapis.com/token" },
    finds: ["pass"],
    tells: "token_endpoint at googleapis.com",
  },
  {
    name: "another tenant of a hosting provider",
    subject: { issuer: "https://one.github.io" },
    document: { token_endpoint: "https://two.github.io/token" },
    finds: ["pass"],
    tells: "token_endpoint at two.github.io",
  },
  { name: "endpoints in the file", subject: explicit, finds: ["pass"], asks: [] },
]);

describe("documents of any shape", () => {
  const known = ["issuer", "jwks_uri", "scopes_supported", "claims_supported", "acr_values_supported"]
    .concat(["response_types_supported", "grant_types_supported", "code_challenge_methods_supported"])
    .concat(["token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported"])
    .concat(["id_token_signing_alg_values_supported", "response_modes_supported", "ui_locales_supported"])
    .concat(["require_pushed_authorization_requests", "end_session_endpoint", "userinfo_endpoint"]);
  const documents = fc.dictionary(fc.oneof(fc.constantFrom(...known), fc.string()), fc.jsonValue(), { maxKeys: 12 });
  const subject = {
    acrValues: ["urn:a"],
    claims: ["email", "groups"],
    extraParams: { claims: "{}" },
    postLogoutRedirectUris: ["https://app.example/"],
  };

  test.each(metadataChecks.map((check) => [check.id, check] as const))("%s finds something", async (_, check) => {
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const { result } = await lone(check, { document, subject });
        expect(["pass", "fail", "inconclusive", "skipped"]).toContain(result.verdict);
        expect(result.message.length + (result.hint?.length ?? 0)).toBeLessThan(2_500);
        expect(`${result.message}${result.hint ?? ""}${result.actual ?? ""}`).not.toMatch(/[\x00-\x1f\x7f]/);
        if (result.verdict === "fail") expect(result.code).toMatch(/^VERIFY_/);
      }),
      { numRuns: 60 },
    );
  });

  test("lists of fifty thousand items and lists in lists take no time", async () => {
    let deep: unknown = "x";
    for (let depth = 0; depth < 5_000; depth += 1) deep = [deep];
    const many = Array.from({ length: 50_000 }, (_, at) => `v${at}`);
    const document = Object.fromEntries(known.slice(2, 13).map((name) => [name, many]));
    for (const check of metadataChecks) {
      const began = performance.now();
      await lone(check, { document: { ...document, end_session_endpoint: deep }, subject });
      expect(performance.now() - began, check.id).toBeLessThan(2_000);
    }
  });
});
