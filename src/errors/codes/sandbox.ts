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
  SANDBOX_ADDRESS_FOREIGN: {
    cause: "The sandbox was told to listen on an address that this machine does not have.",
    mend: "Give `--expose-to-network` an address of this machine, or leave it out: 127.0.0.1 is always there.",
    exit: 2,
  },
  SANDBOX_NOT_RUNNING: {
    cause: "A command needs the sandbox of this workspace, and none is running.",
    mend: "Start it with `tenantry sandbox --background`.",
    exit: 2,
  },
  SANDBOX_REFUSED: {
    cause: "The running sandbox did not take what it was asked to do, and said why.",
    mend: "Change what the message names; `--help` shows examples.",
    exit: 2,
  },
  SANDBOX_FOLDER_FOREIGN: {
    cause: "The sandbox's folder holds files that no sandbox has put there; it would be emptied at the start.",
    mend: "Name a folder of its own, such as `.tenantry/sandbox`.",
    exit: 2,
  },
  SANDBOX_DATA_FOREIGN: {
    cause: "The folder of `--data` holds something else than the world of a sandbox, or is the sandbox's own folder.",
    mend: "Name an empty folder, or one that a sandbox has made with `--data`.",
    exit: 2,
  },
  SANDBOX_DATA_UNWRITABLE: {
    cause: "The world of the sandbox could not be written to the folder of `--data`.",
    mend: "Look at the folder's permissions and at the space on its disk; the world as it was last written is whole.",
    exit: 5,
  },
  SANDBOX_WORLD_INVALID: {
    cause: "A document of a sandbox's world is broken, or something in it has not the shape that the sandbox needs.",
    mend: "Take an export as it was written, or the folder of `--data` from a copy of yours; nothing was changed.",
    exit: 2,
  },
  SANDBOX_WORLD_NEWER: {
    cause: "A document of a sandbox's world was written by a newer Tenantry.",
    mend: "Use that version, or a newer one.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
