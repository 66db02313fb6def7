import type { Preset } from "./shape.ts";

/** Amazon Cognito user pools. */
export const cognito: Preset = {
  name: "cognito",
  title: "Amazon Cognito",
  issuer: {
    patterns: [/^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+$/],
    certainty: "host",
    shape: "https://cognito-idp.{region}.amazonaws.com/{pool id}",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com(?:\/.*)?$/,
        message: "is the domain of the pool's sign-in pages",
        hint: "write https://cognito-idp.<region>.amazonaws.com/<pool id>",
      },
    ],
  },
  metadata: { pkceUnlisted: true, scopesUnlisted: true, claimsUnlisted: true, endSession: "own" },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "none"],
    mark: "documented",
  },
  groups: {
    claim: "cognito:groups",
    scopeRefused: true,
    how: "no scope is needed: read the claim `cognito:groups`",
  },
  scopesRefused: { offline_access: "Cognito gives refresh tokens unasked" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    // A code_challenge without its method: error=invalid_request at the redirect URI (AUTHORIZATION endpoint, negative responses).
    fault: "code_challenge_method",
    answers: {
      P1: { is: "`login_required` with managed login branding only; else 302 to /login", mark: "documented" },
      P2: { is: "as P3", mark: "captured" },
      P3: { is: "302 to /error?error=redirect_mismatch, a page of status 400", mark: "captured" },
      P4: { is: "302 to the redirect URI with `invalid_request`", mark: "documented" },
      P5: { is: "no PAR known", mark: "unconfirmed" },
      P6: { is: "query", mark: "unconfirmed" },
      P7: { is: "not the standard one: /logout with client_id and logout_uri", mark: "documented" },
      S1: { is: "400 `invalid_grant`", mark: "documented" },
      S2: { is: "400 `invalid_client`", mark: "documented" },
    },
  },
  places: {
    redirectUri:
      "Amazon Cognito console: the user pool > App clients > the client > Login pages > Allowed callback URLs",
    secret: "Amazon Cognito console: the user pool > App clients > the client > Client secret",
    publicKey: "Cognito takes no keys: use clientAuth: client_secret_post",
    scopes: "Amazon Cognito console: the user pool > App clients > the client > Login pages > OpenID Connect scopes",
    postLogout:
      "Amazon Cognito console: the user pool > App clients > the client > Login pages > Allowed sign-out URLs",
  },
  notes: {
    D8: "Cognito's document may leave the grant types out.",
    D10: "Cognito takes S256, and no other method.",
    D19: "Cognito's logout is not the standard one: /logout with client_id and logout_uri.",
    D22: "Cognito's endpoints are on the pool's domain (amazoncognito.com or the customer's own), not on the issuer's host; that is normal.",
    P1: "Without managed login branding Cognito ignores prompt=none and goes to its login page; P4 proves the address then. redirect_mismatch: the address is not among Allowed callback URLs. invalid_scope: the client may not ask for that scope.",
    P4: "Cognito tells a wrong code_challenge_method at a registered redirect URI.",
    P7: "Cognito signs out at /logout?client_id=…&logout_uri=…, so the standard request proves nothing there.",
    S1: "unauthorized_client: the code grant is switched off for this client. invalid_grant may also mean that the client cannot read an attribute that a scope asks for. A client without a secret refuses one.",
  },
  quirks: [
    "A client either has a secret for ever or never has one.",
    "A scope that the client may not ask for ends the sign-in with invalid_scope.",
    "Endpoints are on another host than the issuer.",
  ],
  sources: [
    "docs.aws.amazon.com: Amazon Cognito, authorization endpoint, token endpoint, logout endpoint",
    "Unconfirmed: that a public client refuses a secret, whether its document names S256, P5, P6",
  ],
};
