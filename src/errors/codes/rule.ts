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
  RULE_CALLBACK_SIGN_IN: {
    cause: "Two sign-ins of a tenant on one app come to the same redirect URI, because the callback lacks `{signIn}`.",
    mend: "Put `{signIn}` into the app's callback in tenantry.yaml.",
    exit: 2,
  },
  RULE_CLIENT_TAKEN: {
    cause: "Two connections have one client: the same issuer and client id. Its secret would spread between them.",
    mend: "Ask the customer for a client of its own for each connection.",
    exit: 2,
  },
  RULE_DOMAIN_CONSUMER: {
    cause: "Anybody can have an address at this domain, so strangers would be sent to the tenant's sign-in.",
    mend: "Name the domains that the company owns.",
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
  RULE_CLIENT_KEY: {
    cause: "`private_key_jwt` is agreed, but the app has no key, or one that the identity provider does not take.",
    mend: "Give the app a `clientKey` that the identity provider takes (Auth0: RSA), or choose another `clientAuth`.",
    exit: 2,
  },
  RULE_PKCE_MISSING: {
    cause: "A client without any authentication has PKCE switched off, so whoever sees a code can redeem it.",
    mend: "Remove `pkce: off`, or choose a `clientAuth`.",
    exit: 2,
  },
  RULE_HOST_FORBIDDEN: {
    cause: "A tenant's file gives an org in place whose host `references.hosts` of tenantry.yaml does not list.",
    mend: "If it is the customer's, list the host under `references.hosts` in tenantry.yaml; otherwise correct it.",
    exit: 2,
  },
  RULE_SERVER_ENGINE: {
    cause:
      "A sign-in names its authorization server by name, and the identity provider is carried by an engine's program.",
    mend: "Write the server's id, or let `direct` carry the identity provider.",
    exit: 2,
  },
  RULE_SERVER_TWICE: {
    cause: "Two sign-ins describe one authorization server in different ways.",
    mend: "Describe it alike, or only name it in one of them.",
    exit: 2,
  },
  RULE_INLINE_TWICE: {
    cause: "An org that a tenant's file gives in place is named elsewhere too, so each would take the other's clients.",
    mend: "Name the org once: in tenantry.yaml when several need it, otherwise in one tenant's file.",
    exit: 2,
  },
  RULE_REFERENCE_FORBIDDEN: {
    cause: "A tenant's file uses a secret reference that `references.tenants` does not allow this tenant.",
    mend: "Put the secret where the tenant may have it, or widen `references.tenants` in tenantry.yaml.",
    exit: 2,
  },
  RULE_FIELD_FOREIGN: {
    cause: "A sign-in has a field that its kind of identity provider cannot express.",
    mend: "Remove the field, or name an identity provider of the kind that has it.",
    exit: 2,
  },
  RULE_ASSIGNMENT_MISSING: {
    cause: "Nothing says who may come in: no `groups` or `everyone` at Okta, no `enabledConnections` at Auth0.",
    mend: "Say who may come in, or set `status: draft`.",
    exit: 2,
  },
  RULE_EXTERNAL_MISSING: {
    cause: "A value that the customer must hand over is missing, and the tenant is no draft.",
    mend: "Add the value, or set `status: draft` until it is there.",
    exit: 2,
  },
  RULE_ORGANIZATION_NAME: {
    cause: "The tenant's organization at Auth0 has a name that is too long, or two display names.",
    mend: "Shorten `organizationName` in tenantry.yaml, or write one display name.",
    exit: 2,
  },
  RULE_ISSUER_OF_NOBODY: {
    cause: "The issuer is Entra ID's `common`, `organizations` or `consumers`, which no token carries.",
    mend: "Write the issuer of the customer's own directory.",
    exit: 2,
  },
  RULE_ISSUER_SHARED: {
    cause: "Others have the same issuer, and no `require` says whose people may come in.",
    mend: "Add `require:` with a claim that only the customer's people have, such as `hd` at Google.",
    exit: 2,
  },
  RULE_CONNECTION_SHARED: {
    cause:
      "Two tenants let people in by one connection of an Auth0 tenant, and no `require` tells them apart: people of one would come in as the other's.",
    mend: "Give each customer a connection of its own, or add `require:` with a claim that has another value for each.",
    exit: 2,
  },
  RULE_ISSUER_MISTAKEN: {
    cause: "The issuer is another address of a known product: its console, an old version, or an incomplete one.",
    mend: "Write the issuer as the hint says; docs/presets.md shows each product's.",
    exit: 2,
  },
  RULE_ISSUER_SLASH: {
    cause:
      "The issuer ends with a slash where the product's does not, or the other way round. Tokens carry the right one.",
    mend: "Write the issuer with or without its final slash, as the hint says.",
    exit: 2,
  },
  RULE_PRESET_UNKNOWN: {
    cause: "A sign-in names a preset that there is not.",
    mend: "Name one of docs/presets.md, or leave `preset` out.",
    exit: 2,
  },
  RULE_PRESET_CONTRADICTS: {
    cause: "A sign-in names the preset of one product, and its issuer is that of another.",
    mend: "Leave `preset` out where the issuer tells the product, or mend the issuer.",
    exit: 2,
  },
  RULE_CLAIM_NEVER_SENT: {
    cause: "A sign-in demands a claim, or takes roles from one, that the product never sends: nobody would come in.",
    mend: "Demand a claim that the product sends; docs/presets.md names them.",
    exit: 2,
  },
  RULE_SCOPE_REFUSED: {
    cause: "The provider is known to refuse a scope that the file asks for, and with it the whole sign-in.",
    mend: "Take the scope out of `scopes`.",
    exit: 2,
  },
  RULE_SESSION: {
    cause: "The idle time of a session is longer than the session may last.",
    mend: "Write an `idle` that is shorter than `absolute`.",
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
  RULE_ATTEST_CHECK: {
    cause: "An entry under `attest:` names a check that there is not, or that nobody can stand for.",
    mend: "Name the check that the proof called inconclusive, or remove the entry.",
    exit: 2,
  },
  RULE_ATTEST_DATES: {
    cause: "An entry under `attest:` ends before it begins, or counts for more than a year.",
    mend: "Write the day of the test sign-in under `on`, and a later day, at most a year on, under `expires`.",
    exit: 2,
  },
  RULE_APP_ENTRY: {
    cause: "A connection has a block for another kind of app, or its block lacks or holds what its app cannot take.",
    mend: "Write the block that is named after the app's kind, as docs/apps says.",
    exit: 2,
  },
  RULE_APP_CANNOT: {
    cause: "The file says something that the app has no place for (docs/capabilities.md).",
    mend: "Take it out, or give this app a second sign-in without it.",
    exit: 2,
  },
  RULE_APP_NAME_TAKEN: {
    cause: "Two connections have one name at their app: a route, an enterprise connection, a set of constants.",
    mend: "Give each connection one of its own.",
    exit: 2,
  },
  RULE_SINK_UNUSED: {
    cause: "An app names a `secretSink`, and apps of its kind put no secret anywhere but into the record.",
    mend: "Take `secretSink` out of the app in tenantry.yaml.",
    exit: 2,
  },
  RULE_SINK_SHARED: {
    cause: "Two connections would have their secrets, or their files, in one place: each would overwrite the other's.",
    mend: "Put `{app}` and `{signIn}` besides `{tenant}` into the app's `secretSink` or `path`.",
    exit: 2,
  },
  RULE_ATTEST_TWICE: {
    cause: "Two entries under `attest:` stand for the same check.",
    mend: "Keep the newest entry alone.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
