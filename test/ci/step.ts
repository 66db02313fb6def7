import { spawn } from "node:child_process";
import type { Variables } from "./tenants-repository.ts";

/** What a step of a pipeline gave. */
export interface StepResult {
  readonly exit: number;
  /** Standard output and error, as the log of the job shows them. */
  readonly log: string;
}

/** Runs a script of a step with these variables and no others. */
export async function runStep(command: readonly string[], cwd: string, env: Variables): Promise<StepResult> {
  const [program = "sh", ...args] = command;
  const running = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  running.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  running.stderr.on("data", (chunk: Buffer) => out.push(chunk));
  const exit = await new Promise<number>((resolve, reject) => {
    running.once("error", reject);
    running.once("close", (code) => resolve(code ?? -1));
  });
  return { exit, log: Buffer.concat(out).toString("utf8") };
}

/** How a job of a pipeline went. */
export interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  readonly log: string;
  /** Exit code of the step that failed; 0 when none did. */
  readonly exit: number;
  /** What the job's environment variables were, without those of the machine. */
  readonly env: Variables;
}
