import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { OpenOptions, RecordingOptions } from "../apply/open.ts";
import type { Progress } from "../apply/progress.ts";
import type { ToolSurroundings } from "../engine/engine.ts";
import { createRedactor, type Redactor } from "../secret/redact.ts";
import type { Context } from "./context.ts";
import { runSecrets } from "./secret-source.ts";
import type { Surroundings, Terminal } from "./terminal.ts";

/** One call of the command line: where it talks, what it knows of the machine, what it must never print. */
export interface Run {
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  readonly redactor: Redactor;
  readonly now: () => number;
}

/** A run whose output and talk pass the redactor. */
export function makeRun(terminal: Terminal, surroundings: Surroundings): Run {
  const redactor = createRedactor();
  return {
    terminal: {
      ...terminal,
      out: (text) => terminal.out(harmless(redactor.redact(text))),
      err: (text) => terminal.err(harmless(redactor.redact(text))),
      status:
        terminal.status === undefined
          ? undefined
          : (text) => terminal.status?.(text === undefined ? undefined : harmless(redactor.redact(text))),
    },
    surroundings,
    redactor,
    now: Date.now,
  };
}

/**
 * Text without what could drive a terminal or turn its words round: names and answers of others are printed too. Line
 * ends, tabs and our own colours stay.
 */
function harmless(text: string): string {
  return text.replaceAll(hostileCharacter, "\uFFFD");
}

const hostileCharacter =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /\u001b(?!\[\d{1,2}m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** How much of the world a command opens, and with which rights. */
export type Reach = Pick<OpenOptions, "connections" | "access" | "whole">;

/** What a command tells the engines that run programs, besides what is true of every run. */
export type ToolWishes = Partial<Pick<ToolSurroundings, "adopt" | "interrupted">>;

/** What opening the context's world takes; only what the connections touch is opened. */
export function openOptions(run: Run, context: Context, reach: Reach, wishes: ToolWishes = {}): OpenOptions {
  const { environment } = run.surroundings;
  return {
    ...reach,
    workspace: context.workspace,
    ...runSecrets(run, context.workspace),
    redactor: run.redactor,
    clock: run.now,
    sleep: run.surroundings.sleep ?? ((milliseconds) => delay(milliseconds)),
    progress: progressOn(run.terminal),
    tools: { environment, ci: isCi(environment), adopt: false, interrupted: new AbortController().signal, ...wishes },
    host: hostname(),
  };
}

/** As `openOptions`, for a world with a store. */
export function recordingOptions(run: Run, context: Context, reach: Reach, wishes: ToolWishes = {}): RecordingOptions {
  const { environment, pid } = run.surroundings;
  return {
    ...openOptions(run, context, reach, wishes),
    holder: { name: actor(environment), host: hostname(), pid },
    ci: isCi(environment),
    isAlive,
  };
}

/** Whether this is a CI job: `CI` is set to anything but `false`. */
export function isCi(environment: Surroundings["environment"]): boolean {
  return environment.CI !== undefined && environment.CI !== "" && environment.CI !== "false";
}

/** Who is running this, for locks and the audit log. */
function actor(environment: Surroundings["environment"]): string {
  if (environment.TENANTRY_ACTOR !== undefined && environment.TENANTRY_ACTOR !== "") return environment.TENANTRY_ACTOR;
  try {
    return userInfo().username;
  } catch {
    return isCi(environment) ? "ci" : "unknown";
  }
}

/**
 * Whether a process of this host lives. One that we may not signal does. One that has ended and that its parent has not
 * asked after does not: in a container nobody may ever ask, and it can still be signalled.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether the system says so (proc_pid_stat(5): Z or X after the name in brackets); false where it says nothing. */
function hasEnded(pid: number): boolean {
  try {
    return /^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, ""));
  } catch {
    return false;
  }
}

/** A line that moves where a person watches; plain lines elsewhere, one for each step that has ended. */
function progressOn(terminal: Terminal): Progress {
  const { status } = terminal;
  return (event) => {
    switch (event.kind) {
      case "reading":
        if (status === undefined) terminal.err(`reading ${event.what}\n`);
        else status(`reading ${event.what}`);
        return;
      case "engine":
        if (status === undefined) terminal.err(`${event.what}\n`);
        else status(event.what);
        return;
      case "step":
        if (event.state === "failed" || event.state === "interrupted") {
          terminal.err(`${event.key}  ${event.step}  ${event.state}\n`);
        } else if (status !== undefined) status(`${event.key}  ${event.step}${event.state === "done" ? "  done" : ""}`);
        else if (event.state === "done") terminal.err(`${event.key}  ${event.step}  done\n`);
        return;
      case "note":
        terminal.err(`${event.key === undefined ? "" : `${event.key}  `}${event.message}\n`);
        return;
      default:
        event satisfies never;
    }
  };
}
