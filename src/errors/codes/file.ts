import type { CodeEntry } from "../code.ts";

export const fileCodes = {} as const satisfies Record<string, CodeEntry>;
