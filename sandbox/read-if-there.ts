import { existsSync, readFileSync } from "node:fs";

/** The text of a file; undefined when there is none. Throws what reading throws when it is there and cannot be read. */
export function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
