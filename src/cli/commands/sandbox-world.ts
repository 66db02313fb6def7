import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ReadyFile } from "../../../sandbox/ready.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";
import { runningSandbox } from "../running-sandbox.ts";
import { writeWhole } from "../write-file.ts";

export interface WorldOptions extends WorkspaceOptions {
  /** A folder of `sandbox --data`; absent for the sandbox of the workspace that runs. */
  readonly data?: string | undefined;
}

/** What stands for standard output and input. */
const pipe = "-";

/**
 * Writes the world of a sandbox to a file (0600) or to stdout: of the one that runs, or what a folder keeps.
 *
 * @throws TenantryError SANDBOX_NOT_RUNNING, SANDBOX_DATA_FOREIGN, CLI_OUTPUT_UNWRITABLE
 */
export async function exportWorld(run: Run, file: string, options: WorldOptions): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const { writeWorld } = await import("../../../sandbox/world-document.ts");
  const { readDataFolder } = await import("../../../sandbox/data-folder.ts");
  const place = await placeOf(run, options);
  const text = "running" in place ? await ask(place.running) : writeWorld(await readDataFolder(place.kept));
  if (file === pipe) {
    terminal.out(text);
    return 0;
  }
  const path = resolve(surroundings.cwd, file);
  writeWhole(surroundings.cwd, file, text);
  if (options.json === true) printJson(terminal, "sandbox", { exported: path, bytes: Buffer.byteLength(text) });
  else terminal.out(`the sandbox's world is in ${file}; it holds secrets and private keys, for your user only\n`);
  return 0;
}

/**
 * Puts the world of a file, or of stdin, in the place of the one that a sandbox has: of the one that runs, or of what a
 * folder keeps. The document is looked at as a whole first; one that is not right changes nothing.
 *
 * @throws TenantryError SANDBOX_WORLD_INVALID, SANDBOX_WORLD_NEWER, SANDBOX_NOT_RUNNING, SANDBOX_DATA_FOREIGN,
 * FILE_UNREADABLE
 */
export async function importWorld(run: Run, file: string, options: WorldOptions): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const { readWorld } = await import("../../../sandbox/world-document.ts");
  const text = await readInput(surroundings.cwd, file);
  const state = await readWorld(text, file === pipe ? "the input" : file);
  const place = await placeOf(run, options);
  if ("running" in place) await ask(place.running, text);
  else {
    const { openDataFolder, writeState } = await import("../../../sandbox/data-folder.ts");
    const { dir } = await openDataFolder(place.kept, run.now());
    await writeState(dir, state);
  }
  if (options.json === true) {
    const where = "running" in place ? { port: place.running.port } : { data: place.kept };
    printJson(terminal, "sandbox", { imported: true, ...where });
    return 0;
  }
  terminal.out(
    "running" in place
      ? "the sandbox has this world now; `env` is written anew, the databases of the apps are as they were\n"
      : `${options.data} keeps this world now; start it with \`tenantry sandbox --data ${options.data}\`\n`,
  );
  return 0;
}

/** The sandbox to be asked, or the folder of one that does not run. */
async function placeOf(
  run: Run,
  options: WorldOptions,
): Promise<{ readonly running: ReadyFile } | { readonly kept: string }> {
  if (options.data === undefined) return { running: await runningSandbox(run, options) };
  const { runningIn } = await import("../../../sandbox/ready.ts");
  const kept = resolve(run.surroundings.cwd, options.data);
  const running = await runningIn(kept);
  return running === undefined ? { kept } : { running };
}

async function ask(running: ReadyFile, document?: string): Promise<string> {
  const { askAdmin } = await import("../../../sandbox/ask-admin.ts");
  const how = document === undefined ? { method: "GET" as const } : { method: "PUT" as const, body: document };
  return askAdmin(running, { path: "/world", ...how });
}

async function readInput(cwd: string, file: string): Promise<string> {
  try {
    if (file !== pipe) return readFileSync(resolve(cwd, file), "utf8");
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
  } catch (cause) {
    throw new TenantryError("FILE_UNREADABLE", `${file} cannot be read`, { cause });
  }
}
