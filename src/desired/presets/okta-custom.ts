import { oktaAnswers, oktaHost, oktaNotes, oktaPlaces, oktaSecretTraps } from "./okta.ts";
import type { Preset } from "./shape.ts";

/** A custom authorization server of Okta: `default`, or one that the customer made. */
export const oktaCustom: Preset = {
  name: "okta-custom",
  title: "Okta (custom authorization server)",
  issuer: {
    patterns: [new RegExp(`^https://[a-z0-9-]+\\.${oktaHost}/oauth2/[A-Za-z0-9]+$`)],
    certainty: "host",
    shape: "https://{org}.okta.com/oauth2/{server}",
    finalSlash: false,
    mistakes: [
      {
        pattern: new RegExp(`^https://[a-z0-9-]+\\.${oktaHost}/oauth2/?$`),
        message: "names no authorization server",
        hint: "write the server behind it, such as https://acme.okta.com/oauth2/default, or leave /oauth2 out for the org's own",
      },
    ],
  },
  metadata: { scopesUnlisted: true, claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    audience: "endpoint",
    mark: "documented",
  },
  groups: {
    scope: "groups",
    claim: "groups",
    how: "make a scope `groups` and a claim `groups` at the authorization server, and ask for the scope",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      ...oktaAnswers,
      S1: { is: "as the org server; `access_denied` where no access policy lets the client in", mark: "documented" },
    },
  },
  secretTraps: oktaSecretTraps,
  places: {
    ...oktaPlaces,
    scopes: "Okta admin console: Security > API > Authorization Servers > the server > Scopes",
  },
  notes: {
    ...oktaNotes,
    D12: "Okta's document does not list scopes that an administrator added: one that is missing there may be fine.",
    D1: "A custom authorization server is a licence of its own (API Access Management); without it there is no such address.",
    D3: "Two authorization servers of one org have two issuers: without /oauth2/… it is the org's own.",
    P1: "invalid_scope: the scope is not made at this authorization server. access_denied: its access policy does not let this client in.",
    S1: "unauthorized_client may mean that this client belongs to the org's own server: the wrong issuer. access_denied: no access policy of this server lets the client in.",
  },
  quirks: [
    "An access policy of the server must let the client in.",
    "Scopes and claims that were added stand in no document.",
    "The OAuth document is at /.well-known/oauth-authorization-server/oauth2/{server}, with the word inserted.",
  ],
  sources: [
    "okta-developer-docs: oauth2-error-codes.json, concepts/auth-servers, customize-tokens-groups-claim; okta/samples-golang#43",
    "Unconfirmed: when invalid_scope is said (before or after the sign-in), P4, P5",
  ],
};
