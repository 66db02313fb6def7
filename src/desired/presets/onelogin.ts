import { notKnown, type Preset } from "./shape.ts";

/** OneLogin, version 2 of its OpenID Connect. */
export const onelogin: Preset = {
  name: "onelogin",
  title: "OneLogin",
  issuer: {
    patterns: [/^https:\/\/[a-z0-9-]+\.onelogin\.com\/oidc\/2$/],
    certainty: "host",
    shape: "https://{subdomain}.onelogin.com/oidc/2",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/openid-connect(?:-eu)?\.onelogin\.com\/oidc\/?$/,
        message: "is the issuer of version 1 of OneLogin's OpenID Connect",
        hint: "write https://<subdomain>.onelogin.com/oidc/2",
      },
      {
        pattern: /^https:\/\/[a-z0-9-]+\.onelogin\.com(?:\/oidc)?\/?$/,
        message: "lacks the end of OneLogin's issuers",
        hint: "write https://<subdomain>.onelogin.com/oidc/2",
      },
    ],
  },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "none"],
    mark: "documented",
  },
  groups: {
    scope: "groups",
    claim: "groups",
    how: "add the parameter Groups at the app (Parameters) and ask for the scope `groups`",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: { is: "as oidc-provider, which it resembles", mark: "unconfirmed" },
      P2: { is: "as P3", mark: "unconfirmed" },
      P3: { is: "a page: redirect_uri did not match any client's registered redirect_uris", mark: "unconfirmed" },
      P4: notKnown,
      P5: { is: "no PAR in its document", mark: "documented" },
      P6: { is: "query, fragment, form_post", mark: "documented" },
      P7: notKnown,
      S1: notKnown,
      S2: { is: "the method must be the app's own exactly", mark: "reported" },
    },
  },
  places: {
    redirectUri: "OneLogin: Applications > the app > Configuration > Redirect URIs",
    secret: "OneLogin: Applications > the app > SSO",
    publicKey: "OneLogin: Applications > the app > SSO",
    postLogout: "OneLogin: Applications > the app > Configuration > Post Logout Redirect URIs",
  },
  notes: {
    D3: "OneLogin's issuer holds the subdomain and ends with /oidc/2. With a custom domain it is at that domain.",
    D9: "At OneLogin the app's Token Endpoint (Basic, POST or None) must be what the tenant file says.",
    P1: "How OneLogin answers prompt=none is not confirmed.",
    S1: "OneLogin is strict about the method: the app's setting Basic, POST or None must equal clientAuth.",
  },
  quirks: ["The token endpoint's method is a setting of the app (SSO > Token Endpoint)."],
  sources: [
    "developers.onelogin.com/openid-connect: provider-config, upgrade; onelogin/onelogin-oidc-node#1",
    "Unconfirmed: most answers to probes; labels of the console",
  ],
};
