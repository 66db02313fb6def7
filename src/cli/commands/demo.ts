import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { ExitCode } from "../../errors/code.ts";
import { tenantsFolder } from "../../tenant/load.ts";
import { workspaceFile } from "../../workspace/load.ts";
import { loadContext } from "../context.ts";
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

const connection = "whiterabbit/portal";
const redirectUris = `idp/workforce/client/${connection}:redirectUris`;

/**
 * The whole way, for real, in a throw-away folder and a sandbox of its own: from the example's files to a proven
 * sign-in; then the callback and the secret are broken at the org as a person would break them, found, and mended.
 * Every step has an expected exit code; a step that leaves with another fails the demo.
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
    const exit = await runCommand(args, terminal, { ...run.surroundings, cwd: folder });
    if (!quiet && exit !== 0) run.terminal.out(`${paint.dim(`exit code ${exit}`)}\n`);
    steps.push({ command, expected, exit, milliseconds: run.now() - begun });
  };

  say("One file per customer. Every mistake would be named with its position.");
  await call("validate", 0);
  say("What would be done: the client at Okta and the record in the portal's database, in one change.");
  await call("plan --exit-code --out plan.json", 3);
  say("Exactly that plan, or nothing: register, prove, hand over, read back; only then switch on.");
  await call("apply --plan plan.json --yes", 0);
  await call("plan --exit-code", 0);
  say("The proof, link by link, with what the portal really uses.");
  await call("verify --all", 0);

  say("Somebody edits the callback in Okta's console.");
  world.okta.edit(clientOf(world).id, (app) => {
    app.oauth.redirect_uris = ["https://portal.acme.example/openid/callback"];
  });
  await call("verify", 6);
  say("The plan shows the drift. A callback is a hot field: it must be acknowledged by name.");
  await call("apply --yes", 4);
  await call(`apply --yes --ack ${redirectUris}`, 0);

  say("Somebody replaces the client secret in Okta's console.");
  world.okta.replaceSecret(clientOf(world).id);
  await call("verify", 6);
  await call("apply --yes", 0);
  await call("verify", 0);
  await call("plan --exit-code", 0);
  await call("status", 0);
  return steps;
}

function clientOf(world: Sandbox): { readonly id: string } {
  const app = world.okta.apps.find((candidate) => candidate.label.startsWith(connection));
  if (app === undefined) throw new Error(`the sandbox has no client for ${connection}`);
  return app;
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
