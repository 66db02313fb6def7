import type { CodeEntry } from "../code.ts";

export const auth0Codes = {
  AUTH0_CREDENTIALS_REFUSED: {
    cause: "Auth0 did not accept the token, or the client id and secret, of the workspace.",
    mend: "Check that the token is a Management API token that has not run out, or that id and secret belong to a machine-to-machine application of this Auth0 tenant that is authorized for the Management API.",
    exit: 5,
  },
  AUTH0_PERMISSION_MISSING: {
    cause: "The credentials are right, but lack a scope of the Management API.",
    mend: "Grant the scope that the message names to the machine-to-machine application (APIs > Auth0 Management API > Machine to Machine Applications), or get a token that has it.",
    exit: 5,
  },
  AUTH0_NOT_FOUND: {
    cause: "An object was gone when it was about to be used; somebody may have deleted it meanwhile.",
    mend: "Plan again, and read what it proposes.",
    exit: 5,
  },
  AUTH0_REJECTED: {
    cause: "Auth0 refused the values that were sent, or a limit of the Auth0 tenant is reached.",
    mend: "Mend the value that the message names in the tenant's file, then plan again.",
    exit: 5,
  },
  AUTH0_RATE_LIMITED: {
    cause: "Auth0 went on answering 429 for longer than Tenantry waits.",
    mend: "Try again later, lower `limits.share`, or find out what else uses up the Auth0 tenant's rate limit.",
    exit: 5,
  },
  AUTH0_UNAVAILABLE: {
    cause: "Auth0 answered with a fault of its own (status 500 and above), again after a wait.",
    mend: "Look at Auth0's status page and try again. What was begun is resumed.",
    exit: 5,
  },
  AUTH0_UNREACHABLE: {
    cause: "No answer came from the Auth0 tenant: name not found, no route, TLS refused, connection cut or timed out.",
    mend: "Check `domain`, the network and its proxies. What was begun is resumed by the next run.",
    exit: 7,
  },
  AUTH0_UNEXPECTED_ANSWER: {
    cause:
      "Something answered at the Auth0 tenant's address, but not as Auth0 does: a redirect, no JSON, missing fields, too large.",
    mend: "Check that `domain` is the Auth0 tenant's own host name (not its custom domain) and that no proxy answers in its place.",
    exit: 5,
  },
  AUTH0_CONNECTION_MISSING: {
    cause: "A connection that the sign-in names under `enabledConnections:` does not exist at the Auth0 tenant.",
    mend: "Create the connection at Auth0, or mend its name. Names are compared exactly, capitals included.",
    exit: 2,
  },
  AUTH0_KEY_ID: {
    cause:
      "The id of the app's public key is not one that Auth0 takes: 10 to 64 letters, digits, hyphens or underscores.",
    mend: "Give the key another `kid` under `clientKey:`, and let the app send it with its client assertions.",
    exit: 2,
  },
  AUTH0_DUPLICATE: {
    cause:
      "Two clients, or two connections, at the Auth0 tenant carry the same ownership marker, so it cannot be told which one is in use.",
    mend: "Find out which one is in use and remove the `tenantry…` values from the metadata of the other.",
    exit: 4,
  },
  AUTH0_FOREIGN: {
    cause:
      "The client that was about to be changed no longer carries this workspace's and environment's marker, or a connection that is not ours has the name that one of ours should have. It was left alone.",
    mend: "Find out who changed its metadata, or give the connection another name (`auth0: { name: … }`). Tenantry changes only what carries its marker.",
    exit: 4,
  },
  AUTH0_ORGANIZATION_TAKEN: {
    cause:
      "An organization that is not ours has the name that this tenant's organization should have. It was left alone.",
    mend: "Rename or remove that organization, change `organizationName:` of the identity provider, or give the organization its marker back if it was made by Tenantry.",
    exit: 4,
  },
  AUTH0_ORGANIZATION_RENAMED: {
    cause:
      "The tenant's organization, by its marker, has another name than `organizationName` makes of it. A second one was not made.",
    mend: "Put the old `organizationName:` back, or rename the organization at Auth0 to the new name first. Where there are two, find out which one is in use, and remove the other or its `tenantry…` metadata.",
    exit: 4,
  },
  AUTH0_METADATA_FULL: {
    cause:
      "The metadata of an organization or a connection has no room for what Tenantry keeps there: Auth0 allows ten keys.",
    mend: "Remove keys from that metadata that nobody needs, then apply again.",
    exit: 5,
  },
  AUTH0_CREATE_UNCLEAR: {
    cause:
      "It cannot be known whether a client was made: the reply to its create was lost, and looking did not show it.",
    mend: "Apply again in a minute: a client that was made is taken over, and a second one is never made.",
    exit: 7,
  },
  AUTH0_SECRET_MISSING: {
    cause: "Auth0 did not show the client's secret; it does so only to credentials with the scope `read:client_keys`.",
    mend: "Grant `read:client_keys` to the machine-to-machine application, then apply again.",
    exit: 5,
  },
  AUTH0_CONNECTION_RENAMED: {
    cause:
      "The record's connection, by its marker, has another name at Auth0 than it should have. Names never change there.",
    mend: "Name the connection as it is called, by `auth0: { name: … }` at the connection or `connectionName:` of the app. For another name, off-board the connection first.",
    exit: 4,
  },
  AUTH0_CONNECTION_STRATEGY: {
    cause:
      "The connection at Auth0 is of another strategy than the file says, which never changes; or `strategy: okta` was given for a provider that is no Okta org.",
    mend: "Write the strategy that the connection has under `auth0:`, or `oidc`, which fits every provider.",
    exit: 2,
  },
  AUTH0_CONNECTION_GONE: {
    cause:
      "The connection of a record, or the organization that it is to be enabled for, was gone when it was about to be used.",
    mend: "Plan again, and read what it proposes.",
    exit: 5,
  },
  AUTH0_CONNECTION_OFF: {
    cause: "A connection that is switched off was to be switched on without having been written and proven again.",
    mend: "Apply again from the start: it is written as pending and proven before it is switched on.",
    exit: 5,
  },
  AUTH0_CONNECTION_SECRET: {
    cause: "A connection that redeems codes would have been written without a client secret.",
    mend: "See that the identity provider shows the client's secret, or that the reference to the customer's has a value.",
    exit: 5,
  },
  AUTH0_OLD_VALUES_LOST: {
    cause:
      "A change of a live connection could not be taken back: its old values, or the old secret of another client, are kept nowhere any more. The new values stay, as the identity provider has proven them.",
    mend: "Apply again, which finishes the change; or put the old values into the tenant's file and apply with `--hand-over`.",
    exit: 5,
  },
  AUTH0_APPLICATION_MISSING: {
    cause: "An application that `clients:` or `probe:` names does not exist at the Auth0 tenant, or two have its name.",
    mend: "Mend the name, or write the client id of the application instead.",
    exit: 2,
  },
  AUTH0_PROBE: {
    cause:
      "The application of `probe:` is among those that people sign in at, so that they would come in before the connection is proven.",
    mend: "Make an application of its own for the proof (docs/apps/auth0.md), and name it under `probe:`.",
    exit: 2,
  },
  AUTH0_DOMAIN_TAKEN: {
    cause: "Another organization of the Auth0 tenant has verified a domain of this tenant.",
    mend: "Find out whose the domain is. Remove it at the other organization, or from the tenant's file.",
    exit: 4,
  },
} as const satisfies Record<string, CodeEntry>;
