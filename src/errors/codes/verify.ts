import type { CodeEntry } from "../code.ts";

export const verifyCodes = {} as const satisfies Record<string, CodeEntry>;
