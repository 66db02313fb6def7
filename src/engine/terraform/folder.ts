import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, parseJson, textIn } from "../../vendor/json.ts";
import { runTool, type ToolAnswer } from "../tool-process.ts";
import { type Diagnostic, diagnosticIn, readLine } from "./diagnostics.ts";
import { terraformFailure } from "./failure.ts";
import { initNeeded, noteInit } from "./init.ts";
import { type PlanJson, readPlanJson } from "./plan-json.ts";
import { keepLockFile, lendLockFile, oneInitAtATime } from "./plugin-cache.ts";

export interface PlanOptions {
  /** Addresses; everything when absent. An empty list would mean everything to the tool, and is refused. */
  readonly targets?: readonly string[] | undefined;
  /** Name of the plan file, in the working folder. It is made anew, and readable by this user only. */
  readonly out: string;
  /** Whether what is there is read first; it is by default. */
  readonly refresh?: boolean | undefined;
  /** Whether the state is locked meanwhile; it is by default. A run that may only read may be unable to. */
  readonly lock?: boolean | undefined;
  /** How many resources at once; the tool's own default (10) when absent. */
  readonly parallelism?: number | undefined;
}

/**
 * Every function throws what `terraformFailure` makes of the tool's words: ENGINE_STATE_LOCKED, ENGINE_PLAN_STALE,
 * ENGINE_REPLACE, ENGINE_STATE_UNREADABLE, ENGINE_PROVIDER_MISSING, ENGINE_BACKEND_UNREACHABLE, ENGINE_STATE_GONE,
 * ENGINE_CREDENTIALS_REFUSED, ENGINE_INTERRUPTED, ENGINE_TIMED_OUT, ENGINE_CRASHED, ENGINE_ANSWER_UNREADABLE or
 * ENGINE_FAILED. Not to be called twice at once.
 */
export interface TerraformFolder {
  readonly path: string;
  /** Writes the program, in JSON, when it is another one than is there. */
  write(program: string): Promise<void>;
  /** Runs `init` when it is needed. */
  init(): Promise<void>;
  plan(options: PlanOptions): Promise<PlanJson>;
  /** Carries out a plan file that `plan` has written, and deletes it whatever comes of it. */
  applyPlan(out: string, options?: { readonly parallelism?: number | undefined }): Promise<void>;
  /** Values of the outputs by name. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Addresses of what the state holds; none when there is no state. */
  list(): Promise<readonly string[]>;
  /** Takes these out of the state; what they stand for is left alone. */
  forget(addresses: readonly string[]): Promise<void>;
  /** Releases the lock that a run which is gone has left behind. */
  unlock(id: string): Promise<void>;
}

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
  readonly limit?: number | undefined;
  readonly interrupted: AbortSignal;
  readonly redact: (text: string) => string;
  readonly tell: (what: string) => void;
}

const minute = 60_000;

/** How long a command may take before it is told to stop. Rate limits can stretch a plan and an apply. */
const limits: Readonly<Record<string, number>> = { init: 15 * minute, plan: 60 * minute, apply: 120 * minute };
const otherLimit = 5 * minute;

/** One call of the tool. */
interface Command {
  readonly args: readonly string[];
  /** Arguments that are not to be read as flags. */
  readonly operands?: readonly string[];
  /** Whether it prints one JSON document per line while it works. */
  readonly streamed?: boolean;
}

/** How a call of the tool ended. */
interface Ended {
  readonly answer: ToolAnswer;
  readonly diagnostics: readonly Diagnostic[];
}

/** A working folder of Terraform or OpenTofu. Nothing is touched before it is written to. */
export function openFolder(options: FolderOptions): TerraformFolder {
  const { folder, subject, tool, redact, tell } = options;
  const program = join(folder, "cdk.tf.json");
  const lockTimeout = `-lock-timeout=${Math.ceil(options.lockTimeout / 1_000)}s`;
  let migrating = false;
  const surroundings = () => ({ ...tool, environment: options.environment(false) });

  const run = async ({ args, operands = [], streamed = false }: Command): Promise<Ended> => {
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
      limit: limitOf(args),
      interrupted: options.interrupted,
      ...(streamed ? { line } : {}),
    });
    return { answer, diagnostics };
  };

  const limitOf = (args: readonly string[]): number => options.limit ?? limits[args[0] ?? ""] ?? otherLimit;

  const failureOf = ({ args }: Command, { answer, diagnostics }: Ended): TenantryError =>
    terraformFailure({
      title: tool.title,
      command: args[0] ?? "",
      subject,
      answer,
      diagnostics,
      limit: limitOf(args),
      unlock: (id) => `${tool.path} -chdir=${relative(options.root, folder) || "."} force-unlock ${id}`,
      redact,
    });

  /** Runs it, a second time when it meets a plain state that is to be encrypted from now on. */
  const ended = async (command: Command): Promise<Ended> => {
    const first = await run(command);
    if (first.answer.exit === 0 || !options.encrypted || migrating || !meetsPlainState(first)) return first;
    migrating = true;
    tell(`${subject}: the state is not encrypted yet; it is read as it is, and written encrypted`);
    return run(command);
  };

  const outOf = async (command: Command): Promise<string> => {
    const end = await ended(command);
    if (end.answer.exit !== 0) throw failureOf(command, end);
    return end.answer.out;
  };

  return {
    path: folder,
    async write(text) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if ((await textOf(program)) === text) return;
      await writeFile(program, text, { mode: 0o600 });
    },
    async init() {
      if ((await initNeeded(folder, surroundings())) === undefined) return;
      await oneInitAtATime(options.cache, async () => {
        await lendLockFile(folder, options.root, tool.title);
        tell(`${subject}: ${tool.title} prepares its working folder`);
        // A backend that the file names anew is taken as it is: state is moved by people.
        const command: Command = { args: ["init", "-input=false", "-no-color", "-reconfigure"] };
        const end = await ended(command);
        if (end.answer.exit !== 0) {
          const failure = failureOf(command, end);
          // With a provider of the user's own (`dev_overrides`) init may find none, and nothing needs it to: whatever is
          // really missing, the next command says.
          const overridden = /provider development overrides/i.test(`${end.answer.out}${end.answer.err}`);
          if (!overridden || failure.code !== "ENGINE_PROVIDER_MISSING") throw failure;
        }
        await keepLockFile(folder, options.root, tool.title);
        await noteInit(folder, surroundings());
      });
    },
    async plan({ targets, out, refresh = true, lock = true, parallelism }) {
      if (targets?.length === 0) throw new Error("a plan without any target would be one of everything");
      await rm(join(folder, out), { force: true });
      await outOf({
        args: [
          "plan",
          "-json",
          "-input=false",
          ...(lock ? [lockTimeout] : ["-lock=false"]),
          ...(refresh ? [] : ["-refresh=false"]),
          ...(parallelism === undefined ? [] : [`-parallelism=${parallelism}`]),
          ...(targets ?? []).map((target) => `-target=${target}`),
          `-out=${out}`,
        ],
        streamed: true,
      });
      const text = await outOf({ args: ["show", "-json", "-no-color", out] });
      return readPlanJson(text, `${tool.title} ${tool.version}`);
    },
    async applyPlan(out, { parallelism } = {}) {
      try {
        await outOf({
          args: [
            "apply",
            "-json",
            "-input=false",
            lockTimeout,
            ...(parallelism === undefined ? [] : [`-parallelism=${parallelism}`]),
            out,
          ],
          streamed: true,
        });
      } finally {
        await rm(join(folder, out), { force: true });
      }
    },
    async outputs() {
      const read = parseJson(await outOf({ args: ["output", "-json", "-no-color"] }));
      if (!isJsonObject(read)) {
        throw new TenantryError(
          "ENGINE_ANSWER_UNREADABLE",
          `${tool.title} ${tool.version} did not answer its outputs in JSON`,
        );
      }
      return Object.fromEntries(
        Object.entries(read).map(([name, output]) => [name, isJsonObject(output) ? output.value : undefined]),
      );
    },
    async list() {
      const command: Command = { args: ["state", "list"] };
      const end = await ended(command);
      if (end.answer.exit !== 0 && /no state file was found/i.test(end.answer.err)) return [];
      if (end.answer.exit !== 0) throw failureOf(command, end);
      return end.answer.out.split("\n").filter((line) => line !== "");
    },
    async forget(addresses) {
      if (addresses.length === 0) return;
      await outOf({ args: ["state", "rm", lockTimeout], operands: addresses });
    },
    async unlock(id) {
      await outOf({ args: ["force-unlock", "-force"], operands: [id] });
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
  return /encountered unencrypted payload/.test(said);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
