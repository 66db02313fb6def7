import type { CodeEntry } from "../code.ts";

export const planCodes = {
  PLAN_RECORD_FOREIGN: {
    cause: "A record in the app has our key, but belongs to another workspace, another environment or nobody.",
    mend: "Look at the record named; Tenantry never changes what it does not own.",
    exit: 4,
  },
  PLAN_UNDECLARED: {
    cause: "Something of ours exists that no tenant file declares any more. Removing a file deletes nothing.",
    mend: "Put the file or the connection back with `status: offboarded`.",
    exit: 2,
  },
  PLAN_DRAFT_EXISTS: {
    cause: "A connection is a draft in the file, but its registration or record exists.",
    mend: "Use `status: suspended` to switch it off, or `status: offboarded` to take it away.",
    exit: 2,
  },
  PLAN_ID_CHANGED: {
    cause: "The tenant's public id in the file is not the one in the app. It stands in callbacks and never changes.",
    mend: "Put the old id back into the tenant file.",
    exit: 2,
  },
  PLAN_RETIRED: {
    cause: "The connection was taken away for good and left a tombstone. A retired slug is never used again.",
    mend: "Give the customer a new tenant file with a new slug and a new public id.",
    exit: 4,
  },
  PLAN_UNKNOWN_TENANT: {
    cause: "The tenant or connection that was named is not in the folder.",
    mend: "Check the spelling; `tenantry status` lists what there is.",
    exit: 2,
  },
  PLAN_GUARD_TENANTS: {
    cause: "The plan changes or takes away the sign-in of more tenants than one change may.",
    mend: "Split the change, or acknowledge it by name after a second look.",
    exit: 4,
  },
  PLAN_GUARD_HOT: {
    cause: "The plan changes a value that can put people out or let strangers in.",
    mend: "Acknowledge it by name with --ack, or with an `acknowledge:` entry in the tenant file.",
    exit: 4,
  },
  PLAN_GUARD_DELETE: {
    cause: "The plan deletes or replaces something. That cannot be taken back.",
    mend: "Acknowledge it by name with --ack.",
    exit: 4,
  },
  PLAN_OWN_CLIENT: {
    cause:
      "The client by which Tenantry itself signs in at the identity provider carries a marker of ours, as if it were a customer's. Changing it would lock Tenantry out.",
    mend: "Take the marker off that client, by hand; see docs/ownership.md.",
    exit: 4,
  },
  PLAN_SAVED_UNREADABLE: {
    cause: "The file cannot be read, or is no saved plan.",
    mend: "Make one with `tenantry plan --out FILE`.",
    exit: 2,
  },
  PLAN_SAVED_EDITED: {
    cause: "The saved plan was changed after it was made: its content does not give its checksum.",
    mend: "Make a new one with `tenantry plan --out FILE` and have it reviewed.",
    exit: 4,
  },
  PLAN_SAVED_VERSION: {
    cause: "The saved plan was made by another version of Tenantry, which may read files and systems otherwise.",
    mend: "Apply it with that version, or make a new one with `tenantry plan --out FILE`.",
    exit: 4,
  },
  PLAN_SAVED_OTHER: {
    cause: "The saved plan was made for another workspace or environment.",
    mend: "Apply it there (`--workspace`, `--env`), or make a new one here with `tenantry plan --out FILE`.",
    exit: 4,
  },
  PLAN_SAVED_CLOCK: {
    cause: "The saved plan was made later than it is now by the clock of this machine.",
    mend: "Set the clocks of both machines right, then make a new one.",
    exit: 4,
  },
  PLAN_SAVED_EXPIRED: {
    cause: "The saved plan is older than 24 hours.",
    mend: "Make a new one and have it reviewed.",
    exit: 4,
  },
  PLAN_SAVED_APPLIED: {
    cause: "This very saved plan was applied before, wholly or in part. A plan is applied once.",
    mend: "Make a new one with `tenantry plan --out FILE`: what is left is in it.",
    exit: 4,
  },
  PLAN_STALE: {
    cause: "What would be done now differs from what the saved plan says: the world or the files have changed.",
    mend: "Make a new plan and have it reviewed.",
    exit: 4,
  },
} as const satisfies Record<string, CodeEntry>;
