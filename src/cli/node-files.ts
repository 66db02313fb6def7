import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Files, FolderEntry } from "../workspace/files.ts";

/** The files of the folder `root`. Only plain files are read, never more than the limit. */
export function nodeFiles(root: string): Files {
  return {
    read(path, limit) {
      const whole = join(root, path);
      let descriptor: number | undefined;
      try {
        if (!refusesLinks && !lstatSync(whole).isFile()) return { reason: notPlain };
        descriptor = openSync(whole, openFlags);
        const status = fstatSync(descriptor);
        if (!status.isFile()) return { reason: notPlain };
        const { size } = status;
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

const notPlain = "not a plain file";

/** Without waiting for whoever writes to a pipe; and where the system can, without following a link. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const refusesLinks = constants.O_NOFOLLOW !== undefined;

function systemReason(error: unknown): string {
  if (!(error instanceof Error && "code" in error)) return "unreadable";
  const { code } = error;
  // A link, and a socket.
  return code === "ELOOP" || code === "ENXIO" ? notPlain : String(code);
}
