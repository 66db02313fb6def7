import type { CodeEntry } from "../code.ts";

export const cliCodes = {
  CLI_USAGE: {
    cause: "The command line does not say what one of the commands takes.",
    mend: "See `tenantry --help`, or `--help` after the command.",
    exit: 2,
  },
  CLI_SECRET_LITERAL: {
    cause: "A flag that takes a reference to a secret was given something else, perhaps the secret itself.",
    mend: "Write env:NAME or file:PATH. What stands on a command line is seen by others of this machine and kept in the shell's history: if it was the secret, replace it.",
    exit: 2,
  },
  CLI_CONFIRMATION_NEEDED: {
    cause: "The command changes something, there is no terminal to ask at, and --yes was not given.",
    mend: "Look at `tenantry plan` first, then give --yes.",
    exit: 2,
  },
  CLI_NOT_CONFIRMED: {
    cause: "The question was not answered with yes. Nothing was changed.",
    mend: "Run the command again when you are sure.",
    exit: 2,
  },
  CLI_FILES_INVALID: {
    cause: "The workspace's files have issues; each has a code of its own.",
    mend: "Mend the issues; `tenantry validate` lists them.",
    exit: 2,
  },
  CLI_CHANGED_NO_REPOSITORY: {
    cause: "`--changed` asks git what has changed, and the workspace is in no checkout.",
    mend: "Name the tenants with --only, or run it in the checkout.",
    exit: 2,
  },
  CLI_CHANGED_REF_NEEDED: {
    cause: "`--changed` without a commit means since the default branch, and git does not know which that is.",
    mend: "Name it: `--changed origin/main`; or let git find it with `git remote set-head origin --auto`.",
    exit: 2,
  },
  CLI_CHANGED_REF_UNKNOWN: {
    cause: "Git knows no commit by the name that `--changed` was given.",
    mend: "Check the spelling, or fetch it first: `git fetch origin main`.",
    exit: 2,
  },
  CLI_CHANGED_SHALLOW: {
    cause: "The clone is shallow: the commit at which the branch left its base is not in it.",
    mend: "Fetch its whole history (`git fetch --unshallow`; `fetch-depth: 0` of actions/checkout).",
    exit: 2,
  },
  CLI_CHANGED_UNRELATED: {
    cause: "The commit that `--changed` was given has no history in common with HEAD.",
    mend: "Name a commit that HEAD comes from, such as `origin/main`.",
    exit: 2,
  },
  CLI_CHANGED_GIT_FAILED: {
    cause: "Git could not be started, or refused to tell what has changed.",
    mend: "Run `git status` in the workspace and mend what it says, or name the tenants with --only.",
    exit: 5,
  },
  CLI_STOPPED_BY_GUARD: {
    cause: "A guard stops the plan until somebody acknowledges it by name.",
    mend: "Look at the plan again, then give the --ack that it names.",
    exit: 4,
  },
  CLI_OUTPUT_UNWRITABLE: {
    cause:
      "A file, or the result itself, cannot be written. A command that is done leaves with 5 when its result is lost.",
    mend: "Check the path, the permissions and the space left.",
    exit: 2,
  },
  CLI_NEW_INCOMPLETE: {
    cause: "`tenantry new` was not told all it needs, and there is no terminal to ask at.",
    mend: "Give the flags that the message names, or run it at a terminal.",
    exit: 2,
  },
  CLI_NEW_ABANDONED: {
    cause: "The questions of `tenantry new` were not answered to their end. Nothing was written.",
    mend: "Run it again; what is given as a flag is not asked.",
    exit: 2,
  },
  CLI_NEW_EXISTS: {
    cause: "A file of that tenant is there already. `tenantry new` never overwrites.",
    mend: "Edit that file, or choose another slug.",
    exit: 2,
  },
  CLI_SANDBOX_FAILED: {
    cause: "The sandbox did not start, most often because its port is in use.",
    mend: "Look at the message; another port needs the same `connect:` in tenantry.yaml.",
    exit: 5,
  },
  CLI_BUG: {
    cause: "Tenantry did something that it never should. Nothing you wrote can be the reason.",
    mend: "Report it with the output of the same command and --debug.",
    exit: 1,
  },
} as const satisfies Record<string, CodeEntry>;
