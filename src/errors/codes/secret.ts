import type { CodeEntry } from "../code.ts";

export const secretCodes = {
  SECRET_UNRESOLVED: {
    cause:
      "A secret reference leads to nothing: the variable is not set or empty, the file is missing, empty, above 1 MiB or no plain file, or the secret manager has nothing there.",
    mend: "Set the variable, write the file, or put the value where the reference leads, then run the command again.",
    exit: 2,
  },
  SECRET_LINK: {
    cause:
      "A `file:` reference in a tenant's file leads over a symbolic link in the workspace's folder. Such a link, of a pull request, could give one tenant another's secret. It was not followed.",
    mend: "Put a plain file there, or mount the secrets outside of the checkout and allow their absolute path in `references.tenants`.",
    exit: 2,
  },
  SECRET_FORBIDDEN: {
    cause:
      "A secret manager does not let us read or write a secret: the token has ended, or its rights do not reach there.",
    mend: "Look at the rights that docs/secrets.md lists for the manager, and whether the token is still good.",
    exit: 5,
  },
  SECRET_UNREACHABLE: {
    cause: "A secret manager gave no answer, or none that can be used.",
    mend: "Look whether it can be reached from here and is unsealed, then run the command again.",
    exit: 5,
  },
  SECRET_SDK_MISSING: {
    cause:
      "A reference leads to a secret manager whose vendor's package is not installed. Tenantry does not bring these along.",
    mend: "Install the package that the message names beside Tenantry.",
    exit: 2,
  },
  SECRET_MANAGER_UNNAMED: {
    cause:
      "A reference leads to a secret manager that tenantry.yaml says nothing about, or that may not be asked in this environment.",
    mend: "Say under `secrets:` in tenantry.yaml where it is and how to come in (docs/secrets.md).",
    exit: 2,
  },
  SECRET_SINK_REFUSED: {
    cause:
      "A secret could not be put where the app's `secretSink` names: the place has another form, or changed at the same moment.",
    mend: "Look at what is there, mend it or name another place, then run the command again.",
    exit: 5,
  },
  SECRET_SINK_FOREIGN: {
    cause: "The place that an app's `secretSink` names holds a secret that we did not put there. It was not changed.",
    mend: "Name another place, or remove what is there if it is a leftover.",
    exit: 4,
  },
  SECRET_IN_REPOSITORY: {
    cause:
      "A secret would stand in plain text in a file that could be committed: git does not ignore it, or could not be asked.",
    mend: "Add the file to .gitignore, write it outside of the repository, or name a `secretSink` for the app.",
    exit: 4,
  },
  SECRET_SEAL_KEY_INVALID: {
    cause: "A sealing key is not 32 bytes written as base64, or no sealing key is given.",
    mend: "Make one with `openssl rand -base64 32` and put it where the reference under `sealing.keys` points.",
    exit: 2,
  },
  SECRET_SEAL_KEY_UNKNOWN: {
    cause: "A secret was sealed with a key that is not among the sealing keys given.",
    mend: "Add the old key after the first one under `sealing.keys`, or run `tenantry apply --hand-over NAME`.",
    exit: 5,
  },
  SECRET_SEAL_MALFORMED: {
    cause: "A text that should be a sealed secret does not have the form of one.",
    mend: "Look who else writes to the column, then run `tenantry apply --hand-over NAME`.",
    exit: 5,
  },
  SECRET_SEAL_REFUSED: {
    cause: "A sealed secret does not open where it stands: it was changed, or copied there from another record.",
    mend: "Look who else writes to the column, then run `tenantry apply --hand-over NAME`.",
    exit: 5,
  },
  SECRET_SEAL_TEXT_INVALID: {
    cause: "A secret is empty or not well-formed Unicode, so it cannot be sealed.",
    mend: "Look at what the secret reference or the identity provider gives; a secret is at least one character.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
