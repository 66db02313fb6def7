import { relative } from "node:path";
import type { TenantryError } from "../../errors/failure.ts";
import { type JsonObject, textIn } from "../../vendor/json.ts";
import { runTool, type ToolAnswer } from "../tool-process.ts";
import { type Diagnostic, diagnosticIn, readLine } from "./diagnostics.ts";
import { terraformFailure } from "./failure.ts";

/** What a working folder is opened with. */
export interface FolderOptions {
  /** Absolute. */
  readonly folder: string;
  /** How sentences name it. */
  readonly subject: string;
  readonly tool: { readonly title: string; readonly version: string; readonly path: string };
  /** The environment of the tool; `migrating` once a plain state may be read although it is to be encrypted. */
  readonly environment: (migrating: boolean) => Readonly<Record<string, string>>;
  readonly encrypted: boolean;
  /** Where providers are kept for all folders; undefined when the user's own settings say where. */
  readonly cache: string | undefined;
  /** The workspace's folder. */
  readonly root: string;
  /** Milliseconds to wait for a lock. */
  readonly lockTimeout: number;
  /** Milliseconds that each command may take; by default as long as it needs in a bad case. */
  readonly limit?: number | undefined;
  readonly interrupted: AbortSignal;
  readonly redact: (text: string) => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly tell: (what: string) => void;
}

/** One call of the tool. */
export interface Command {
  readonly args: readonly string[];
  /** Arguments that are not to be read as flags. */
  readonly operands?: readonly string[];
  /** Whether it prints one JSON document per line while it works. */
  readonly streamed?: boolean;
}

/** How a call of the tool ended. */
export interface Ended {
  readonly answer: ToolAnswer;
  readonly diagnostics: readonly Diagnostic[];
}

/** Calls the tool in one working folder. */
export interface CommandRunner {
  run(command: Command): Promise<Ended>;
  /** What it prints. Throws its failure, see `terraformFailure`. */
  outOf(command: Command): Promise<string>;
  failureOf(command: Command, ended: Ended): TenantryError;
}

const minute = 60_000;

/** How long a command may take before it is told to stop. Rate limits can stretch a plan and an apply. */
const limits: Readonly<Record<string, number>> = { init: 15 * minute, plan: 60 * minute, apply: 120 * minute };
const otherLimit = 5 * minute;

export function commandRunner(options: FolderOptions): CommandRunner {
  const { folder, subject, tool, redact, tell } = options;
  let migrating = false;

  const limitOf = ({ args }: Command): number => options.limit ?? limits[args[0] ?? ""] ?? otherLimit;

  const once = async (command: Command): Promise<Ended> => {
    const { args, operands = [], streamed = false } = command;
    const diagnostics: Diagnostic[] = [];
    const line = (text: string): void => {
      const read = readLine(text);
      if (read === undefined) return;
      const diagnostic = diagnosticIn(read);
      if (diagnostic !== undefined) diagnostics.push(diagnostic);
      const step = stepIn(read);
      if (step !== undefined) tell(redact(`${subject}: ${step}`));
    };
    const answer = await runTool({
      path: tool.path,
      args: [...args, ...(operands.length > 0 ? ["--", ...operands] : [])],
      cwd: folder,
      scratch: folder,
      environment: options.environment(migrating),
      limit: limitOf(command),
      interrupted: options.interrupted,
      ...(streamed ? { line } : {}),
    });
    return { answer, diagnostics };
  };

  const run = async (command: Command): Promise<Ended> => {
    const first = await once(command);
    if (first.answer.exit === 0 || !options.encrypted || migrating || !meetsPlainState(first)) return first;
    // Somebody has just asked for encryption. The next apply writes the state encrypted, whatever it changes.
    migrating = true;
    tell(`${subject}: the state is not encrypted yet; it is read as it is, and written encrypted`);
    return once(command);
  };

  const failureOf = (command: Command, { answer, diagnostics }: Ended): TenantryError =>
    terraformFailure({
      title: tool.title,
      command: command.args[0] ?? "",
      subject,
      answer,
      diagnostics,
      limit: limitOf(command),
      folder: relative(options.root, folder) || ".",
      path: tool.path,
      redact,
    });

  return {
    run,
    failureOf,
    async outOf(command) {
      const ended = await run(command);
      if (ended.answer.exit !== 0) throw failureOf(command, ended);
      return ended.answer.out;
    },
  };
}

/** What is being done right now, in the tool's words. */
function stepIn(line: JsonObject): string | undefined {
  const type = textIn(line, "type") ?? "";
  if (!["apply_start", "apply_progress", "refresh_start", "state_lock_acquire"].includes(type)) return undefined;
  return textIn(line, "@message");
}

function meetsPlainState({ answer, diagnostics }: Ended): boolean {
  const said = [answer.err, ...diagnostics.map(({ detail }) => detail)].join(" ").replace(/[\s│]+/g, " ");
  return said.includes("encountered unencrypted payload");
}
