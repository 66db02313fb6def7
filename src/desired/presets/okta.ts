import type { Preset, ProbeAnswer, ProbeId } from "./shape.ts";

/** Hosts of Okta's orgs, as the end of a pattern. */
export const oktaHost = "(?:(?:okta|oktapreview|okta-emea|okta-gov)\\.com|okta\\.mil)";

/** What Okta's two kinds of authorization server have in common. */
export const oktaAnswers: Readonly<Record<ProbeId, ProbeAnswer>> = {
  P1: { is: "`login_required` at the redirect URI", mark: "documented" },
  P2: { is: "as P3; every character counts, upper and lower case too", mark: "documented" },
  P3: {
    is: "400, a page: The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
    mark: "documented",
  },
  P4: { is: "not known; P1 tells enough", mark: "unconfirmed" },
  P5: { is: "PAR where the document names an endpoint", mark: "unconfirmed" },
  P6: { is: "query, fragment, form_post", mark: "documented" },
  P7: { is: "an unregistered address is refused with a page like that of P3", mark: "documented" },
  S1: { is: "400 `invalid_grant`: The authorization code is invalid or has expired", mark: "documented" },
  S2: {
    is: "401 `invalid_client`: The client secret supplied for a confidential client is invalid",
    mark: "documented",
  },
};

/** Where a client is set up, for both kinds of authorization server. */
export const oktaPlaces: Preset["places"] = {
  redirectUri: "Okta admin console: Applications > the app > General > Sign-in redirect URIs",
  secret: "Okta admin console: Applications > the app > General > Client Credentials",
  publicKey: "Okta admin console: Applications > the app > General > Client Credentials > Public keys",
  postLogout: "Okta admin console: Applications > the app > General > Sign-out redirect URIs",
};

/** Somebody pasted the client id. */
export const oktaSecretTraps: Preset["secretTraps"] = [
  {
    pattern: /^0oa[0-9A-Za-z]{17}$/,
    message: "looks like the id of an Okta app",
    hint: "What was handed over looks like the client id; copy the client secret instead",
  },
];

/** What somebody on call should know, for both kinds of authorization server. */
export const oktaNotes: Preset["notes"] = {
  D13: "Okta's document does not list claims that an administrator added.",
  P1: "Okta compares redirect URIs exactly: a final slash and upper or lower case count. access_denied here is a policy or an assignment, not the redirect URI.",
  S1: "A wrong method gives Okta's general text on client credentials, a wrong secret its own; 403 is a network zone, not the secret.",
  S2: "Each wrong secret is a line in Okta's System Log.",
};

/** Okta's org authorization server, the one for single sign-on (concepts/auth-servers of its documentation). */
export const okta: Preset = {
  name: "okta",
  title: "Okta (org authorization server)",
  issuer: {
    patterns: [new RegExp(`^https://[a-z0-9-]+\\.${oktaHost}$`)],
    certainty: "host",
    shape: "https://{org}.okta.com",
    finalSlash: false,
    mistakes: [
      {
        pattern: new RegExp(`^https://[a-z0-9-]+-admin\\.${oktaHost}(?:/.*)?$`),
        message: "is the address of Okta's admin console",
        hint: "leave `-admin` out: the issuer is the org's own address, such as https://acme.okta.com",
      },
    ],
  },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_basic",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    audience: "endpoint",
    mark: "documented",
  },
  groups: {
    scope: "groups",
    claim: "groups",
    how: "add a groups claim at the app (Sign On > OpenID Connect ID Token) and ask for the scope `groups`",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: { promptNone: "returns", faultInjection: "allowed", answers: oktaAnswers },
  secretTraps: oktaSecretTraps,
  places: {
    ...oktaPlaces,
    scopes: "Okta admin console: Applications > the app > Sign On > OpenID Connect ID Token > Group claims filter",
  },
  notes: {
    ...oktaNotes,
    D12: "The org server knows its own scopes only; another needs a custom authorization server.",
    D3: "Two authorization servers of one org have two issuers: with /oauth2/default behind it is another server.",
  },
  quirks: [
    "The org server has no scopes, claims or access policies of its own; those need a custom server.",
    "The groups claim stands in the ID token only.",
    "With a custom domain the issuer is at that domain, depending on the app's issuer mode.",
    "People who are not assigned to the app get access_denied after they signed in.",
  ],
  sources: [
    "support.okta.com, article on the error 400 of redirect_uri; okta-developer-docs: oauth2-error-codes.json, concepts/auth-servers, concepts/okta-organizations",
    "Unconfirmed: P4, P5; the hosts okta-gov.com and okta.mil; labels of the console may have moved",
  ],
};
