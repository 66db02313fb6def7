import type { CodeEntry } from "../code.ts";

export const applyCodes = {
  APPLY_PROOF_FAILED: {
    cause: "A link was proven wrong, so the connection was not switched on. What was active before still is.",
    mend: "Mend what the failed check names, then run `tenantry apply` again.",
    exit: 6,
  },
  APPLY_SERVER_FIRST: {
    cause:
      "The sign-in's authorization server is not there yet. Okta gives its issuer an id, and everything else goes by the issuer.",
    mend: "Run `tenantry apply`: it makes the server, then plans and applies the rest. With a saved plan, plan again after it.",
    exit: 7,
  },
  APPLY_PROOF_INCONCLUSIVE: {
    cause: "A link that must be proven could not be, so the connection was not switched on.",
    mend: "Look at the inconclusive check; when the provider answers again, run `tenantry apply` again.",
    exit: 7,
  },
  APPLY_RECORD_DIFFERS: {
    cause: "The record that was read back after the hand-over is not what was proven at the identity provider.",
    mend: "See who else writes to the app's database, then run `tenantry apply` again.",
    exit: 6,
  },
  APPLY_GATE_CLOSED: {
    cause: "The evidence is not for exactly what is about to be switched on, or it is too old.",
    mend: "Run `tenantry apply` again: it proves afresh.",
    exit: 6,
  },
  APPLY_KEY_ID_TAKEN: {
    cause: "The app's new key has the id of its old one, so the old one could not stay until the new one is proven.",
    mend: "Give the new key an id of its own (`kid` under clientKey.publicKey, and in the app), then plan and apply.",
    exit: 2,
  },
  APPLY_NOT_OFF: {
    cause: "The app side is off, but the client at the identity provider could not be switched off or deleted.",
    mend: "Look at the client there; nobody comes in through the app meanwhile. Then run `tenantry apply` again.",
    exit: 5,
  },
  APPLY_SANDBOX_ABSENT: {
    cause: "The environment goes to a sandbox, and the sandbox's certificate authority is not there: it has not run.",
    mend: "Start it with `tenantry sandbox --background`, or name another environment with --env.",
    exit: 7,
  },
  APPLY_STORE_UNNAMED: {
    cause: "In CI the store must be named: the disk of a runner forgets locks and evidence.",
    mend: "Set `store: { url: … }` in tenantry.yaml.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
