import type { CodeEntry } from "../code.ts";

export const kongCodes = {
  KONG_UNREACHABLE: {
    cause: "The Admin API of a Kong gateway cannot be reached, or did not answer in time.",
    mend: "Look whether `adminApi.url` is right and can be reached from here, then run the command again.",
    exit: 5,
  },
  KONG_CREDENTIALS_REFUSED: {
    cause: "The Admin API of a Kong gateway does not take the token, or lets it do too little.",
    mend: "Look at `adminApi.token`: it is sent as `Kong-Admin-Token`, and its role must read routes and services and write plugins in the workspace.",
    exit: 5,
  },
  KONG_REJECTED: {
    cause: "The Admin API of a Kong gateway refused what was asked.",
    mend: "Read what it says. A field that this version does not have: set `version`. A name that is taken: somebody else has it there.",
    exit: 5,
  },
  KONG_UNEXPECTED_ANSWER: {
    cause: "What answers as the Admin API of a Kong gateway answered in an unknown shape.",
    mend: "Look whether `adminApi.url` is the Admin API's address, and not the gateway's own.",
    exit: 5,
  },
  KONG_TARGET_MISSING: {
    cause: "A route, service or workspace that a tenant's file names is not at the gateway.",
    mend: "Make it there first, or name the right one: Tenantry makes no routes.",
    exit: 4,
  },
  KONG_FOREIGN: {
    cause: "Something at the gateway has our id or place, and does not carry our tags.",
    mend: "Remove it there, or put the connection on another route. Tenantry changes nothing that is not its own.",
    exit: 4,
  },
  KONG_RECORD_MISSING: {
    cause: "A record that is to be changed is not at the gateway, or was removed for good.",
    mend: "Run `tenantry plan` to see what is there.",
    exit: 4,
  },
  KONG_SECRET_LOST: {
    cause:
      "Old values of a plugin cannot be put back: their secret was only in the memory of the run that replaced them.",
    mend: "Run `tenantry apply` again: it goes on with the new values.",
    exit: 5,
  },
  KONG_SECRET_MISSING: {
    cause: "A plugin would be written without the client secret that its client authentication needs.",
    mend: "Hand a secret over, or choose another `clientAuth`.",
    exit: 4,
  },
  KONG_VALUE_REFUSED: {
    cause:
      "A value would mean something else to Kong or to decK than what it says: template code or a reference to a vault.",
    mend: "Have the value changed where it comes from: it must hold no decK template and be no `{vault://…}`.",
    exit: 4,
  },
  KONG_DECK_UNREADABLE: {
    cause: "The decK file cannot be read or written, or is no YAML before its templates are filled in.",
    mend: "Give Tenantry a decK file of its own; `deck gateway sync` takes several.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
