import { notKnown, type Preset } from "./shape.ts";

/** Siemens SAM, of which only what Mendix says of its tokens is known: only the tenant file can name it. */
export const siemensSam: Preset = {
  name: "siemens-sam",
  title: "Siemens SAM",
  issuer: { patterns: [], certainty: "none", shape: "as Siemens hands it over" },
  metadata: { scopesUnlisted: true, claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post"],
    mark: "unconfirmed",
  },
  groups: { how: "SAM sends roles, not groups" },
  roles: {
    claim: "sws.samauth.role.name",
    scopes: ["sam_account", "samauth.role", "samauth.tier", "samauth.ten"],
    how: "ask for its four scopes; the roles are made in SAM, for the app",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: notKnown,
      P2: notKnown,
      P3: notKnown,
      P4: notKnown,
      P5: notKnown,
      P6: notKnown,
      P7: notKnown,
      S1: notKnown,
      S2: notKnown,
    },
  },
  places: {
    redirectUri: "ask Siemens: SAM's clients are registered by them",
    secret: "ask Siemens: SAM's clients are registered by them",
  },
  notes: {
    D12: "SAM sends the claim with the roles for its scopes sam_account, samauth.role, samauth.tier, samauth.ten.",
  },
  quirks: ["A role that the app does not know becomes the role User in Mendix apps."],
  sources: [
    "docs.mendix.com: OIDC SSO module, parsing SAM access tokens",
    "Unconfirmed: everything but the claim and its scopes; that ID tokens have the claim too",
  ],
};
