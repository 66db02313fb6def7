import type { CodeEntry } from "../code.ts";

export const oktaCodes = {} as const satisfies Record<string, CodeEntry>;
