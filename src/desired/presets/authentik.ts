import { notKnown, type Preset } from "./shape.ts";

/** authentik, by the path of its applications. */
export const authentik: Preset = {
  name: "authentik",
  title: "authentik",
  issuer: {
    patterns: [/^https:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[\w.~-]+)*\/application\/o\/[\w-]+$/],
    certainty: "path",
    shape: "https://{host}/application/o/{slug}/",
    finalSlash: true,
  },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "none"],
    mark: "reported",
  },
  groups: { claim: "groups", how: "groups stand in the scope `profile`; no other is needed" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: notKnown,
      P2: { is: "as P3, unless a redirect URI is registered as a regular expression", mark: "documented" },
      P3: notKnown,
      P4: notKnown,
      P5: notKnown,
      P6: notKnown,
      P7: notKnown,
      S1: notKnown,
      S2: { is: "refused by client_secret_basic and client_secret_post alike", mark: "reported" },
    },
  },
  places: {
    redirectUri: "authentik admin interface: Applications > Providers > the provider > Redirect URIs/Origins",
    secret: "authentik admin interface: Applications > Providers > the provider > Client Secret",
    scopes: "authentik admin interface: Applications > Providers > the provider > Advanced protocol settings > Scopes",
    signingAlgorithm: "authentik admin interface: Applications > Providers > the provider > Signing Key",
  },
  notes: {
    D3: "authentik's issuer ends with a slash. With the issuer mode Global it is the server's address alone.",
    D7: "authentik signs with HS256 when no signing key is chosen at the provider: choose one.",
    K1: "An empty key set means that no signing key is chosen at the provider.",
    P2: "A redirect URI of the mode Regex may let in more than it should: use Strict.",
    S1: "authentik takes the secret by either method.",
  },
  quirks: [
    "Without a signing key ID tokens are signed with HS256 and the client secret.",
    "Redirect URIs may be regular expressions.",
  ],
  sources: [
    "authentik's OpenAPI (issuer_mode, matching_mode); revel#919 (methods); scrumboy#126, dawarich#2925 (the final slash, in every issuer mode)",
    "Unconfirmed: most answers to probes; labels of the interface. The path /application/o/… could be another product's",
  ],
};
