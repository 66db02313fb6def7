import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, parseJson } from "../../vendor/json.ts";
import { type Command, commandRunner, type FolderOptions } from "./command.ts";
import { fileText } from "./file-text.ts";
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
  /**
   * Runs `init` when it is needed. What an apply could not write into the backend (`errored.tfstate`) is written there
   * now.
   */
  init(): Promise<void>;
  /** @throws TenantryError ENGINE_PLAN_STALE too when the program that was written is not there any more */
  plan(options: PlanOptions): Promise<PlanJson>;
  /** Tells one plan file from another; undefined when it is not there. */
  fingerprint(out: string): Promise<string | undefined>;
  /** Carries out a plan file that `plan` has written, and deletes it whatever comes of it. */
  applyPlan(out: string, options?: { readonly parallelism?: number | undefined }): Promise<void>;
  /** Values of the outputs by name. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Addresses of what the state holds; none when there is no state. */
  list(): Promise<readonly string[]>;
  /** Takes these out of the state; what they stand for is left alone. */
  forget(addresses: readonly string[]): Promise<void>;
  /**
   * Leaves a program that only says where the state is. It refuses every plan, by hand too: the one before was of some
   * clients only, and a plan of it without targets would delete the others.
   */
  shut(): Promise<void>;
  /** Releases the lock that a run which is gone has left behind. */
  unlock(id: string): Promise<void>;
}

/** @param folder the working folder, where another run has written something else meanwhile */
export function otherRun(folder: string): TenantryError {
  const message = `another run works in ${folder}: what stands there is not what was planned`;
  return new TenantryError("ENGINE_PLAN_STALE", message);
}

/** Where the tool puts a state that it could not write into the backend. */
const unwritten = "errored.tfstate";

/** A variable that no value fits: a plan fails, and what needs the state only goes on working. */
const refusal = {
  whole_program: {
    default: "not here",
    validation: {
      condition: `\${var.whole_program != var.whole_program}`,
      error_message:
        "Tenantry writes what belongs here for one run and some clients. A program of the whole tenant, to plan and apply by hand, is written by `tenantry synth`.",
    },
  },
};

/** A working folder of Terraform or OpenTofu. Nothing is touched before it is written to. */
export function openFolder(options: FolderOptions): TerraformFolder {
  const { folder, subject, tool, tell } = options;
  const program = join(folder, "cdk.tf.json");
  const { run, outOf, failureOf } = commandRunner(options);
  let written: string | undefined;
  const write = async (text: string): Promise<void> => {
    written = text;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await fileText(program)) === text) return;
    await writeFile(program, text, { mode: 0o600 });
  };
  const lockTimeout = `-lock-timeout=${Math.ceil(options.lockTimeout / 1_000)}s`;
  const surroundings = () => ({ ...tool, environment: options.environment(false) });
  /** Whether the last `init` was left out, because what it had done before seemed to hold. */
  let leftOut = false;

  const initNow = (): Promise<void> =>
    oneInitAtATime(options, async () => {
      await lendLockFile(folder, options.root, tool.title);
      tell(`${subject}: ${tool.title} prepares its working folder`);
      // A backend that the file names anew is taken as it is: state is moved by people.
      const command: Command = { args: ["init", "-input=false", "-no-color", "-reconfigure"] };
      const end = await run(command);
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

  /** Does the work; once more after an `init` when one was left out, and the tool misses what it does. */
  const initialised = async (command: Command): Promise<string> => {
    const end = await run(command);
    if (end.answer.exit === 0) return end.answer.out;
    const failure = failureOf(command, end);
    const missing =
      failure.code === "ENGINE_PROVIDER_MISSING" || /initiali[sz]ation required/i.test(failure.words ?? "");
    if (!leftOut || !missing) throw failure;
    leftOut = false;
    await initNow();
    return outOf(command);
  };

  return {
    path: folder,
    write,
    async init() {
      leftOut = !(await initNeeded(folder, surroundings()));
      if (!leftOut) await initNow();
      if (!existsSync(join(folder, unwritten))) return;
      tell(`${subject}: the state that the last run could not write is written now`);
      await initialised({ args: ["state", "push", lockTimeout], operands: [unwritten] });
      await rm(join(folder, unwritten));
    },
    async plan({ targets, out, refresh = true, lock = true, parallelism }) {
      if (targets?.length === 0) throw new Error("a plan without any target would be one of everything");
      await rm(join(folder, out), { force: true });
      await initialised({
        args: [
          "plan",
          "-json",
          "-input=false",
          ...(lock ? [lockTimeout] : ["-lock=false"]),
          ...(refresh ? [] : ["-refresh=false"]),
          ...parallel(parallelism),
          ...(targets ?? []).map((target) => `-target=${target}`),
          `-out=${out}`,
        ],
        streamed: true,
      });
      const text = await outOf({ args: ["show", "-json", "-no-color", out] });
      // What was planned would be what the other one wrote.
      if (written !== undefined && (await fileText(program)) !== written) throw otherRun(folder);
      return readPlanJson(text, `${tool.title} ${tool.version}`);
    },
    async fingerprint(out) {
      const path = join(folder, out);
      return existsSync(path)
        ? createHash("sha256")
            .update(await readFile(path))
            .digest("hex")
        : undefined;
    },
    async applyPlan(out, { parallelism } = {}) {
      const args = ["apply", "-json", "-input=false", lockTimeout, ...parallel(parallelism), out];
      try {
        await outOf({ args, streamed: true });
      } finally {
        await rm(join(folder, out), { force: true });
      }
    },
    async outputs() {
      const read = parseJson(await initialised({ args: ["output", "-json", "-no-color"] }));
      if (!isJsonObject(read)) {
        const who = `${tool.title} ${tool.version}`;
        throw new TenantryError("ENGINE_ANSWER_UNREADABLE", `${who} did not answer its outputs in JSON`);
      }
      const named = Object.entries(read).map(([name, output]) => [
        name,
        isJsonObject(output) ? output.value : undefined,
      ]);
      return Object.fromEntries(named);
    },
    async list() {
      const command: Command = { args: ["state", "list"] };
      const end = await run(command);
      if (end.answer.exit !== 0) {
        if (/no state file was found/i.test(end.answer.err)) return [];
        throw failureOf(command, end);
      }
      return end.answer.out.split("\n").filter((line) => line !== "");
    },
    async forget(addresses) {
      if (addresses.length === 0) return;
      await initialised({ args: ["state", "rm", lockTimeout], operands: addresses });
      // The tool leaves the state from before beside the program, and cannot be told not to.
      for (const name of await readdir(folder)) {
        if (/^terraform\.tfstate\.\d+\.backup$/.test(name)) await rm(join(folder, name), { force: true });
      }
    },
    async shut() {
      const read = parseJson((await fileText(program)) ?? "");
      if (!isJsonObject(read)) return;
      await write(`${JSON.stringify({ terraform: read.terraform, variable: refusal }, null, 2)}\n`);
    },
    async unlock(id) {
      await initialised({ args: ["force-unlock", "-force"], operands: [id] });
    },
  };
}

function parallel(parallelism: number | undefined): readonly string[] {
  return parallelism === undefined ? [] : [`-parallelism=${parallelism}`];
}
