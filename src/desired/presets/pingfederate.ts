import { notKnown, type Preset } from "./shape.ts";

/** PingFederate, which customers run themselves: only the tenant file can name it. */
export const pingfederate: Preset = {
  name: "pingfederate",
  title: "PingFederate",
  issuer: { patterns: [], certainty: "none", shape: "https://{host}, the server's base URL, often with :9031" },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "documented",
  },
  groups: { how: "add an attribute with the groups to the OpenID Connect policy's attribute contract" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: notKnown,
      P2: notKnown,
      P3: { is: "a page; its text is not known", mark: "unconfirmed" },
      P4: notKnown,
      P5: { is: "PAR where it is switched on", mark: "unconfirmed" },
      P6: notKnown,
      P7: notKnown,
      S1: notKnown,
      S2: notKnown,
    },
  },
  places: {
    redirectUri: "PingFederate administrative console: Applications > OAuth > Clients > the client > Redirection URIs",
    secret: "PingFederate administrative console: Applications > OAuth > Clients > the client > Client Secret",
    publicKey: "PingFederate administrative console: Applications > OAuth > Clients > the client > JWKS",
    signingAlgorithm:
      "PingFederate administrative console: Applications > OAuth > Clients > the client > ID Token Signing Algorithm",
  },
  notes: {
    D1: "PingFederate's document may be closed to the outside; write the endpoints into the tenant file then.",
    D13: "Claims come from the OpenID Connect policy of the client.",
    T1: "Customers run PingFederate themselves: a private certificate authority or a missing intermediate is likely.",
    P1: "How PingFederate answers prompt=none is not confirmed; it depends on its adapters.",
  },
  quirks: [
    "Its paths are /as/authorization.oauth2, /as/token.oauth2 and /pf/JWKS.",
    "Everything is set per client and per policy, so two clients of one server may differ.",
    "Claims named after LDAP attributes (mail, memberOf) are common.",
  ],
  sources: ["Unconfirmed: all answers to probes; the paths of its endpoints; labels of the console"],
};
