import type { CodeEntry } from "../code.ts";

export const planCodes = {} as const satisfies Record<string, CodeEntry>;
