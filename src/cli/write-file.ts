import { renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { TenantryError } from "../errors/failure.ts";

/**
 * Writes a file whole or not at all: beside it first, then renamed over it.
 *
 * @throws TenantryError CLI_OUTPUT_UNWRITABLE
 */
export function writeWhole(cwd: string, path: string, text: string): void {
  const target = resolve(cwd, path);
  const beside = `${target}.${process.pid}.part`;
  try {
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, target);
  } catch (cause) {
    rmSync(beside, { force: true });
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new TenantryError("CLI_OUTPUT_UNWRITABLE", `${path} cannot be written${reason}`, { cause });
  }
}
