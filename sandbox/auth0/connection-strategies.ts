/** Every strategy that a connection can have. @see https://auth0.com/docs/api/management/v2/connections/post-connections */
export const strategies = [
  ..."ad adfs amazon apple asana atlassian auth0 auth0-oidc baidu bitbucket bitly box cloudflare-mcp custom".split(" "),
  ..."daccount dropbox dwolla email evernote evernote-sandbox exact facebook fitbit github gitlab google-apps".split(
    " ",
  ),
  ..."google-oauth2 hubspot-mcp instagram ip line linear-mcp linkedin notion-mcp oauth1 oauth2 office365".split(" "),
  ..."oidc okta paypal paypal-sandbox pingfederate planningcenter salesforce salesforce-community".split(" "),
  ..."salesforce-sandbox samlp sentry-mcp sharepoint shop shopify slack sms soundcloud".split(" "),
  ..."thirtysevensignals twitter untappd vkontakte waad weibo windowslive wordpress yahoo yandex".split(" "),
];

/** Connections to another OpenID provider. */
export const oidcStrategies: ReadonlySet<string> = new Set(["oidc", "okta"]);

/** Connections to a customer's own directory, which can be shown as a button. */
export const enterpriseStrategies: ReadonlySet<string> = new Set([
  ...oidcStrategies,
  "ad",
  "adfs",
  "google-apps",
  "office365",
  "pingfederate",
  "samlp",
  "waad",
]);

/** Those that are shown under their name when nothing else is said. */
export const displayedStrategies: ReadonlySet<string> = new Set([...oidcStrategies, "waad"]);

/** Those whose customer is handed a link to set the other side up. */
export const ticketStrategies: ReadonlySet<string> = new Set([
  "ad",
  "adfs",
  "google-apps",
  "pingfederate",
  "samlp",
  "waad",
]);
