import type { CodeEntry } from "../code.ts";

export const secretCodes = {
  SECRET_UNRESOLVED: {
    cause:
      "A secret reference leads to nothing: the variable is not set or empty, or the file is missing, empty, above 1 MiB or no plain file.",
    mend: "Set the variable or write the file that the reference names, then run the command again.",
    exit: 2,
  },
  SECRET_LINK: {
    cause:
      "A `file:` reference in a tenant's file leads over a symbolic link in the workspace's folder. Such a link, of a pull request, could give one tenant another's secret. It was not followed.",
    mend: "Put a plain file there, or mount the secrets outside of the checkout and allow their absolute path in `references.tenants`.",
    exit: 2,
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
