import type { CodeEntry } from "../code.ts";

export const applyCodes = {} as const satisfies Record<string, CodeEntry>;
