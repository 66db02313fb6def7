import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { ExitCode } from "../../errors/code.ts";
import { tenantsFolder } from "../../tenant/load.ts";
import { workspaceFile } from "../../workspace/load.ts";
import { loadContext } from "../context.ts";
import { tell } from "../demo-story.ts";
import { runCommand } from "../main.ts";
import { printJson } from "../outcome.ts";
import { packageRoot } from "../package-root.ts";
import type { Run } from "../run.ts";
import { sandboxEnvironment, sandboxFolder } from "../sandbox-folder.ts";
import { migrateExampleApps } from "./sandbox.ts";

/** One command of the demo, and how it went. */
interface DemoStep {
  readonly command: string;
  readonly expected: ExitCode;
  readonly exit: ExitCode;
  readonly milliseconds: number;
}

/**
 * The whole way, for real, in a throw-away folder and a sandbox of its own: the story of `demo-story.ts` over the
 * example's files. Every step has an expected exit code; a step that leaves with another fails the demo.
 */
export async function demo(run: Run, options: { readonly json?: boolean | undefined }): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-demo-"));
  const started = run.now();
  let world: Sandbox | undefined;
  try {
    const { startSandbox } = await import("../../../sandbox/sandbox.ts");
    world = await startSandbox({ dir: sandboxFolder(folder), port: 0 });
    copyExample(folder, world.port);
    await migrateExampleApps(run, loadContext(run.surroundings, inFolder(folder), run.now()));
    const steps = await play(run, folder, world, options.json === true);
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

async function play(run: Run, folder: string, world: Sandbox, quiet: boolean): Promise<readonly DemoStep[]> {
  const steps: DemoStep[] = [];
  const { paint } = run.terminal;
  // Variables of this shell must not reach into the demo's world.
  const environment: Record<string, string> = {};
  const say = (text: string): void => {
    if (!quiet) run.terminal.out(`\n${paint.bold(`# ${text}`)}\n`);
  };
  const call = async (command: string, expected: ExitCode): Promise<void> => {
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
  await tell({ world, folder, say, happens, call, setSecret });
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
