import type { CodeEntry } from "../code.ts";

export const sandboxCodes = {
  SANDBOX_RUNNING: {
    cause: "A sandbox with the same folder is running already.",
    mend: "Use the running one, or stop it first with `tenantry sandbox stop`.",
    exit: 2,
  },
  SANDBOX_PORT_TAKEN: {
    cause: "Another process listens on the sandbox's port.",
    mend: "Stop that process, or start the sandbox with another `--port`.",
    exit: 5,
  },
  SANDBOX_FOLDER_FOREIGN: {
    cause: "The sandbox's folder holds files that no sandbox has put there; it would be emptied at the start.",
    mend: "Name a folder of its own, such as `.tenantry/sandbox`.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
