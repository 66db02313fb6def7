import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { runTool, type ToolAnswer } from "../tool-process.ts";

/** A call of the Pulumi CLI that failed. Its words may hold secrets. */
export class FailedCall extends Error {
  readonly command: string;
  readonly answer: ToolAnswer;
  /** Milliseconds that it might have taken. */
  readonly limit: number;

  constructor(command: string, answer: ToolAnswer, limit: number) {
    super(`pulumi ${command} failed`);
    this.name = "FailedCall";
    this.command = command;
    this.answer = answer;
    this.limit = limit;
  }
}

export interface CommandOptions {
  /** Absolute path of the CLI. */
  readonly path: string;
  readonly version: string;
  /** All of the CLI's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly interrupted: AbortSignal;
  /** Milliseconds; for tests. */
  readonly limit?: number | undefined;
}

const minute = 60_000;

/** How long a call may take before it is told to stop. Rate limits can stretch a preview and an update. */
const limits: Readonly<Record<string, number>> = { preview: 60 * minute, up: 120 * minute, refresh: 60 * minute };
const otherLimit = 5 * minute;

/**
 * The CLI as the Automation API runs it, with an environment of our own making: the Automation API would pass on all of
 * this process's, the workspace's secrets included. A stop is passed on once, and waited for.
 */
export function pulumiCommand(options: CommandOptions): PulumiCommand {
  const { path, version, environment, interrupted } = options;
  const command = {
    command: path,
    // What the Automation API looks at of a version is its text.
    version: { toString: () => version },
    async run(args: readonly string[], cwd: string, more: Readonly<Record<string, string>>) {
      const name = args[0] ?? "";
      const limit = options.limit ?? limits[name] ?? otherLimit;
      const answer = await runTool({
        path,
        args: [...args, "--non-interactive"],
        cwd,
        scratch: cwd,
        environment: { ...environment, ...more, PULUMI_AUTOMATION_API: "true" },
        limit,
        interrupted,
      });
      if (answer.exit !== 0) throw new FailedCall(name, answer, limit);
      return { stdout: answer.out, stderr: answer.err, code: 0 };
    },
  };
  // `run` is no part of the class's declared type, and its constructor is not to be called from outside.
  return command as unknown as PulumiCommand;
}
