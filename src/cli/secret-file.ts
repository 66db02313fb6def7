import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { dirname, isAbsolute, join, parse, resolve, sep } from "node:path";
import { type ReferenceFrom, RefusedFile } from "../secret/resolve.ts";

/** A key or a bundle of certificates is far smaller. Bytes. */
const largest = 1_048_576;
/** As many as Linux follows. */
const mostLinks = 40;

/**
 * Text of the file of a reference; undefined when there is none. Only plain files are opened for reading, so that a pipe
 * or a device keeps nobody waiting. For a tenant's file no symbolic link that lies in the workspace's folder is followed:
 * git carries links, and one of a pull request could lead from what a tenant may read to what it may not.
 *
 * @param root the workspace's folder
 * @throws RefusedFile for a link, for what is no plain file, and above 1 MiB; or the file system's error
 */
export function readSecretFile(root: string, path: string, from: ReferenceFrom): string | undefined {
  try {
    return readPlain(from === "tenant" ? followed(realpathSync(root), path) : resolve(root, path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function readPlain(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new RefusedFile("SECRET_UNRESOLVED", "is not a plain file");
    if (found.size > largest) throw new RefusedFile("SECRET_UNRESOLVED", "has more than 1 MiB");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Where the path leads, without any link; links are followed outside of `root` (itself without links) only. */
function followed(root: string, path: string): string {
  let here = isAbsolute(path) ? parse(path).root : root;
  const left = path.split(sep);
  for (let links = 0; left.length > 0; ) {
    const name = left.shift() ?? "";
    if (name === "..") {
      here = dirname(here);
      continue;
    }
    const next = join(here, name);
    if (!lstatSync(next).isSymbolicLink()) {
      here = next;
      continue;
    }
    if (here === root || here.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new RefusedFile("SECRET_LINK", "is reached by a symbolic link in the workspace's folder");
    }
    links++;
    if (links > mostLinks) throw new Error("too many symbolic links");
    const target = readlinkSync(next);
    if (isAbsolute(target)) here = parse(target).root;
    left.unshift(...target.split(sep));
  }
  return here;
}
