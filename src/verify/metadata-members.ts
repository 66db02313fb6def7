import type { Metadata } from "./documents.ts";

/** What shape a member has. A locale is a language tag (BCP 47), a scope a token of RFC 6749, section 3.3. */
type Shape = "text" | "flag" | "list" | "scopes" | "locales";

const shapes: ReadonlyMap<string, Shape> = new Map([
  ...named("text", [
    ...["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "registration_endpoint"],
    ...["end_session_endpoint", "check_session_iframe", "revocation_endpoint", "introspection_endpoint"],
    ...[
      "pushed_authorization_request_endpoint",
      "device_authorization_endpoint",
      "backchannel_authentication_endpoint",
    ],
    ...["service_documentation", "op_policy_uri", "op_tos_uri", "signed_metadata"],
  ]),
  ...named("flag", [
    ...["claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported"],
    ...["require_request_uri_registration", "require_pushed_authorization_requests", "require_signed_request_object"],
    ...["authorization_response_iss_parameter_supported", "tls_client_certificate_bound_access_tokens"],
    ...["backchannel_logout_supported", "backchannel_logout_session_supported"],
    ...["frontchannel_logout_supported", "frontchannel_logout_session_supported"],
  ]),
  ...named("list", [
    ...["response_types_supported", "response_modes_supported", "grant_types_supported", "acr_values_supported"],
    ...["subject_types_supported", "claims_supported", "claim_types_supported", "display_values_supported"],
    ...["code_challenge_methods_supported", "prompt_values_supported", "dpop_signing_alg_values_supported"],
    ...["id_token", "userinfo", "request_object"].flatMap((what) =>
      ["signing_alg", "encryption_alg", "encryption_enc"].map((how) => `${what}_${how}_values_supported`),
    ),
    ...["token", "revocation", "introspection"].flatMap((what) => [
      `${what}_endpoint_auth_methods_supported`,
      `${what}_endpoint_auth_signing_alg_values_supported`,
    ]),
  ]),
  ...named("scopes", ["scopes_supported"]),
  ...named("locales", ["claims_locales_supported", "ui_locales_supported"]),
]);

function named(shape: Shape, names: readonly string[]): readonly (readonly [string, Shape])[] {
  return names.map((name) => [name, shape] as const);
}

/** Members that have another shape than their specification says, each with what is odd. Any JSON may come. */
export function oddMembers(document: Metadata): readonly { readonly name: string; readonly odd: string }[] {
  return [...shapes].flatMap(([name, shape]) => {
    if (!Object.hasOwn(document, name)) return [];
    const odd = oddityOf(document[name], shape);
    return odd === undefined ? [] : [{ name, odd }];
  });
}

/**
 * Names of known members that differ between two readings of one document. Lists are compared without their order; what
 * is no text, boolean or list of texts is not compared.
 */
export function differingMembers(one: Metadata, other: Metadata): readonly string[] {
  return [...shapes.keys()].filter((name) => spelling(one, name) !== spelling(other, name));
}

function spelling(document: Metadata, name: string): string {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (Array.isArray(value)) return JSON.stringify(value.filter((item) => typeof item === "string").sort());
  return typeof value;
}

function oddityOf(value: unknown, shape: Shape): string | undefined {
  if (shape === "text") return typeof value === "string" && value !== "" ? undefined : "is no text";
  if (shape === "flag") return typeof value === "boolean" ? undefined : "is not true or false";
  if (!Array.isArray(value)) return "is no list";
  if (value.length === 0) return "is an empty list, which must be left out";
  if (!value.every((item) => typeof item === "string" && item !== "")) return "holds something that is no text";
  if (shape === "scopes" && !value.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    return "holds something that is no scope";
  }
  return shape === "locales" && !value.every(isLocale) ? "holds something that is no language tag" : undefined;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
