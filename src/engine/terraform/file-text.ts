import { readFile } from "node:fs/promises";

/** The text of a file; undefined when it cannot be read. */
export async function fileText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
