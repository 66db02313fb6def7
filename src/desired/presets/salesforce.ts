import { notKnown, type Preset } from "./shape.ts";

/** Salesforce as identity provider. */
export const salesforce: Preset = {
  name: "salesforce",
  title: "Salesforce",
  issuer: {
    patterns: [
      /^https:\/\/(?:login|test)\.salesforce\.com$/,
      /^https:\/\/[a-z0-9-]+(?:\.[a-z]+)?\.my\.salesforce\.com$/,
    ],
    certainty: "host",
    shape: "https://{my domain}.my.salesforce.com, or https://login.salesforce.com",
    finalSlash: false,
    mistakes: [
      {
        pattern: /^https:\/\/[a-z0-9-]+(?:\.[a-z]+)?\.lightning\.force\.com(?:\/.*)?$/,
        message: "is an address of Salesforce's user interface",
        hint: "write the org's My Domain, such as https://acme.my.salesforce.com",
      },
    ],
  },
  metadata: { claimsUnlisted: true },
  clientAuth: {
    default: "client_secret_post",
    takes: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    mark: "unconfirmed",
  },
  groups: { how: "add a custom attribute with the groups to the app's ID token" },
  claims: { externalId: "sub", email: "email", displayName: "name" },
  probes: {
    promptNone: "unknown",
    faultInjection: "allowed",
    answers: {
      P1: { is: "prompt=none is not confirmed; immediate=true gives `immediate_unsuccessful`", mark: "documented" },
      P2: { is: "as P3", mark: "unconfirmed" },
      P3: {
        is: "a page with error=redirect_uri_mismatch: redirect_uri must match configuration",
        mark: "documented",
      },
      P4: notKnown,
      P5: notKnown,
      P6: notKnown,
      P7: notKnown,
      S1: notKnown,
      S2: notKnown,
    },
  },
  places: {
    redirectUri: "Salesforce Setup: External Client App Manager > the app > OAuth Settings > Callback URL",
    secret: "Salesforce Setup: External Client App Manager > the app > OAuth Settings > Consumer Key and Secret",
    scopes: "Salesforce Setup: External Client App Manager > the app > OAuth Settings > OAuth Scopes",
  },
  notes: {
    D3: "An org with My Domain has its issuer there; a sandbox or a site has another one.",
    P1: "redirect_uri_mismatch: the address is not on a line of its own in Callback URL. A new app takes some minutes to work.",
    S1: "Salesforce calls the client id Consumer Key and the secret Consumer Secret.",
  },
  quirks: [
    "Everybody with a Salesforce account has the issuer https://login.salesforce.com: use My Domain.",
    "Callback URLs stand one to a line.",
  ],
  sources: [
    "help.salesforce.com 001122778, remoteaccess_using_openid_discovery_endpoint, configure_external_client_app_oauth_settings; support.ptc.com: troubleshooting-oauth-errors",
    "Unconfirmed: prompt=none, client authentication, the token endpoint's answers, the minutes",
  ],
};
