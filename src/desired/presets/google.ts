import type { Preset } from "./shape.ts";

/** Google Workspace; its issuer is that of every Google account. */
export const google: Preset = {
  name: "google",
  title: "Google Workspace",
  issuer: {
    patterns: [/^https:\/\/accounts\.google\.com$/],
    certainty: "host",
    shape: "https://accounts.google.com",
    finalSlash: false,
    mistakes: [
      {
        pattern:
          /^https:\/\/(?:www\.google\.com|google\.com|oauth2\.googleapis\.com|console\.cloud\.google\.com|admin\.google\.com)(?:\/.*)?$/,
        message: "is another address of Google than its issuer",
        hint: "write https://accounts.google.com",
      },
    ],
  },
  metadata: { claimsUnlisted: true, endSession: "none" },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post"],
    mark: "documented",
  },
  groups: {
    scopeRefused: true,
    how: "Google sends no groups: keep the roles in the app",
  },
  scopesRefused: {
    offline_access: "Google gives refresh tokens for `extraParams: { access_type: offline }`",
  },
  claims: {
    never: ["groups"],
    instead: { groups: "Google sends no groups: take `roles` out and keep the roles in the app" },
    externalId: "sub",
    email: "email",
    displayName: "name",
  },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      P1: { is: "an error of the kind `interaction_required` at the redirect URI", mark: "unconfirmed" },
      P2: { is: "as P3", mark: "captured" },
      P3: {
        is: '302 to /signin/oauth/error with authError, or a page of status 200 with data-error-code="redirect_uri_mismatch"',
        mark: "captured",
      },
      P4: { is: "an error page of Google's own", mark: "unconfirmed" },
      P5: { is: "no PAR", mark: "unconfirmed" },
      P6: { is: "query, fragment, form_post", mark: "documented" },
      P7: { is: "none: there is no end_session_endpoint", mark: "unconfirmed" },
      S1: { is: "400 `invalid_grant`: Malformed auth code.", mark: "captured" },
      S2: { is: "401 `invalid_client`", mark: "unconfirmed" },
    },
  },
  secretTraps: [
    {
      pattern: /\.apps\.googleusercontent\.com$/,
      message: "is a client id of Google",
      hint: "What was handed over is the client id; copy the client secret instead",
    },
  ],
  places: {
    redirectUri: "Google Cloud console: Google Auth Platform > Clients > the client > Authorized redirect URIs",
    secret: "Google Cloud console: Google Auth Platform > Clients > the client > Client secrets",
    publicKey: "Google takes no keys: use clientAuth: client_secret_post",
    scopes: "Google Cloud console: Google Auth Platform > Data Access",
    postLogout: "Google has no logout of its own: set logout: { endSession: false }",
  },
  notes: {
    D3: "Google's issuer has no final slash.",
    D9: "Google takes no signed assertions: use client_secret_post or client_secret_basic.",
    D13: "Google sends no groups. hd, the domain, comes for Workspace accounts only.",
    D19: "Google has no end_session_endpoint: set logout: { endSession: false }.",
    D22: "Google's token, userinfo and key endpoints are on other hosts than its issuer; that is normal.",
    P1: "Google's pages may have status 200 and still be an error. redirect_uri_mismatch means the address is not registered letter by letter; invalid_client, that there is no such client.",
    P3: "Google's refusal may be a page of status 200; it is read from its error code.",
    S1: "Google says an unknown client at the authorization endpoint too.",
  },
  quirks: [
    "Everybody with a Google account has this issuer: `require: { hd: … }` says whose people may come in.",
    "prompt=login does nothing.",
    "A change of a redirect URI may take minutes to hours to count.",
  ],
  sources: [
    "Google: OpenID Connect, ID token's payload; a public test fixture of its error pages (October 2026); dev.to googleworkspace",
    "Unconfirmed: P1's exact error, P4, P5, P7, the status of S2, that changes take time",
  ],
};
