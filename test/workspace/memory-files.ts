import type { Files } from "../../src/workspace/files.ts";

/** Files of a workspace that are only in memory, by path. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): Files {
  const encoder = new TextEncoder();
  return {
    read(path, limit) {
      const content = contents[path];
      if (content === undefined) return { reason: "ENOENT" };
      const bytes = typeof content === "string" ? encoder.encode(content) : content;
      return { bytes: bytes.subarray(0, limit), size: bytes.length };
    },
    list(folder) {
      const names = Object.keys(contents)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
      return names.length === 0 ? { reason: "ENOENT" } : names.map((name) => ({ name, kind: "file" as const }));
    },
  };
}
