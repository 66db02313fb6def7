import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** A file is not written or read as it is. The message ends a sentence that begins with the file's name. */
export class FilePlaceFault extends Error {}

/** Bytes; a record or a secret is far smaller. */
const largest = 1_048_576;

/**
 * Where a path leads that may be written: absolute. A relative one stays in the folder, also over symbolic links of its
 * folders; what it leads to itself is no link.
 *
 * @throws FilePlaceFault
 */
export async function placeInside(root: string, path: string): Promise<string> {
  const full = resolve(root, path);
  if (!isAbsolute(path)) {
    const within = relative(root, full);
    if (within === "" || within.split(sep)[0] === "..") throw new FilePlaceFault("leads out of the workspace");
    const folder = await existing(dirname(full));
    const real = relative(await realpath(root), folder);
    if (real.split(sep)[0] === ".." || isAbsolute(real)) {
      throw new FilePlaceFault("leads out of the workspace over a symbolic link");
    }
  }
  const found = await lstat(full).catch(absent);
  if (found !== undefined && !found.isFile()) throw new FilePlaceFault("is no plain file");
  return full;
}

/** The nearest folder upwards that is there, without links. */
async function existing(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const real = await realpath(at).catch(absent);
    if (real !== undefined || dirname(at) === at) return real ?? at;
  }
}

/**
 * Text of a plain file, and its mode; undefined when there is none. No link is followed.
 *
 * @throws FilePlaceFault for what is no plain file, above 1 MiB, or no UTF-8; or the file system's error
 */
export async function readPlace(path: string): Promise<{ readonly text: string; readonly mode: number } | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(absent);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new FilePlaceFault("is no plain file");
    if (found.size > largest) throw new FilePlaceFault("has more than 1 MiB");
    const bytes = await file.readFile();
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      return { text, mode: found.mode & 0o777 };
    } catch {
      throw new FilePlaceFault("is no UTF-8");
    }
  } finally {
    await file.close();
  }
}

/** Puts a file in the place of another at one moment: a reader sees the old text or the new one, whole. */
export async function replacePlace(path: string, text: string, mode: number): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const fresh = join(folder, `.tenantry-${randomBytes(8).toString("hex")}`);
  try {
    const file = await open(fresh, "wx", mode);
    try {
      await file.writeFile(text);
      // What a umask has taken away is given back, and nothing more.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Takes a file away; none there is done. */
export async function removePlace(path: string): Promise<void> {
  await rm(path, { force: true });
}

function absent(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  if (code === "ELOOP") throw new FilePlaceFault("is a symbolic link");
  throw error;
}
