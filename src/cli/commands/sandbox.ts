import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { migrateSqlApp } from "../../app/sql/migrate.ts";
import { databaseUrl } from "../../apply/open-app.ts";
import { type Failed, startDetached } from "../../engine/process.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { type Context, findRoot, loadContext, type WorkspaceOptions } from "../context.ts";
import { exposedAddress } from "../exposed-address.ts";
import { type FleetChoice, fleetFolder, fleetMembers, writeFleetTenants, writeFleetWorkspace } from "../fleet-world.ts";
import { keepHeapSmall } from "../heap.ts";
import { printJson } from "../outcome.ts";
import { packageRoot } from "../package-root.ts";
import { type RatePlanOptions, ratePlanArguments, ratePlansOf } from "../rate-plans.ts";
import { isAlive, type Run } from "../run.ts";
import { sandboxEnvironment, sandboxFolder, sandboxPort } from "../sandbox-folder.ts";
import { secretSource } from "../secret-source.ts";
import { worldArguments, worldChoice } from "../world-choice.ts";

export interface SandboxOptions extends WorkspaceOptions, RatePlanOptions {
  readonly background?: boolean | undefined;
  readonly port?: string | undefined;
  readonly exposeToNetwork?: string | undefined;
  readonly data?: string | undefined;
  readonly tenants?: string | undefined;
  readonly seed?: string | undefined;
}

/** Starts the sandbox of a workspace, in the foreground or left running. */
export async function startSandboxOf(run: Run, options: SandboxOptions): Promise<ExitCode> {
  const port = parsePort(options.port);
  worldChoice(options, run.surroundings.cwd);
  exposedAddress(run, options.exposeToNetwork);
  await ratePlansOf(options);
  return options.background === true ? startInBackground(run, options, port) : runInForeground(run, options, port);
}

async function runInForeground(run: Run, options: SandboxOptions, port: number | undefined): Promise<ExitCode> {
  const { terminal } = run;
  keepHeapSmall();
  try {
    const context = loadContext(run.surroundings, { ...options, env: options.env ?? sandboxEnvironment }, run.now());
    const { root } = context.workspace;
    const { startSandbox, describeBug } = await import("../../../sandbox/sandbox.ts");
    const { data, fleet } = worldChoice(options, run.surroundings.cwd);
    const world = await startSandbox({
      dir: sandboxFolder(root),
      data,
      fleet: fleet === undefined ? undefined : () => fleetMembers(fleet),
      port: port ?? sandboxPort(context) ?? 8443,
      onUnsaved: () => terminal.err("the world could not be written down; the next change tries again\n"),
      exposedTo: options.exposeToNetwork,
      rateLimits: await ratePlansOf(options),
      onRequest: ({ method, host, path, status, milliseconds }) =>
        terminal.err(`${method} ${host}${path} ${status} ${Math.round(milliseconds)} ms\n`),
      onBug: (bug) => terminal.err(`${describeBug(bug)}\n`),
    });
    try {
      await migrateExampleApps(run, context);
      if (fleet !== undefined) {
        writeFleetWorkspace(fleetFolder(root), { port: world.port, folder: sandboxFolder(root) });
        if (world.isNew) writeFleetTenants(fleetFolder(root), fleet);
        else terminal.err("--tenants fills a new world only; the one that is kept stays as it is\n");
      }
      const ended = new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
      });
      if (options.json === true) printJson(terminal, "sandbox", { running: true, port: world.port, pid: process.pid });
      else terminal.out(answersAt(world.port, fleet));
      sayOtherPort(run, sandboxPort(context), world.port);
      process.send?.({ ready: true });
      await ended;
      return 0;
    } finally {
      // Also when the databases cannot be made: a server left listening would keep the process.
      await world.close();
    }
  } catch (error) {
    if (process.send === undefined) throw error;
    await new Promise((resolve) => process.send?.(firstWordOf(error), resolve));
    throw error;
  }
}

async function startInBackground(run: Run, options: SandboxOptions, port: number | undefined): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const root = findRoot(surroundings, options.workspace);
  // Mistakes in files are told here, with their positions, and not in a log.
  const context = loadContext(surroundings, { ...options, env: options.env ?? sandboxEnvironment }, run.now());
  // Beside the sandbox's folder, which is emptied when it starts.
  const log = join(dirname(sandboxFolder(root)), "sandbox.log");
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  const entry = join(packageRoot(), "bin", "tenantry.js");
  const args = [entry, "sandbox", "--workspace", root];
  if (options.env !== undefined) args.push("--env", options.env);
  if (port !== undefined) args.push("--port", String(port));
  args.push(...worldArguments(worldChoice(options, surroundings.cwd)));
  args.push(...ratePlanArguments(options));
  if (options.exposeToNetwork !== undefined) args.push("--expose-to-network", options.exposeToNetwork);
  const result = await startDetached(process.execPath, args, {
    cwd: root,
    log,
    environment: surroundings.environment,
  });
  if ("failed" in result) throw failureOf(result, log);
  const { readReady } = await import("../../../sandbox/sandbox.ts");
  const ready = readReady(sandboxFolder(root));
  if (options.json === true) {
    printJson(terminal, "sandbox", { running: true, pid: result.started.pid, port: ready?.port ?? null });
  } else {
    terminal.out(answersAt(ready?.port, worldChoice(options, surroundings.cwd).fleet));
    terminal.out("stop it with `tenantry sandbox stop`\n");
  }
  sayOtherPort(run, sandboxPort(context), ready?.port);
  return 0;
}

/** What a sandbox in the background says when it does not start. */
function firstWordOf(error: unknown): Failed {
  if (!(error instanceof TenantryError)) return { failed: "it ran into a bug" };
  return { failed: error.message, code: error.code, hint: error.hint };
}

/** The same failure here, so that code, mend and exit code are those of a sandbox in the foreground. */
function failureOf({ failed, code, hint }: Failed, log: string): TenantryError {
  if (code === undefined) {
    return new TenantryError("CLI_SANDBOX_FAILED", `the sandbox did not start: ${failed}`, { hint: `look at ${log}` });
  }
  return new TenantryError(code, failed, hint === undefined ? {} : { hint });
}

/** What is printed when it runs: where, and how to use it. */
function answersAt(port: number | undefined, fleet: FleetChoice | undefined): string {
  return (
    `the sandbox answers at 127.0.0.1:${port}; use --env ${sandboxEnvironment}\n` +
    'for other tools: eval "$(tenantry sandbox env)"\n' +
    (fleet === undefined ? "" : `the fleet: --workspace .tenantry/fleet --env ${sandboxEnvironment}\n`)
  );
}

/** The other commands go where the file says, and find nobody there. */
function sayOtherPort({ terminal }: Run, named: number | undefined, port: number | undefined): void {
  if (named === undefined || port === undefined || named === port) return;
  terminal.err(
    `\`connect:\` in tenantry.yaml names port ${named}; write ${port} there for --env ${sandboxEnvironment}\n`,
  );
}

/** Ends the sandbox of a workspace; not running already is done. */
export async function stopSandbox(run: Run, options: WorkspaceOptions): Promise<ExitCode> {
  const { terminal } = run;
  const root = findRoot(run.surroundings, options.workspace);
  const { runningIn } = await import("../../../sandbox/ready.ts");
  const running = await runningIn(sandboxFolder(root));
  if (running !== undefined) {
    const { pid } = running;
    process.kill(pid, "SIGTERM");
    for (let waited = 0; waited < 5_000 && isAlive(pid); waited += 20) await delay(20);
    if (isAlive(pid)) throw new TenantryError("CLI_SANDBOX_FAILED", `the sandbox (process ${pid}) does not stop`);
  }
  const stopped = running !== undefined;
  if (options.json === true) printJson(terminal, "sandbox", { running: false, stopped });
  else terminal.out(stopped ? "the sandbox has stopped\n" : "no sandbox is running here\n");
  return 0;
}

/** The databases of the workspace's apps in the sandbox's environment, made and migrated. */
export async function migrateExampleApps(run: Run, context: Context): Promise<void> {
  const { workspace } = context;
  const source = secretSource(run.surroundings, workspace);
  for (const app of workspace.apps.values()) {
    if (app.kind !== "sql") continue;
    const mapped = app.mapping !== undefined;
    await migrateSqlApp(databaseUrl(app, { source, redactor: run.redactor }), { root: workspace.root, mapped });
  }
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new TenantryError("CLI_USAGE", `\`${text}\` is no port`, { hint: "give a number from 0 to 65535" });
}
