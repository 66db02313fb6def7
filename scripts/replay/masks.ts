import type { Vendor } from "./recording.ts";

/** A difference that is known, and why it is none of a client's business. */
export interface Mask {
  readonly vendor: Vendor;
  /** Fits `METHOD /path?query`. */
  readonly request: RegExp;
  /** Fits a line of the comparison: `missing .path: type`, `extra .path: type`, `status 200 here 404`. */
  readonly line: RegExp;
  readonly reason: string;
  /** Fits no recording among the fixtures, only others of the same kind. */
  readonly elsewhere?: boolean;
}

const any = /^/;

const newer = "shown by newer releases only: some recordings have it, some do not";

/** Every difference that does not count, one by one. A mask that fits nothing in the fixtures fails a test. */
export const masks: readonly Mask[] = [
  {
    vendor: "okta",
    request: any,
    line: /universalLogout/,
    reason: "a feature of the recorded org, shown on some of its apps and not on others",
  },
  {
    vendor: "okta",
    request: any,
    line: /(\[\])?\._links\.owners/,
    reason: newer,
  },
  {
    vendor: "okta",
    request: /\/api\/v1\/apps/,
    line: /^extra (\[\])?(\.orn|\.settings\.emOptInStatus|\.settings\.oauthClient\.participate_slo):/,
    reason: newer,
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/\.well-known\/okta-organization/,
    line: /\.settings\.\w+: boolean$/,
    reason: "which features an org shows differs from org to org",
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/users/,
    line: /(\[\])?\.(realmId|_links\.resetFactors)/,
    reason: "features of some of the recorded orgs: realms, and factors to reset",
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/authorizationServers/,
    line: /(\[\])?\._links\.resourceServerCredentialsKeys/,
    reason: newer,
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/policies/,
    line: /^extra (\[\])?\.(_links\.mappings|_embedded)/,
    reason: newer,
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/authorizationServers\/\w+\/policies\/\w+\/rules/,
    line: /^(missing|extra) (\[\])?\.(created|lastUpdated): (null|string)$/,
    reason: "null in recordings of 2023, a time since",
    elsewhere: true,
  },
  {
    vendor: "okta",
    request: /\/policies\/\w+\/rules/,
    line: /^missing (\[\])?\.conditions\.riskScore/,
    reason: "a feature of some of the recorded orgs: risk scores",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    request: /\/clients/,
    line: /^extra (\.clients\[\]|\[\])?\.(tenant|global):/,
    reason: "the recorder wrote clients anew from a struct that knows neither field",
  },
  {
    vendor: "auth0",
    request: /\/clients/,
    line: /signing_keys/,
    reason: "the recorder put redacted signing keys into every client",
  },
  {
    vendor: "auth0",
    request: /\/connections/,
    line: /^missing (\.connections\[\])?\.enabled_clients(\[\])?:/,
    reason: "ended at Auth0 in July 2026, after these recordings",
  },
  {
    vendor: "auth0",
    request: /\/connections/,
    line: /^extra (\.connections\[\])?\.(authentication|connected_accounts)(\.active)?:/,
    reason: newer,
  },
  {
    vendor: "auth0",
    request: /\/clients/,
    line: /^extra (\.clients\[\]|\[\])?\.cross_origin_authentication:/,
    reason: newer,
  },
  {
    vendor: "auth0",
    request: /\/connections/,
    line: /^(missing|extra) (\.connections\[\])?\.options\.oidc_metadata/,
    reason:
      "read by Auth0 from the provider behind the connection, which is not in the sandbox or has another document",
  },
  {
    vendor: "auth0",
    request: /\/organizations/,
    line: /^extra .*\.(third_party_client_access|is_app_entitlement_active):/,
    reason: newer,
  },
  {
    vendor: "auth0",
    request: /\/resource-servers/,
    line: /^extra .*\.subject_type_authorization/,
    reason: newer,
    elsewhere: true,
  },
  {
    vendor: "auth0",
    request: /\/connections/,
    line: /^extra .*\.options\.(passkey_options|password_options|authentication_methods)/,
    reason: newer,
  },
  {
    vendor: "auth0",
    request: /\/roles/,
    line: /^(missing (\[\])?\.description: null|extra (\[\])?\.type: string)$/,
    reason: newer,
    elsewhere: true,
  },
  {
    vendor: "auth0",
    request: /^DELETE \/api\/v2\/connections\//,
    line: /^status 204 here 202/,
    reason: "in one recording a connection was gone at once, in all others later",
  },
  {
    vendor: "auth0",
    request: /\/clients/,
    line: /^missing (\.clients\[\]|\[\])?\.cross_origin_auth: boolean$/,
    reason: "the old name of cross_origin_authentication, no longer shown",
    elsewhere: true,
  },
  {
    vendor: "auth0",
    request: /^GET \/api\/v2\/clients\?/,
    line: /^missing \.(length|next):/,
    reason: "the recorder wrote lists of clients anew from a struct with these two fields",
  },
  {
    vendor: "auth0",
    request: /^GET \/api\/v2\/clients\?include_totals/,
    line: /^(missing|extra) \.clients\[\]\./,
    reason: "a client of the recorded tenant has other settings than its namesake here",
  },
  {
    vendor: "auth0",
    request: /\/connections/,
    line: /^missing \.options\.(authentication_methods\.(email_otp|phone_otp)|password_options)/,
    reason: "shown by some of the recorded tenants of the same month and not by others",
  },
];
