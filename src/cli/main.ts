import { CommanderError } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { TenantryError } from "../errors/failure.ts";
import { plain } from "../plan/render-text.ts";
import { reportError } from "./outcome.ts";
import { buildProgram } from "./program.ts";
import { makeRun } from "./run.ts";
import { colours, type Surroundings, type Terminal } from "./terminal.ts";

/**
 * Runs one command line and gives its exit code. Talks to the terminal that it is given and to nothing else, so that a
 * test or the demo can call it in its own process.
 */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const json = args.includes("--json");
  const debug = args.includes("--debug");
  const run = makeRun(terminal, surroundings, debug);
  const command = args.find((arg) => !arg.startsWith("-")) ?? "tenantry";
  let exit: ExitCode = 0;
  const program = buildProgram(run, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version leave with 0; everything else is wrong usage, which commander has printed already.
      if (error.exitCode === 0) return 0;
      if (json) {
        const message = error.message.replace(/^error: /, "");
        return reportError(new TenantryError("CLI_USAGE", message), run.terminal, { command, json, debug });
      }
      return 2;
    }
    return reportError(error, run.terminal, { command, json, debug });
  }
}

/** The entry of `bin/tenantry.js`: the process's own terminal and surroundings. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that has gone (`tenantry … | head`) ends the output, not the work.
  process.stdout.on("error", ignoreClosedPipe);
  process.stderr.on("error", ignoreClosedPipe);
  process.exitCode = await runCommand(args, processTerminal(args), {
    environment: process.env,
    cwd: process.cwd(),
    pid: process.pid,
  });
}

function processTerminal(args: readonly string[]): Terminal {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const coloured =
    !args.includes("--no-color") &&
    (NO_COLOR === undefined || NO_COLOR === "") &&
    (process.stdout.isTTY || (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0"));
  const interactive = process.stdin.isTTY && process.stderr.isTTY;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    paint: coloured ? colours : plain,
    ...(interactive ? { ask } : {}),
  };
}

async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

function ignoreClosedPipe(error: Error & { readonly code?: string }): void {
  if (error.code !== "EPIPE") throw error;
}
