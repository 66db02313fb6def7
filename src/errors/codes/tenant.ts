import type { CodeEntry } from "../code.ts";

export const tenantCodes = {} as const satisfies Record<string, CodeEntry>;
