import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checks } from "../../src/verify/checks/checks.ts";
import { shape } from "../../src/verify/checks/d20-shape.ts";
import { hosts } from "../../src/verify/checks/d22-hosts.ts";
import { type Case, cases, explicit, lone } from "./lone-check.ts";

const metadataChecks = checks.filter(({ id }) => /^D\d+$/.test(id) && Number(id.slice(1)) >= 5);
/** Every check that reads the document is skipped where the endpoints stand in the file. */
const withoutDocument: Case = { name: "endpoints in the file", subject: explicit, finds: ["skipped"], asks: [] };

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
    tells: "token_endpoint at oauth2.googleapis.com",
  },
  {
    name: "a domain in another script, by its A-label",
    document: { token_endpoint: "https://login.банк.example/token" },
    finds: ["pass"],
    tells: "token_endpoint at xn--",
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
        expect(`${result.message}${result.hint ?? ""}${result.actual ?? ""}`).not.toMatch(/\p{Cc}/u);
        if (result.verdict === "fail") expect(result.code).toMatch(/^VERIFY_/);
      }),
      { numRuns: 60 },
    );
  });

  test("lists that fill the whole document take no time", async () => {
    const many = Array.from({ length: 8_000 }, (_, at) => `v${at}`);
    const document = Object.fromEntries(known.slice(2, 13).map((name) => [name, many]));
    for (const check of metadataChecks) {
      const began = process.cpuUsage();
      const { result } = await lone(check, { document, subject });
      expect(result.message, check.id).not.toBe("");
      expect(process.cpuUsage(began).user / 1_000, check.id).toBeLessThan(1_000);
    }
  });
});
