import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../bin/tenantry.js", import.meta.url));

/** What a process of the command line gave: its exit code, and all that it printed. */
export interface ProcessResult {
  readonly exit: number | null;
  readonly out: string;
}

/** Runs the command line as a process of its own in this workspace, without any environment variable. */
export async function tenantryProcess(root: string, ...args: readonly string[]): Promise<ProcessResult> {
  const running = spawn(process.execPath, [entry, ...args, "--workspace", root], { env: {}, cwd: root });
  const out: Buffer[] = [];
  running.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  running.stderr.on("data", (chunk: Buffer) => out.push(chunk));
  const exit = await new Promise<number | null>((resolve) => running.once("close", resolve));
  return { exit, out: Buffer.concat(out).toString("utf8") };
}
