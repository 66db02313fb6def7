import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { TenantryError } from "../errors/failure.ts";

/**
 * Makes a new file, whole or not at all, and never over anything that is there, a link that points nowhere included. Its
 * folder is made when it is missing. Written beside it under a name that begins with a dot, then linked to its own.
 *
 * @param name as messages call it
 * @throws TenantryError CLI_NEW_EXISTS, CLI_OUTPUT_UNWRITABLE
 */
export function createWhole(path: string, name: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  let made = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(beside, "wx", 0o644);
    made = true;
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    linkOrWrite(beside, path, text);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    if (made && code === "EEXIST") throw new TenantryError("CLI_NEW_EXISTS", `${name} is there already`, { cause });
    throw new TenantryError("CLI_OUTPUT_UNWRITABLE", `${name} cannot be written (${code})`, { cause });
  } finally {
    if (made) rmSync(beside, { force: true });
  }
}

const linkless: ReadonlySet<unknown> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

function linkOrWrite(from: string, path: string, text: string): void {
  try {
    linkSync(from, path);
  } catch (error) {
    // A file system without hard links (some network and memory-card ones): never over anything there either.
    if (!(error instanceof Error && "code" in error && linkless.has(error.code))) throw error;
    writeFileSync(path, text, { flag: "wx", mode: 0o644 });
  }
}
