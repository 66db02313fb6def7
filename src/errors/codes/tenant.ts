import type { CodeEntry } from "../code.ts";

export const tenantCodes = {
  TENANT_UNKNOWN_KEY: {
    cause: "The file holds a key that the model does not know.",
    mend: "Correct the key's spelling, or remove it.",
    exit: 2,
  },
  TENANT_MISSING_KEY: {
    cause: "A key that must be there is missing.",
    mend: "Add the key.",
    exit: 2,
  },
  TENANT_WRONG_VALUE: {
    cause: "A value has the wrong type or a form that is not allowed there.",
    mend: "Write the value in the form that the message names.",
    exit: 2,
  },
  TENANT_LITERAL_SECRET: {
    cause: "A secret is written into a tenant's file instead of a reference to it.",
    mend: "Take the secret out of the history too, have it replaced, and write `env:NAME`, `file:PATH` or a secret manager's reference (docs/secrets.md).",
    exit: 2,
  },
  TENANT_FILE_NAME: {
    cause: "The tenant's slug and the name of its file differ.",
    mend: "Rename the file to `<tenant>.yaml`. A tenant's slug never changes.",
    exit: 2,
  },
  TENANT_NOT_A_FILE: {
    cause: "Something in `tenants/` is not a plain `.yaml` file: a folder, a link, or `.yml`.",
    mend: "Keep only `<tenant>.yaml` files in `tenants/`.",
    exit: 2,
  },
  TENANT_NONE: {
    cause: "The folder `tenants/` holds no tenant. With none, everything that exists would look abandoned.",
    mend: "Check that you are in the right folder and branch, or write the first tenant file.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
