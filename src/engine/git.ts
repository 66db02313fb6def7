import { spawn } from "node:child_process";

/** How a call of git ended. */
export interface GitAnswer {
  readonly exit: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/**
 * Runs git in a folder. It speaks English, takes no lock that somebody else may need, asks nobody, and reads no settings
 * by which a repository could have it start a program.
 *
 * @param input what it is given on stdin
 * @returns undefined when git cannot be started at all
 */
export async function runGit(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  input = "",
): Promise<GitAnswer | undefined> {
  const harmless = ["-c", "core.fsmonitor=false", "-c", "core.pager=cat"];
  const child = spawn("git", ["-C", folder, ...harmless, ...args], {
    env: { ...environment, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // One that ends without reading everything says so by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("close", (exit) => resolve({ exit, out: Buffer.concat(out), err: Buffer.concat(err).toString("utf8") }));
  });
}
