import type { Check } from "../../src/verify/check.ts";
import { discoveryDocument as discovery } from "../../src/verify/checks/d1-discovery.ts";
import { pastedUrl } from "../../src/verify/checks/d2-pasted-url.ts";
import { members } from "../../src/verify/checks/d5-members.ts";
import { endpoints } from "../../src/verify/checks/d6-endpoints.ts";
import { signing } from "../../src/verify/checks/d7-signing.ts";
import { codeFlow } from "../../src/verify/checks/d8-code-flow.ts";
import { clientAuthListed } from "../../src/verify/checks/d9-client-auth.ts";
import { type Case, cases, explicit, type Said } from "./lone-check.ts";
import { issuer } from "./provider.ts";

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
    name: "a base path that only looks a little like one",
    subject: { issuer: "https://sso.example/auth" },
    says: () => ({ status: 404, text: "no" }),
    finds: ["pass"],
    asks: [],
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
