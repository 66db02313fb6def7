import type { CodeEntry } from "../code.ts";

export const workosCodes = {
  WORKOS_CREDENTIALS_REFUSED: {
    cause: "WorkOS did not accept the API key of the app.",
    mend: "Check that `apiKey` names a secret key (`sk_…`) of the WorkOS environment that is meant, and that it was not rotated.",
    exit: 5,
  },
  WORKOS_PERMISSION_MISSING: {
    cause: "The API key is right, but WorkOS does not let it do this.",
    mend: "Use a key of the environment that may write organizations and connections, or let WorkOS switch the feature on.",
    exit: 5,
  },
  WORKOS_NOT_FOUND: {
    cause: "An object was gone when it was about to be used; somebody may have deleted it meanwhile.",
    mend: "Plan again, and read what it proposes.",
    exit: 5,
  },
  WORKOS_REJECTED: {
    cause: "WorkOS refused the values that were sent.",
    mend: "Mend the value that the message names in the tenant's file, then plan again.",
    exit: 5,
  },
  WORKOS_RATE_LIMITED: {
    cause: "WorkOS went on answering 429 for longer than Tenantry waits.",
    mend: "Try again later, or find out what else uses up the rate limit.",
    exit: 5,
  },
  WORKOS_UNAVAILABLE: {
    cause: "WorkOS answered with a fault of its own (status 500 and above), again after a wait.",
    mend: "Look at the status page of WorkOS and try again. What was begun is resumed.",
    exit: 5,
  },
  WORKOS_UNREACHABLE: {
    cause: "No answer came from WorkOS: name not found, no route, TLS refused, connection cut or timed out.",
    mend: "Check the network and its proxies. What was begun is resumed by the next run.",
    exit: 7,
  },
  WORKOS_UNEXPECTED_ANSWER: {
    cause: "Something answered at the address of WorkOS, but not as WorkOS does.",
    mend: "Check that no proxy answers in its place.",
    exit: 5,
  },
  WORKOS_FOREIGN: {
    cause: "The organization that was about to be changed does not carry this workspace's and environment's marker.",
    mend: "Find out who owns the organization. Tenantry changes only what carries its marker; give the app another `organization:` template when two share a WorkOS environment.",
    exit: 4,
  },
  WORKOS_DOMAIN_TAKEN: {
    cause:
      "A domain of the tenant belongs to another organization of the same WorkOS environment. Nothing was changed.",
    mend: "Take the domain off the other organization in the WorkOS dashboard, or out of `domains:` of the tenant.",
    exit: 4,
  },
  WORKOS_METADATA_FULL: {
    cause: "An organization's metadata has no room for what Tenantry keeps there: WorkOS allows 50 keys.",
    mend: "Remove keys from the organization's metadata that nobody needs, then apply again.",
    exit: 5,
  },
  WORKOS_METADATA_BROKEN: {
    cause: "What Tenantry keeps in an organization's metadata was changed by somebody and cannot be read any more.",
    mend: "Put the `tenantry_…` values of the organization's metadata back as they were.",
    exit: 5,
  },
  WORKOS_ORGANIZATION_MISSING: {
    cause: "The tenant's organization is not there, or not any more.",
    mend: "Apply again: it is made first.",
    exit: 5,
  },
  WORKOS_RECORD_MISSING: {
    cause: "There is no connection of ours to switch on.",
    mend: "Plan again, and read what it proposes.",
    exit: 5,
  },
  WORKOS_RECORD_RETIRED: {
    cause: "The connection was removed for good; its key is never used again.",
    mend: "Give the tenant another slug.",
    exit: 4,
  },
  WORKOS_CONNECTIONS_OFF: {
    cause:
      "This WorkOS environment does not let connections be made by API: the migration capabilities of the Connections API are off.",
    mend: "Ask WorkOS to switch on the Connections API migration capabilities, or write `connections: handOff` (and no `callback`) at the app.",
    exit: 5,
  },
  WORKOS_CONNECTION_OTHER: {
    cause: "The tenant's organization has a connection already that is not ours, and WorkOS allows one.",
    mend: "Find out who uses it; when nobody does, delete it in the WorkOS dashboard, then plan again.",
    exit: 4,
  },
  WORKOS_CONNECTION_INACTIVE: {
    cause: "WorkOS says of the connection that it lets nobody in (`draft`, `inactive`, `requires_type`).",
    mend: "Activate the connection in the WorkOS dashboard, then apply again.",
    exit: 5,
  },
  WORKOS_CHANGE_BY_HAND: {
    cause: "WorkOS has no call that changes a connection, and a value or the secret of a connection is another now.",
    mend: "Change it at the connection in the WorkOS dashboard, then apply again; or suspend the connection and make it active again, which makes it anew with another callback.",
    exit: 4,
  },
  WORKOS_CALLBACK_CHANGED: {
    cause: "The connection had to be made anew, and WorkOS gave it another callback than the one that was proven.",
    mend: "Apply again: the client is given the new callback, and everything is proven with it.",
    exit: 5,
  },
  WORKOS_ATTRIBUTE_MISSING: {
    cause: "A custom attribute of the attribute map does not exist in the WorkOS environment.",
    mend: "Create the attribute in the WorkOS dashboard (Authentication, Custom attributes), or take the claim out of `claims:`.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
