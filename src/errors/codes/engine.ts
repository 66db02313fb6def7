import type { CodeEntry } from "../code.ts";

export const engineCodes = {
  ENGINE_TOOL_MISSING: {
    cause:
      "The program that the engine runs (`tofu` or `terraform`, or `pulumi`) is not on PATH, or not where the file says.",
    mend: "Install it, or name it by `engines.terraform.command` or `engines.pulumi.command`; `tenantry engines` says what is there.",
    exit: 5,
  },
  ENGINE_TOOL_OLD: {
    cause: "The program that the engine runs is older than what Tenantry needs of it.",
    mend: "Install a newer version; `tenantry engines` says which.",
    exit: 5,
  },
  ENGINE_PROVIDER_MISSING: {
    cause: "The provider or plugin that speaks to the identity provider is not installed and could not be fetched.",
    mend: "`tenantry engines` prints the commands that install it; or let the run reach its registry or mirror once.",
    exit: 5,
  },
  ENGINE_BACKEND_UNNAMED: {
    cause: "This is CI, and the file does not say where the engine keeps its state: a runner's disk forgets it.",
    mend: "Name a backend under `engines:` in tenantry.yaml; a local one is allowed when it is named.",
    exit: 2,
  },
  ENGINE_BACKEND_UNREACHABLE: {
    cause: "The place where the engine keeps its state could not be reached, or refused this run's credentials.",
    mend: "See that the backend under `engines:` is right, that it can be reached, and that the run has its credentials.",
    exit: 5,
  },
  ENGINE_STATE_LOCKED: {
    cause: "Somebody else holds the lock on the tenant's state, or a run that was killed has left it behind.",
    mend: "Wait for the run that the message names. When it is gone, release the lock with the command that the message gives.",
    exit: 5,
  },
  ENGINE_STATE_UNREADABLE: {
    cause: "The tenant's state cannot be read: wrong passphrase, damaged, or written by a newer version.",
    mend: "Give the passphrase that it was written with, or bring back a copy from the backend's versions.",
    exit: 5,
  },
  ENGINE_CREDENTIALS_REFUSED: {
    cause: "The identity provider refused the credentials that the engine's program was given.",
    mend: "Check the credentials of the identity provider in tenantry.yaml, and that they may do what the message names.",
    exit: 5,
  },
  ENGINE_PLAN_STALE: {
    cause:
      "The state or what is there has changed between the engine's own plan and its apply, or another run works in the same folder.",
    mend: "Nothing was done by this step. Plan again, then apply.",
    exit: 4,
  },
  ENGINE_REPLACE: {
    cause:
      "The engine would delete a client and make another: its client id and its secret would be others, and nobody could sign in.",
    mend: "Take back what cannot be changed in place, or off-board the connection and make a new one.",
    exit: 4,
  },
  ENGINE_NOT_IN_STATE: {
    cause:
      "A client with our marker is there, but not in the engine's state: another engine has made it, a run was killed while making it, or this is not the state that holds it.",
    mend: "First see that `engines:` names the backend that was used before: one client in two states has two masters. Then take it into the state, unchanged, with `tenantry apply --adopt-into`.",
    exit: 4,
  },
  ENGINE_STATE_GONE: {
    cause: "The engine's state holds an object that is not there any more: somebody has deleted it by other means.",
    mend: "Take it out of the state with `tenantry apply --adopt-into`; the plan then shows that it is made anew.",
    exit: 4,
  },
  ENGINE_INTERRUPTED: {
    cause: "The run was asked to stop, and the engine's program has ended what it was doing and written its state.",
    mend: "Apply again: it goes on from what is there.",
    exit: 5,
  },
  ENGINE_TIMED_OUT: {
    cause: "The engine's program did not end within its time and was told to stop.",
    mend: "See what it waits for (its own words are below the message), then try again.",
    exit: 5,
  },
  ENGINE_CRASHED: {
    cause: "The engine's program, or the provider or plugin that it runs, ended by a fault of its own.",
    mend: "Read its own words below the message; another version of it may help. What was begun is resumed.",
    exit: 5,
  },
  ENGINE_FAILED: {
    cause: "The engine's program refused or failed for a reason of its own.",
    mend: "Read its own words below the message, mend what they name, then plan again.",
    exit: 5,
  },
  ENGINE_ANSWER_UNREADABLE: {
    cause: "The engine's program answered something that Tenantry cannot read: a version of it that is not known.",
    mend: "Use a version that docs/engines.md names.",
    exit: 5,
  },
  ENGINE_ENCRYPTION_UNSUPPORTED: {
    cause: "The file asks for encrypted state, which OpenTofu has and Terraform has not.",
    mend: "Use OpenTofu (`command: tofu`), or take `encryption` away and use a backend that encrypts.",
    exit: 2,
  },
  ENGINE_PASSPHRASE_MISSING: {
    cause: "The engine keeps secrets encrypted by a passphrase, and the file names none.",
    mend: "Name it under `engines:` in tenantry.yaml, such as `passphrase: env:PULUMI_CONFIG_PASSPHRASE`.",
    exit: 2,
  },
  ENGINE_PASSPHRASE_SHORT: {
    cause: "The passphrase that encrypts the state is shorter than OpenTofu wants it.",
    mend: "Take one of at least 16 characters, such as 32 random ones.",
    exit: 2,
  },
  ENGINE_UNSUITABLE: {
    cause: "No identity provider of the workspace can be carried by the engine that was asked for.",
    mend: "`terraform` carries Okta, `pulumi` carries Auth0, `direct` both.",
    exit: 2,
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;
