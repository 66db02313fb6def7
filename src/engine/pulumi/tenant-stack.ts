import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, LocalWorkspace, PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import type { StackName } from "../../../stacks/auth0/names.ts";
import { TenantryError } from "../../errors/failure.ts";
import { pulumiCommand } from "./command.ts";
import { readState, type StackState } from "./deployment.ts";
import { isNoStack, pulumiFailure } from "./failure.ts";
import { type PlannedStep, type RunReport, readEvents } from "./steps.ts";

/** A program, and patterns of the URNs that it is about: everything else in the state is left alone. */
export interface LimitedProgram {
  readonly program: PulumiFn;
  readonly targets: readonly string[];
}

/**
 * One tenant's stack. Every function throws what `pulumiFailure` makes of the CLI's words: ENGINE_STATE_LOCKED,
 * ENGINE_STATE_UNREADABLE, ENGINE_BACKEND_UNREACHABLE, ENGINE_PROVIDER_MISSING, ENGINE_CREDENTIALS_REFUSED,
 * ENGINE_STATE_GONE, ENGINE_REPLACE, ENGINE_INTERRUPTED, ENGINE_TIMED_OUT, ENGINE_CRASHED, ENGINE_ANSWER_UNREADABLE or
 * ENGINE_FAILED. Not to be called twice at once.
 */
export interface TenantStack {
  readonly name: StackName;
  /** What the state holds; undefined when there is no such stack yet. */
  state(): Promise<StackState | undefined>;
  /** Makes the stack. */
  create(): Promise<void>;
  /** What `up` would do, with what is there read first. A stack that is not there is not made for it. */
  preview(limited: LimitedProgram, exists: boolean): Promise<readonly PlannedStep[]>;
  up(limited: LimitedProgram): Promise<readonly PlannedStep[]>;
  /** Lets these be deleted. */
  unprotect(urns: readonly string[]): Promise<void>;
  /** Takes these out of the state, what stands on them first; what they stand for is left alone. */
  forget(urns: readonly string[]): Promise<void>;
  /** Takes out of the state what of these Auth0 does not have any more. */
  dropGone(targets: readonly string[]): Promise<void>;
  /** Takes out of the state what a run that did not end had begun to make. */
  clearPending(): Promise<void>;
}

export interface TenantStackOptions {
  readonly name: StackName;
  /** How sentences name it, such as `fernhill at customers`. */
  readonly subject: string;
  /** Absolute. */
  readonly folder: string;
  readonly tool: { readonly path: string; readonly version: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly secretsProvider: string;
  readonly interrupted: AbortSignal;
  readonly redact: (text: string) => string;
  /** Says what brings a plugin that is not there. */
  readonly installPlugin: string;
  readonly limit?: number | undefined;
}

/** The stack of one tenant. Nothing is run yet. */
export function openTenantStack(options: TenantStackOptions): TenantStack {
  const { name, folder, environment } = options;

  /** A program's own error comes back as Pulumi's words: it is kept, because it says more. */
  const guarded = (program: PulumiFn): { readonly program: PulumiFn; readonly failure: () => unknown } => {
    let failure: unknown;
    return {
      program: async () => {
        try {
          return await program();
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      failure: () => failure,
    };
  };

  const call = async (args: readonly string[], place = options): Promise<string> => {
    const workspace = await openWorkspace(place);
    try {
      return (await runOf(workspace, place, args)).stdout;
    } catch (error) {
      throw pulumiFailure(error, [], options);
    }
  };

  const carried = async (
    what: "preview" | "up",
    { program, targets }: LimitedProgram,
    place: TenantStackOptions,
  ): Promise<readonly PlannedStep[]> => {
    if (targets.length === 0) throw new Error("a run without any target would be one of everything");
    const events: EngineEvent[] = [];
    const { program: told, failure } = guarded(program);
    let report: RunReport;
    try {
      const stack = await openStack(place, told);
      await stack[what]({
        target: [...targets],
        refresh: true,
        color: "never",
        suppressOutputs: true,
        suppressProgress: true,
        onEvent: (event) => events.push(event),
      });
      report = readEvents(events);
    } catch (error) {
      const own = failure();
      if (own instanceof TenantryError) throw own;
      throw pulumiFailure(error, readEvents(events).errors, options);
    }
    if (!report.whole) {
      const message = `Pulumi ${options.tool.version} ended ${what} of ${options.subject} without saying what it comes to`;
      throw new TenantryError("ENGINE_ANSWER_UNREADABLE", message);
    }
    return report.steps;
  };

  return {
    name,

    async state() {
      const workspace = await openWorkspace(options);
      let text: string;
      try {
        text = (await runOf(workspace, options, ["stack", "export", "--stack", name.stack])).stdout;
      } catch (error) {
        if (isNoStack(error)) return undefined;
        throw pulumiFailure(error, [], options);
      }
      const state = readState(text);
      if (state !== undefined) return state;
      const message = `Pulumi ${options.tool.version} does not answer the state of ${options.subject} as it should`;
      throw new TenantryError("ENGINE_ANSWER_UNREADABLE", message);
    },

    async create() {
      await call(["stack", "init", name.stack, "--secrets-provider", options.secretsProvider]);
    },

    async preview(limited, exists) {
      if (exists) return carried("preview", limited, options);
      // A plan makes nothing, not even an empty state: the same is seen on an empty one beside it.
      const empty = join(folder, "empty");
      const place: TenantStackOptions = {
        ...options,
        folder: empty,
        secretsProvider: "passphrase",
        environment: { ...environment, PULUMI_BACKEND_URL: `file://${empty}`, PULUMI_CONFIG_PASSPHRASE: "none" },
      };
      try {
        await mkdir(empty, { recursive: true, mode: 0o700 });
        await call(["stack", "init", name.stack, "--secrets-provider", "passphrase"], place);
        return await carried("preview", limited, place);
      } finally {
        await rm(empty, { recursive: true, force: true });
      }
    },

    up: (limited) => carried("up", limited, options),

    async unprotect(urns) {
      for (const urn of urns) await call(["state", "unprotect", urn, "--yes", "--stack", name.stack]);
    },

    async forget(urns) {
      for (const urn of urns) await call(["state", "delete", urn, "--yes", "--force", "--stack", name.stack]);
    },

    async dropGone(targets) {
      const limited = targets.flatMap((target) => ["--target", target]);
      await call(["refresh", "--yes", "--skip-preview", ...limited, "--stack", name.stack]);
    },

    async clearPending() {
      await call(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", name.stack]);
    },
  };
}

async function openWorkspace(options: TenantStackOptions, program?: PulumiFn): Promise<LocalWorkspace> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  // Half a second to load: only for who uses it.
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  return LocalWorkspace.create({
    workDir: options.folder,
    pulumiCommand: pulumiCommand({
      path: options.tool.path,
      version: options.tool.version,
      environment: options.environment,
      interrupted: options.interrupted,
      limit: options.limit,
    }),
    projectSettings: { name: options.name.project, runtime: "nodejs" },
    ...(program === undefined ? {} : { program }),
  });
}

/** The stack with a program. Its name is in every call, so that none needs to be selected. */
async function openStack(options: TenantStackOptions, program: PulumiFn): Promise<Stack> {
  const workspace = await openWorkspace(options, program);
  await nameSecretsProvider(options);
  workspace.selectStack = async () => undefined;
  const { Stack } = await import("@pulumi/pulumi/automation/index.js");
  const stack = await Stack.select(options.name.stack, workspace);
  // An update would ask for both with three more calls; nobody needs them, and one prints secrets.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  return stack;
}

/**
 * A cloud's key is named in a file that only the folder has in which the stack was made. On another machine Pulumi would
 * ask for a passphrase instead.
 */
async function nameSecretsProvider({ folder, name, secretsProvider }: TenantStackOptions): Promise<void> {
  if (secretsProvider === "passphrase") return;
  const settings = JSON.stringify({ secretsprovider: secretsProvider });
  await writeFile(join(folder, `Pulumi.${name.stack}.yaml`), settings, { flag: "wx", mode: 0o600 }).catch(
    (error: unknown) => {
      // The file that is there holds Pulumi's own data key.
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    },
  );
}

/** What the Automation API has no function for. */
async function runOf(
  workspace: LocalWorkspace,
  { folder }: TenantStackOptions,
  args: readonly string[],
): Promise<{ readonly stdout: string }> {
  const { run } = workspace.pulumiCommand as unknown as {
    run(args: readonly string[], cwd: string, more: Readonly<Record<string, string>>): Promise<{ stdout: string }>;
  };
  return run(args, folder, {});
}
