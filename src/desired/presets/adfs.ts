import { notKnown, type Preset } from "./shape.ts";

/** AD FS, which customers run themselves; `/adfs` is its path, though not for certain. */
export const adfs: Preset = {
  name: "adfs",
  title: "AD FS",
  issuer: {
    patterns: [/^https:\/\/[a-z0-9.-]+(?::\d+)?\/adfs$/],
    certainty: "path",
    shape: "https://{host}/adfs",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/[^/]+\/adfs\/(?:services\/trust|ls)\/?$/,
        message: "is another address of AD FS than the issuer of its ID tokens",
        hint: "write https://<host>/adfs",
      },
    ],
  },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    mark: "unconfirmed",
  },
  groups: {
    how: "add an issuance rule that sends the groups to the Web API, and ask for the scope `allatclaims`",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: { is: "200, the sign-in page; with Windows sign-in a code may come", mark: "captured" },
      P2: { is: "as P3", mark: "captured" },
      P3: { is: "a page with MSIS9224, status 200; an unknown client MSIS9223", mark: "captured" },
      P4: notKnown,
      P5: notKnown,
      P6: notKnown,
      P7: notKnown,
      S1: notKnown,
      S2: notKnown,
    },
  },
  places: {
    redirectUri: "AD FS Management: Application Groups > the group > the server application > Redirect URI",
    secret: "AD FS Management: Application Groups > the group > the server application > Client secret",
    scopes: "AD FS Management: Application Groups > the group > the Web API > Client Permissions",
  },
  notes: {
    D3: "The issuer of ID tokens is https://<host>/adfs; http://<host>/adfs/services/trust is that of access tokens.",
    D13: "AD FS sends claims beyond the standard ones in the ID token only with the scope allatclaims and issuance rules.",
    T1: "Customers run AD FS themselves: a private certificate authority is likely.",
    P1: "MSIS9224: the redirect URI is not registered. MSIS9223: the client id is unknown. MSIS9221: none was sent. A code without a sign-in comes from Windows sign-in inside the customer's network.",
    P3: "AD FS shows its errors with status 200.",
  },
  quirks: [
    "A server application and a Web API belong together in one application group.",
    "A confidential client that asks for response_type token is refused with MSIS9358.",
  ],
  sources: [
    "Public test fixtures of its error pages; civiform#2829 (allatclaims)",
    "Unconfirmed: client authentication, P4 to P7, S1, S2. The path /adfs could be another product's",
  ],
};
