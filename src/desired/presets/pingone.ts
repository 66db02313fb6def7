import { notKnown, type Preset } from "./shape.ts";

/** PingOne, Ping Identity's cloud. */
export const pingone: Preset = {
  name: "pingone",
  title: "PingOne",
  issuer: {
    patterns: [/^https:\/\/auth\.pingone\.(?:com|ca|eu|com\.au|sg|asia)\/[0-9a-f-]{36}\/as$/],
    certainty: "host",
    shape: "https://auth.pingone.{com, ca, eu, com.au, sg, asia}/{environment id}/as",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/auth\.pingone\.(?:com|ca|eu|com\.au|sg|asia)\/[0-9a-f-]{36}\/?$/,
        message: "lacks the end of PingOne's issuers",
        hint: "add /as behind the environment id",
      },
    ],
  },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "documented",
  },
  groups: { how: "map an attribute to the user's group names at the application" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: notKnown,
      P2: notKnown,
      P3: {
        is: "a page: The request could not be completed. One or more validation errors were in the request.",
        mark: "documented",
      },
      P4: notKnown,
      P5: notKnown,
      P6: notKnown,
      P7: { is: "an end_session_endpoint named signoff", mark: "documented" },
      S1: notKnown,
      S2: notKnown,
    },
  },
  places: {
    redirectUri: "PingOne admin console: Applications > Applications > the app > Configuration > Redirect URIs",
    secret: "PingOne admin console: Applications > Applications > the app > Overview > Client Secret",
    scopes: "PingOne admin console: Applications > Applications > the app > Resources",
    postLogout: "PingOne admin console: Applications > Applications > the app > Configuration > Signoff URLs",
  },
  notes: {
    D9: "At PingOne the method is set at the application (Token Endpoint Authentication Method).",
    D13: "Claims beyond sub come from the application's attribute mappings.",
    P1: "How PingOne answers prompt=none is not confirmed. A page on validation errors means the redirect URI or the client.",
    S1: "PingOne wants exactly the method that is set at the application.",
  },
  quirks: [
    "The application must be switched on.",
    "The top-level domain is the region's.",
    "PingOne for Enterprise is another product with other addresses.",
  ],
  sources: [
    "docs.pingidentity.com: p1_troubleshooting_nodejs_express_app, domain reference; apidocs.pingidentity.com: OpenID Connect/OAuth 2",
    "Unconfirmed: most answers to probes; labels of the console; the text of S1",
  ],
};
