import type { CodeEntry } from "../code.ts";

export const sqlCodes = {} as const satisfies Record<string, CodeEntry>;
