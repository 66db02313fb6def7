import type { CodeEntry } from "../code.ts";

export const ruleCodes = {
  RULE_TENANT_TAKEN: {
    cause: "Two files declare the same tenant.",
    mend: "Keep one of the two files.",
    exit: 2,
  },
  RULE_ID_TAKEN: {
    cause: "Two tenants have the same public id. It stands in callbacks, so their sign-ins would mix.",
    mend: "Give the newer tenant an id of its own; never change the id of a tenant that is live.",
    exit: 2,
  },
  RULE_DOMAIN_TAKEN: {
    cause: "Two tenants claim the same e-mail domain. People of one would be sent to the other's sign-in.",
    mend: "Leave the domain with the tenant that owns it.",
    exit: 2,
  },
  RULE_CALLBACK_TAKEN: {
    cause: "Two connections come to the same redirect URI, so the app could not tell them apart.",
    mend: "Put `{id}` (and `{signIn}`, when a tenant has several sign-ins on one app) into the app's callback.",
    exit: 2,
  },
  RULE_CONNECTION_TWICE: {
    cause: "A tenant lists the same app with the same sign-in twice.",
    mend: "Remove one of the two entries.",
    exit: 2,
  },
  RULE_IDP_UNKNOWN: {
    cause: "A sign-in names an identity provider that the workspace does not have.",
    mend: "Name one of `identityProviders:` in tenantry.yaml.",
    exit: 2,
  },
  RULE_APP_UNKNOWN: {
    cause: "A connection names an app that the workspace does not have.",
    mend: "Name one of `apps:` in tenantry.yaml.",
    exit: 2,
  },
  RULE_SIGN_IN_UNKNOWN: {
    cause: "A connection names a sign-in that the tenant does not have.",
    mend: "Name one of the tenant's `signIns:`, or leave `signIn` out for `default`.",
    exit: 2,
  },
  RULE_ENVIRONMENT_UNKNOWN: {
    cause: "A tenant is limited to an environment that the workspace does not have.",
    mend: "Name the workspace's own environment or one under `environments:`.",
    exit: 2,
  },
  RULE_CLIENT_AUTH: {
    cause: "File, app and identity provider have no client authentication in common.",
    mend: "Choose one that both the app and the identity provider can do.",
    exit: 2,
  },
  RULE_GROUPS_CLAIM: {
    cause: "Okta's org authorization server sends no groups claim that could be set up without an API token.",
    mend: "Use a custom authorization server such as `default`, or an API token.",
    exit: 2,
  },
  RULE_DELETE_AFTER: {
    cause: "`deleteAfter` stands on a tenant that is not off-boarded, nor any of its connections.",
    mend: "Remove `deleteAfter`, or set `status: offboarded`.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
