import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GitSight } from "../app/plain-secret.ts";
import { runGit } from "./git.ts";

/**
 * Whether git ignores a path, absolute; the file need not be there. A tracked file is not ignored, whatever the patterns
 * say (git-check-ignore(1)).
 */
export async function gitSight(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GitSight> {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!isInRepository(folder)) return "outside";
  const answer = await runGit(folder, ["check-ignore", "--quiet", "--", path], environment);
  if (answer?.exit === 0) return "ignored";
  return answer?.exit === 1 ? "seen" : "unknown";
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
