import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Files, FolderEntry } from "../workspace/files.ts";

/** The files of the folder `root`. Only plain files are read, never more than the limit. */
export function nodeFiles(root: string): Files {
  return {
    read(path, limit) {
      const whole = join(root, path);
      let descriptor: number | undefined;
      try {
        if (!lstatSync(whole).isFile()) return { reason: "not a plain file" };
        descriptor = openSync(whole, "r");
        const { size } = fstatSync(descriptor);
        const bytes = new Uint8Array(Math.min(size, limit));
        let filled = 0;
        while (filled < bytes.length) {
          const count = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
          if (count === 0) break;
          filled += count;
        }
        return { bytes: bytes.subarray(0, filled), size };
      } catch (error) {
        return { reason: systemReason(error) };
      } finally {
        if (descriptor !== undefined) closeSync(descriptor);
      }
    },
    list(folder) {
      try {
        // A link would have the tenants come from elsewhere than what was reviewed.
        if (lstatSync(join(root, folder)).isSymbolicLink()) return { reason: "a link" };
        return readdirSync(join(root, folder), { withFileTypes: true }).map(
          (entry): FolderEntry => ({
            name: entry.name,
            kind: entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other",
          }),
        );
      } catch (error) {
        return { reason: systemReason(error) };
      }
    },
  };
}

function systemReason(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
}
