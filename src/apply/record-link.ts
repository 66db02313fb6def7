import type { CheckResult } from "../store/evidence.ts";

/** What the checks of a record have in common: they look at the app's own copy, and all of them must hold. */
export const recordLink = { link: "record", level: "must", evidence: {} } as const satisfies Partial<CheckResult>;
