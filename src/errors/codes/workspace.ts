import type { CodeEntry } from "../code.ts";

export const workspaceCodes = {} as const satisfies Record<string, CodeEntry>;
