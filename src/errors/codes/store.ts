import type { CodeEntry } from "../code.ts";

export const storeCodes = {} as const satisfies Record<string, CodeEntry>;
