import type { CodeEntry } from "../code.ts";

export const ruleCodes = {} as const satisfies Record<string, CodeEntry>;
