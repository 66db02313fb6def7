import type { Preset } from "./shape.ts";

/** Auth0, by its own address; with a custom domain the tenant file names it. */
export const auth0: Preset = {
  name: "auth0",
  title: "Auth0",
  issuer: {
    patterns: [/^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)?\.auth0\.com$/],
    certainty: "host",
    shape: "https://{tenant}.{region}.auth0.com/",
    finalSlash: true,
    mistakes: [
      {
        pattern: /^https:\/\/manage\.auth0\.com(?:\/.*)?$/,
        message: "is the address of Auth0's dashboard",
        hint: "write the tenant's own address with its final slash, such as https://acme.eu.auth0.com/",
      },
    ],
  },
  metadata: { claimsUnlisted: true, endSession: "standard" },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "documented",
  },
  groups: {
    how: "add a claim with a name that is a URL in a post-login Action, such as https://acme.example/roles",
  },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "returns",
    faultInjection: "allowed",
    answers: {
      P1: { is: "`login_required` at the redirect URI", mark: "documented" },
      P2: { is: "as P3; a wildcard for subdomains may be registered", mark: "documented" },
      P3: { is: "Auth0's page Callback URL mismatch, or 302 to the tenant's own error page", mark: "documented" },
      P4: { is: "every error goes to a registered redirect URI", mark: "documented" },
      P5: { is: "PAR where the tenant has it", mark: "unconfirmed" },
      P6: { is: "query, fragment, form_post, web_message", mark: "documented" },
      P7: { is: "an error page for an address that is not among Allowed Logout URLs", mark: "unconfirmed" },
      S1: { is: "403 `invalid_grant`: Invalid authorization code", mark: "unconfirmed" },
      S2: { is: "401 `access_denied`: Unauthorized", mark: "reported" },
    },
  },
  places: {
    redirectUri: "Auth0 dashboard: Applications > the application > Settings > Allowed Callback URLs",
    secret: "Auth0 dashboard: Applications > the application > Settings > Client Secret",
    publicKey: "Auth0 dashboard: Applications > the application > Credentials",
    postLogout: "Auth0 dashboard: Applications > the application > Settings > Allowed Logout URLs",
    signingAlgorithm:
      "Auth0 dashboard: Applications > the application > Settings > Advanced Settings > OAuth > JSON Web Token Signature Algorithm",
  },
  notes: {
    D3: "Auth0's issuer ends with a slash. With a custom domain the issuer is at that domain once people sign in there.",
    D7: "Old Auth0 applications may sign with HS256: set RS256 at the application.",
    D13: "Custom claims of Auth0 have a URL as their name and stand in no document.",
    D19: "Auth0 names its end_session_endpoint only where the tenant has switched that on.",
    P1: "Auth0 looks at the callback before anything else, and may show the tenant's own error page instead of its own.",
    S1: "access_denied with the text Unauthorized means a wrong client id or secret, not a policy.",
    S2: "Auth0 logs each failed exchange as feacft in the tenant log.",
  },
  quirks: [
    "The issuer ends with a slash; nearly every mismatch is that.",
    "A claim that is no standard one needs a name that is a URL.",
    "unauthorized_client at the token endpoint names a grant type that the application does not have.",
  ],
  sources: [
    "auth0.com/docs: hosted-pages/error-pages, silent authentication; auth0/laravel-auth0#42; auth0-python-web-app#62",
    "Unconfirmed: the statuses of P3 and S1, end_session_endpoint in the document, PAR",
  ],
};
