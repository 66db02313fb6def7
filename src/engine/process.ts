import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Code } from "../errors/codes/index.ts";

/** A process that was started to outlive this one. */
export interface DetachedProcess {
  readonly pid: number;
}

/** What a detached process may say to the one that starts it, over the IPC channel, once. */
export type FirstWord = { readonly ready: true } | Failed;

/** Why it does not start, in one sentence. */
export interface Failed {
  readonly failed: string;
  /** The failure's own code, and what to do about it, where it has any. */
  readonly code?: Code | undefined;
  readonly hint?: string | undefined;
}

/**
 * Starts a process that goes on after this one has ended, and waits for its first word. Its output goes to a log file.
 *
 * @returns the process when it says that it is ready; otherwise what it said, or how it ended
 */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly log: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<{ readonly started: DetachedProcess } | Failed> {
  const log = openSync(options.log, "a", 0o600);
  try {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      detached: true,
      env: { ...options.environment },
      stdio: ["ignore", log, log, "ipc"],
    });
    const word = await new Promise<FirstWord>((resolve) => {
      child.once("message", (message) => resolve(message as FirstWord));
      child.once("error", (error) => resolve({ failed: error.message }));
      child.once("exit", (code, signal) => resolve({ failed: `it ended with ${signal ?? `exit code ${code}`}` }));
    });
    if ("failed" in word) return word;
    if (child.pid === undefined) return { failed: "it did not start" };
    child.disconnect();
    child.unref();
    return { started: { pid: child.pid } };
  } finally {
    closeSync(log);
  }
}
