import type { CodeEntry } from "../code.ts";

export const mendixCodes = {
  MENDIX_CREDENTIALS_REFUSED: {
    cause:
      "The Mendix Deploy API did not accept the user name and API key of the app, or the user may not change the environment.",
    mend: "Check `username` and `apiKey` of the app's `deployApi`, and that the user has API rights for this environment in the Mendix Portal.",
    exit: 5,
  },
  MENDIX_ENVIRONMENT_MISSING: {
    cause: "The Mendix Deploy API knows no app or environment of that name, or the user does not see it.",
    mend: "Check `appId`, which is the app's subdomain, and `environment`: Test, Acceptance, Production or the name of a flexible environment.",
    exit: 2,
  },
  MENDIX_CONSTANT_MISSING: {
    cause: "The app that is deployed has no constant of that name, so nothing would read the value.",
    mend: "Check `module` and `onboardingModule` of the app and `constants` of the connection, or deploy an app that has the constant first.",
    exit: 2,
  },
  MENDIX_REJECTED: {
    cause: "The Mendix Deploy API refused the values that were sent.",
    mend: "Mend the value that the message names, then plan again.",
    exit: 5,
  },
  MENDIX_RATE_LIMITED: {
    cause: "The Mendix Deploy API went on answering 429 for longer than Tenantry waits.",
    mend: "Try again later.",
    exit: 5,
  },
  MENDIX_UNAVAILABLE: {
    cause: "The Mendix Deploy API answered with a fault of its own (status 500 and above), again after a wait.",
    mend: "Look at Mendix's status page and try again. What was begun is resumed.",
    exit: 5,
  },
  MENDIX_UNREACHABLE: {
    cause:
      "No answer came from the Mendix Deploy API: name not found, no route, TLS refused, connection cut or timed out.",
    mend: "Check the network and its proxies. What was begun is resumed by the next run.",
    exit: 7,
  },
  MENDIX_UNEXPECTED_ANSWER: {
    cause: "Something answered at the Deploy API's address, but not as Mendix does.",
    mend: "Check that no proxy answers in its place, and look at the constants in the Mendix Portal.",
    exit: 5,
  },
  MENDIX_FILE_UNREADABLE: {
    cause: "The file of variables that carries an app's constants cannot be read or parsed.",
    mend: "Mend the file that the message names: UTF-8, `NAME=value` lines, and `CONSTANTS`, where it is there, a JSON object.",
    exit: 2,
  },
  MENDIX_FILE_UNWRITABLE: {
    cause: "The file that carries an app's constants cannot be written.",
    mend: "See that its folder exists and may be written to.",
    exit: 5,
  },
  MENDIX_MANIFEST_UNFIT: {
    cause: "The file of the app's `kubernetes` carrier holds no MendixApp whose constants could be changed.",
    mend: 'Give the MendixApp `spec.runtime.customConfiguration`, a text such as `{"MicroflowConstants": "{}"}` with all constants of the app in it.',
    exit: 2,
  },
  MENDIX_SHADOWED: {
    cause: "The app would read another value than the one that is written: an `MX_` variable of the same file wins.",
    mend: "Remove the variable that the message names, or write `form: MX`.",
    exit: 2,
  },
  MENDIX_VALUE_UNFIT: {
    cause: "A value cannot be written so that the app would read exactly that.",
    mend: "Let the secret be made anew, or use another carrier.",
    exit: 2,
  },
  MENDIX_ENCRYPTION_KEY: {
    cause: "The module's encryption key has not exactly 32 characters.",
    mend: "Put 32 random characters behind the reference `encryptionKey`.",
    exit: 2,
  },
  MENDIX_FOREIGN: {
    cause: "The constants that were about to be changed are another connection's, or were set by hand.",
    mend: "Find out who set them. Blank them, or give the connection `constants` of its own.",
    exit: 4,
  },
} as const satisfies Record<string, CodeEntry>;
