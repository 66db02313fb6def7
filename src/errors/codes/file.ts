import type { CodeEntry } from "../code.ts";

export const fileCodes = {
  FILE_UNREADABLE: {
    cause: "The file is not there, is a folder, or may not be read.",
    mend: "Check the path and the permissions of the file.",
    exit: 2,
  },
  FILE_TOO_LARGE: {
    cause: "The file is larger than a file of its kind can be. It was not parsed.",
    mend: "Keep one customer per file and nothing but the fields of the model in it.",
    exit: 2,
  },
  FILE_NOT_UTF8: {
    cause: "The file is not UTF-8 text.",
    mend: "Save the file as UTF-8.",
    exit: 2,
  },
  FILE_CONTROL_CHARACTER: {
    cause:
      "The file holds a control character, a byte order mark or another hidden character, as it is or as an escape.",
    mend: "Remove the hidden character or its escape at the position given.",
    exit: 2,
  },
  FILE_EMPTY: {
    cause: "The file has no content.",
    mend: "Write the file's fields, or delete the file.",
    exit: 2,
  },
  FILE_YAML: {
    cause: "The text is not YAML: wrong indentation, a tab, an unclosed quote, a key twice.",
    mend: "Mend the syntax at the position given.",
    exit: 2,
  },
  FILE_SEVERAL_DOCUMENTS: {
    cause: "The file holds more than one YAML document.",
    mend: "Keep one document per file: remove the `---` line and what follows it, or split the file.",
    exit: 2,
  },
  FILE_ALIAS: {
    cause:
      "The file uses YAML anchors, aliases, tags or directives. A reviewer could not see what such a file comes to.",
    mend: "Write the value out where it is used.",
    exit: 2,
  },
  FILE_TEMPLATE: {
    cause: "A text holds `${`, `%{` or `${{`, which an engine or a target would evaluate as its own template code.",
    mend: "Remove the template characters; Tenantry fills in `{id}`, `{tenant}` and `{signIn}` where it says so.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
