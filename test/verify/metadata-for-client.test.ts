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
import { type Case, cases, explicit, type Said } from "./lone-check.ts";
import { back, issuer, redirectUri } from "./provider.ts";

/** Every check that reads the document is skipped where the endpoints stand in the file. */
const withoutDocument: Case = { name: "endpoints in the file", subject: explicit, finds: ["skipped"], asks: [] };

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
