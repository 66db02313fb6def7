import type { CodeEntry } from "../code.ts";

export const appfileCodes = {
  APPFILE_PLACE: {
    cause: "The path of an app's file leads out of the workspace, over a symbolic link, or to what is no plain file.",
    mend: "Mend `path` or `template` of the app in tenantry.yaml, or take the link away.",
    exit: 2,
  },
  APPFILE_UNREACHABLE: {
    cause: "An app's file, or its folder, cannot be read or written.",
    mend: "Look at the rights of the folder and the space that is left, then run the command again.",
    exit: 5,
  },
  APPFILE_TEMPLATE_INVALID: {
    cause: "The template of an app's file is not there, is none of its format, or has a placeholder that there is not.",
    mend: "Mend the template; docs/apps/file.md lists the placeholders.",
    exit: 2,
  },
  APPFILE_FOREIGN_RECORD: {
    cause: "A file stands where a connection's should be, and belongs to somebody else. It was not changed.",
    mend: "Name another `path`, or remove the file if it is a leftover.",
    exit: 4,
  },
  APPFILE_RECORD_MISSING: {
    cause: "A connection's file that should be switched on is not there.",
    mend: "Look who else changes the folder, then run the apply again; it writes the file anew.",
    exit: 5,
  },
  APPFILE_RECORD_RETIRED: {
    cause: "The connection was removed and its key is never used again.",
    mend: "Make a new tenant file with a new slug and a new id.",
    exit: 4,
  },
  APPFILE_VALUE_UNFIT: {
    cause: "A value cannot stand in a file as text: it holds a NUL character or is no well-formed Unicode.",
    mend: "Look at what the identity provider or the reference gives.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
