import type { VerifySubject } from "./subject.ts";
import { hostOf } from "./unanswered.ts";

// Hints about settings at the identity provider. At our own, they name the place in our console. At the customer's own,
// nobody here can set anything: the hint is a line to forward, with the value and the place where their product has it.

/** What is set at a client. */
type Setting = "redirectUri" | "secret" | "publicKey";

type Places = Readonly<Record<Setting, string>>;

const products: readonly { readonly issuer: RegExp; readonly places: Places }[] = [
  {
    issuer: /^https:\/\/login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn)\//,
    places: {
      redirectUri: "Entra admin center: App registrations > the client > Authentication > Web > Redirect URIs",
      secret: "Entra admin center: App registrations > the client > Certificates & secrets > Client secrets",
      publicKey: "Entra admin center: App registrations > the client > Certificates & secrets > Certificates",
    },
  },
  {
    issuer: /^https:\/\/accounts\.google\.com$/,
    places: {
      redirectUri: "Google Cloud console: Google Auth Platform > Clients > the client > Authorized redirect URIs",
      secret: "Google Cloud console: Google Auth Platform > Clients > the client > Client secrets",
      publicKey: "Google takes no keys: use clientAuth: client_secret_post",
    },
  },
  {
    issuer: /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\//,
    places: {
      redirectUri:
        "Amazon Cognito console: the user pool > App clients > the client > Login pages > Allowed callback URLs",
      secret: "Amazon Cognito console: the user pool > App clients > the client > Client secret",
      publicKey: "Cognito takes no keys: use clientAuth: client_secret_post",
    },
  },
  {
    issuer: /\/realms\/[^/]+$/,
    places: {
      redirectUri: "Keycloak admin console: the realm > Clients > the client > Settings > Valid redirect URIs",
      secret: "Keycloak admin console: the realm > Clients > the client > Credentials",
      publicKey: "Keycloak admin console: the realm > Clients > the client > Keys",
    },
  },
  {
    issuer: /^https:\/\/[^/]+\.(?:okta|oktapreview|okta-emea)\.com(?:\/|$)/,
    places: {
      redirectUri: "Okta admin console: Applications > the app > General > Sign-in redirect URIs",
      secret: "Okta admin console: Applications > the app > General > Client Credentials",
      publicKey: "Okta admin console: Applications > the app > General > Client Credentials > Public keys",
    },
  },
  {
    issuer: /^https:\/\/[^/]+\.auth0\.com\/$/,
    places: {
      redirectUri: "Auth0 dashboard: Applications > the application > Settings > Allowed Callback URLs",
      secret: "Auth0 dashboard: Applications > the application > Settings > Client Secret",
      publicKey: "Auth0 dashboard: Applications > the application > Credentials",
    },
  },
  {
    issuer: /^https:\/\/[^/]+\.onelogin\.[a-z.]+\/oidc\/2$/,
    places: {
      redirectUri: "OneLogin: Applications > the app > Configuration > Redirect URIs",
      secret: "OneLogin: Applications > the app > SSO",
      publicKey: "OneLogin: Applications > the app > SSO",
    },
  },
];

/** Where a setting of the client is, in brackets and ready to be put behind a sentence; empty when nobody knows. */
export function placeOf(subject: VerifySubject, setting: Setting): string {
  const place =
    subject.console === undefined
      ? products.find(({ issuer }) => issuer.test(subject.issuer))?.places[setting]
      : subject.console[setting];
  return place === undefined ? "" : ` (${place})`;
}

/** The line to forward to whoever runs the customer's own provider; `ours` where the provider is one of the workspace. */
export function toAdministrator(subject: VerifySubject, line: string, ours: string): string {
  return subject.console === undefined ? `Send to the administrator of ${hostOf(subject.issuer)}: ${line}` : ours;
}
