import type { CodeEntry } from "../code.ts";

export const cliCodes = {} as const satisfies Record<string, CodeEntry>;
