import { notKnown, type Preset } from "./shape.ts";

/** JumpCloud; one issuer for all its customers of a region. */
export const jumpcloud: Preset = {
  name: "jumpcloud",
  title: "JumpCloud",
  issuer: {
    patterns: [/^https:\/\/oauth\.id\.(?:eu\.|in\.)?jumpcloud\.com$/],
    certainty: "host",
    shape: "https://oauth.id.jumpcloud.com/",
    finalSlash: true,
    mistakes: [
      {
        pattern: /^https:\/\/console\.jumpcloud\.com(?:\/.*)?$/,
        message: "is the address of JumpCloud's admin portal",
        hint: "write https://oauth.id.jumpcloud.com/ with its final slash",
      },
    ],
  },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "none"],
    mark: "unconfirmed",
  },
  groups: {
    claim: "groups",
    how: "tick Include Group Attribute at the app (SSO > Attribute Mapping) and name it `groups`",
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
    redirectUri: "JumpCloud admin portal: User Authentication > SSO Applications > the app > SSO > Redirect URIs",
    secret: "JumpCloud admin portal: User Authentication > SSO Applications > the app > SSO > Client Secret",
    scopes: "JumpCloud admin portal: User Authentication > SSO Applications > the app > SSO > Standard Scopes",
  },
  notes: {
    D3: "JumpCloud's issuer ends with a slash. The hosts of its regions are oauth.id.eu.jumpcloud.com and oauth.id.in.jumpcloud.com.",
    D9: "At JumpCloud the method is set at the app (Client Authentication Type).",
    P1: "How JumpCloud answers prompt=none is not confirmed.",
    S1: "JumpCloud shows a client secret once, when the app is activated; afterwards only a new one helps.",
  },
  quirks: [
    "Every customer of a region has the same issuer; the client tells them apart.",
    "The client secret is shown once.",
  ],
  sources: [
    "jumpcloud.com/support/sso-with-oidc; hoop.dev/docs/configure/idp/jumpcloud; public test fixtures (hosts of the regions)",
    "Unconfirmed: all answers to probes, client authentication, exact labels",
  ],
};
