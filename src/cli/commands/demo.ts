import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { EngineSurvey } from "../../engine/survey.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { tenantsFolder } from "../../tenant/load.ts";
import { carriedBy } from "../../workspace/engine-choice.ts";
import { loadWorkspace, workspaceFile } from "../../workspace/load.ts";
import type { EngineKind } from "../../workspace/workspace.ts";
import { loadContext } from "../context.ts";
import { tell } from "../demo-story.ts";
import { openAs } from "../demo-visit.ts";
import { missingText } from "../engines-text.ts";
import { runCommand } from "../main.ts";
import { nodeFiles } from "../node-files.ts";
import { printJson } from "../outcome.ts";
import { packageRoot } from "../package-root.ts";
import type { Run } from "../run.ts";
import { sandboxEnvironment, sandboxFolder } from "../sandbox-folder.ts";
import type { Surroundings } from "../terminal.ts";
import { migrateExampleApps } from "./sandbox.ts";

/** One command of the demo, and how it went. */
interface DemoStep {
  readonly command: string;
  readonly expected: ExitCode;
  readonly exit: ExitCode;
  readonly milliseconds: number;
}

export interface DemoOptions {
  readonly json?: boolean | undefined;
  /** What carries registrations out wherever it can; by API when absent. */
  readonly engine?: EngineKind | undefined;
}

/**
 * The whole way, for real, in a throw-away folder and a sandbox of its own: the story of `demo-story.ts` over the
 * example's files. Every step has an expected exit code; a step that leaves with another fails the demo. With an engine
 * that runs a program, nothing starts unless all that it needs is installed.
 */
export async function demo(run: Run, options: DemoOptions): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-demo-"));
  const started = run.now();
  let world: Sandbox | undefined;
  try {
    const { missing, identityProviders } = await surveyFor(run, folder, options.engine);
    if (missing.length > 0) {
      if (options.json === true) printJson(run.terminal, "demo", { passed: false, missing });
      else run.terminal.out(missingText(missing, sandboxEnvironment, run.terminal.paint));
      return 5;
    }
    for (const { idp, tool } of options.json === true ? [] : identityProviders) {
      if (tool === undefined) continue;
      run.terminal.out(
        run.terminal.paint.dim(`(${idp} is carried by ${tool.product} ${tool.version}, ${tool.path})\n`),
      );
    }
    const { startSandbox } = await import("../../../sandbox/sandbox.ts");
    world = await startSandbox({ dir: sandboxFolder(folder), port: 0 });
    copyExample(folder, world.port);
    await migrateExampleApps(run, loadContext(run.surroundings, inFolder(folder), run.now()));
    const steps = await play(run, folder, world, options);
    const failed = steps.filter((step) => step.exit !== step.expected);
    const seconds = Math.round((run.now() - started) / 100) / 10;
    if (options.json === true) {
      printJson(run.terminal, "demo", {
        passed: failed.length === 0,
        seconds,
        requests: world.okta.requests.total,
        steps,
      });
    } else {
      const { paint } = run.terminal;
      run.terminal.out(
        failed.length === 0
          ? `\n${paint.green("Done")}: ${steps.length} commands as expected, ${world.okta.requests.total} requests, ${seconds} s\n`
          : `\n${paint.red("Failed")}: ${failed.map(({ command, exit }) => `${command} left with ${exit}`).join("; ")}\n`,
      );
    }
    return failed.length === 0 ? 0 : 1;
  } finally {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Variables by which the programs of engines are found, and find what they need. */
const forPrograms =
  /^(PATH|HOME|TMPDIR|LANG|TF_CLI_CONFIG_FILE|TERRAFORM_CONFIG|TF_PLUGIN_CACHE_DIR|PULUMI_HOME|PULUMI_IGNORE_AMBIENT_PLUGINS|XDG_\w+)$/;

/** What of this shell the demo's world gets: no variable of it may reach in, but what a program is found by. */
function demoEnvironment(surroundings: Surroundings, engine: EngineKind | undefined): Record<string, string> {
  if (engine === undefined || engine === "direct") return {};
  return Object.fromEntries(
    Object.entries(surroundings.environment).flatMap(([name, value]) =>
      value !== undefined && forPrograms.test(name) ? [[name, value]] : [],
    ),
  );
}

/** What the example uses and lacks with an engine, before there is a sandbox; its secrets will be the sandbox's. */
async function surveyFor(
  run: Run,
  folder: string,
  engine: EngineKind | undefined,
): Promise<Pick<EngineSurvey, "missing" | "identityProviders">> {
  if (engine === undefined || engine === "direct") return { missing: [], identityProviders: [] };
  const example = packageRoot();
  const { workspace, issues } = loadWorkspace(nodeFiles(example), example, sandboxEnvironment);
  if (workspace === undefined) throw new TenantryError("CLI_FILES_INVALID", "the example has issues", { issues });
  const { surveyEngines } = await import("../../engine/survey.ts");
  return surveyEngines({
    environment: demoEnvironment(run.surroundings, engine),
    folder,
    workspace: { ...carriedBy(workspace, engine), root: folder },
    ci: false,
    isThere: () => true,
    redact: (text) => run.redactor.redact(text),
  });
}

async function play(
  run: Run,
  folder: string,
  world: Sandbox,
  { json: quiet = false, engine }: DemoOptions,
): Promise<readonly DemoStep[]> {
  const steps: DemoStep[] = [];
  const { paint } = run.terminal;
  const environment = demoEnvironment(run.surroundings, engine);
  const say = (text: string): void => {
    if (!quiet) run.terminal.out(`\n${paint.bold(`# ${text}`)}\n`);
  };
  const call = async (told: string, expected: ExitCode): Promise<void> => {
    const plans = /^(plan|apply)\b/.test(told) && engine !== undefined;
    const command = plans ? `${told} --engine ${engine}` : told;
    if (!quiet) run.terminal.out(`\n${paint.dim("$")} tenantry ${command}\n`);
    const begun = run.now();
    const args = [...command.split(" "), "--workspace", folder, "--env", sandboxEnvironment];
    const terminal = {
      out: (text: string) => (quiet ? undefined : run.terminal.out(text)),
      // Errors belong to the story; progress does not.
      err: (text: string) => (quiet || !/^[A-Z]+_/.test(text) ? undefined : run.terminal.out(text)),
      paint,
    };
    const exit = await runCommand(args, terminal, { ...run.surroundings, environment, cwd: folder });
    if (!quiet && exit !== 0) run.terminal.out(`${paint.dim(`exit code ${exit}`)}\n`);
    steps.push({ command, expected, exit, milliseconds: run.now() - begun });
  };

  const happens = (text: string): void => {
    if (!quiet) run.terminal.out(`\n${paint.dim(`(${text})`)}\n`);
  };
  const setSecret = (name: string, value: string): void => {
    environment[name] = value;
  };
  const visit = async (url: string, expected: number): Promise<void> => {
    const { status, location } = await openAs(world, url);
    const where = location === undefined ? "" : ` to ${new URL(location, url).host}`;
    if (!quiet) run.terminal.out(`\n${paint.dim(`(somebody opens ${url}: ${status}${where})`)}\n`);
    if (status !== expected) throw new Error(`${url} answers ${status}, not ${expected}`);
  };
  const look = (file: string, member: string): void => {
    const found: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"))[member];
    if (found === undefined) throw new Error(`${file} has no ${member}`);
    happens(`${file} has ${member} ${JSON.stringify(found)}`);
  };
  await tell({ world, folder, say, happens, call, setSecret, visit, look });
  return steps;
}

/** The example workspace, with the port of this demo's sandbox. */
function copyExample(folder: string, port: number): void {
  const example = packageRoot();
  const text = readFileSync(join(example, workspaceFile), "utf8");
  writeFileSync(join(folder, workspaceFile), text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`));
  cpSync(join(example, tenantsFolder), join(folder, tenantsFolder), { recursive: true });
}

function inFolder(folder: string): { readonly workspace: string; readonly env: string } {
  return { workspace: folder, env: sandboxEnvironment };
}
