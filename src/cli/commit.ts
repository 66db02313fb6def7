import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The commit that a folder's checkout is at, read from git's own files; null where there is none. */
export function commitOf(folder: string): string | null {
  try {
    const git = findGit(folder);
    if (git === undefined) return null;
    const head = readFileSync(join(git, "HEAD"), "utf8").trim();
    if (!head.startsWith("ref: ")) return isCommit(head) ? head : null;
    const ref = head.slice("ref: ".length);
    const loose = readOptional(join(git, ref))?.trim();
    if (loose !== undefined) return isCommit(loose) ? loose : null;
    const packed = readOptional(join(git, "packed-refs")) ?? "";
    const line = packed.split("\n").find((entry) => entry.endsWith(` ${ref}`));
    const commit = line?.split(" ")[0];
    return commit !== undefined && isCommit(commit) ? commit : null;
  } catch {
    return null;
  }
}

function findGit(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, ".git");
    if (readOptional(join(git, "HEAD")) !== undefined) return git;
    const pointer = readOptional(git);
    if (pointer?.startsWith("gitdir: ") === true) return join(at, pointer.slice("gitdir: ".length).trim());
    if (dirname(at) === at) return undefined;
  }
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);
}
