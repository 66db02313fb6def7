import type { CodeEntry } from "../code.ts";

export const secretCodes = {} as const satisfies Record<string, CodeEntry>;
