import { randomUUID } from "node:crypto";
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { TenantryError } from "../../errors/failure.ts";

const longest = 4 * 1024 * 1024;

/**
 * Text of a file; undefined when there is none.
 *
 * @throws TenantryError MENDIX_FILE_UNREADABLE
 */
export async function readText(path: string, shown: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > longest) throw unreadable(shown, "it is larger than 4 MB");
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof TenantryError) throw cause;
    if (codeOf(cause) === "ENOENT") return undefined;
    if (cause instanceof TypeError) throw unreadable(shown, "it is not UTF-8 text", cause);
    throw unreadable(shown, codeOf(cause) ?? "unknown", cause);
  }
}

/**
 * Writes a file whole or not at all, with the mode that it has; a new one is for its owner alone. Of a link, the file that
 * it leads to.
 *
 * @throws TenantryError MENDIX_FILE_UNWRITABLE
 */
export async function writeText(path: string, shown: string, text: string): Promise<void> {
  let beside: string | undefined;
  try {
    const target = await realpath(path).catch(() => path);
    const mode = await stat(target).then(
      (found) => found.mode & 0o777,
      () => 0o600,
    );
    beside = `${target}.${randomUUID()}.part`;
    await writeFile(beside, text, { mode: 0o600, flag: "wx" });
    await chmod(beside, mode);
    await rename(beside, target);
  } catch (cause) {
    if (beside !== undefined) await rm(beside, { force: true }).catch(() => {});
    throw new TenantryError("MENDIX_FILE_UNWRITABLE", `${shown} cannot be written (${codeOf(cause) ?? "unknown"}).`, {
      cause,
    });
  }
}

function unreadable(shown: string, why: string, cause?: unknown): TenantryError {
  return new TenantryError("MENDIX_FILE_UNREADABLE", `${shown} cannot be read: ${why}.`, { cause });
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
