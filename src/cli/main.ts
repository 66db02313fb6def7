import { CommanderError } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { TenantryError } from "../errors/failure.ts";
import { plain } from "../plan/paint.ts";
import { withStatusLine } from "./live-terminal.ts";
import { reportError } from "./outcome.ts";
import { buildProgram } from "./program.ts";
import { isCi, makeRun } from "./run.ts";
import { type Conversation, colours, type Surroundings, type Terminal } from "./terminal.ts";

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
  const run = makeRun(terminal, surroundings);
  const command = args.find((arg) => !arg.startsWith("-")) ?? "tenantry";
  let exit: ExitCode = 0;
  const program = buildProgram(run, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    run.terminal.status?.(undefined);
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

/**
 * The entry of `bin/tenantry.js`: the process's own terminal and surroundings. Output that fails never ends the work. A
 * reader that has gone (`tenantry … | head`) is no failure; a result that was lost otherwise (disk full, terminal gone)
 * turns an exit of 0 into that of CLI_OUTPUT_UNWRITABLE. Talk that is lost changes nothing.
 */
export async function main(args: readonly string[]): Promise<void> {
  const result = outlet(process.stdout);
  const talk = outlet(process.stderr);
  // Everything that was written has been tried by then.
  process.once("exit", () => {
    const lost = result.failure();
    if (lost === undefined) return;
    const what = `stdout could not be written (${lost}): the command went on to its end, but its result is not whole`;
    talk.write(`CLI_OUTPUT_UNWRITABLE  ${what}\n`);
    if ((process.exitCode ?? 0) === 0) process.exitCode = outputLost;
  });
  process.exitCode = await runCommand(args, processTerminal(args, result.write, talk.write), {
    environment: process.env,
    cwd: process.cwd(),
    pid: process.pid,
  });
}

/** An outside system failed. */
const outputLost: ExitCode = 5;

interface Outlet {
  /** Never throws. */
  write(text: string): void;
  /** The system's code of the first failure that matters. */
  failure(): string | undefined;
}

function outlet(stream: NodeJS.WriteStream): Outlet {
  let failure: string | undefined;
  const failed = (error: unknown): void => {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    // What is written after the first failure is refused as written to a destroyed stream.
    if (code !== "EPIPE" && code !== "ERR_STREAM_DESTROYED") failure ??= typeof code === "string" ? code : "unknown";
  };
  stream.on("error", failed);
  return {
    write(text) {
      try {
        stream.write(text);
      } catch (error) {
        failed(error);
      }
    },
    failure: () => failure,
  };
}

function processTerminal(args: readonly string[], out: Terminal["out"], err: Terminal["err"]): Terminal {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const coloured =
    !args.includes("--no-color") &&
    (NO_COLOR === undefined || NO_COLOR === "") &&
    (process.stdout.isTTY || (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0"));
  const watched = process.stderr.isTTY && !isCi(process.env) && process.env.TERM !== "dumb";
  const lines = watched ? withStatusLine(out, err, () => process.stderr.columns || 80) : { out, err };
  const interactive = process.stdin.isTTY && process.stderr.isTTY;
  return {
    ...lines,
    paint: coloured ? colours : plain,
    ...(interactive ? { ask: (question) => ask(question, lines.err), converse: () => converse(lines.err) } : {}),
  };
}

async function converse(err: Terminal["err"]): Promise<Conversation> {
  // Takes a status line away before the first question is put.
  err("");
  const { openConversation } = await import("./conversation.ts");
  return openConversation(process.stdin, process.stderr);
}

async function ask(question: string, err: Terminal["err"]): Promise<boolean> {
  // Takes a status line away before the question is put.
  err("");
  const { createInterface } = await import("node:readline/promises");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
