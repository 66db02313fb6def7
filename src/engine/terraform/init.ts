import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, parseJson } from "../../vendor/json.ts";
import { fileText } from "./file-text.ts";

/** Written into the working folder once `init` has passed: what it was for. */
const stampFile = ".tenantry-init";

/** What `init` depends on besides the program: the tool, and where its providers come from. */
export interface InitSurroundings {
  readonly path: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Whether `init` was not yet done for what this folder holds: it is needed again when the providers, the backend, the
 * lock file, the tool or its own settings have changed. Afterwards a run needs no network but the backend's and the
 * identity provider's.
 */
export async function initNeeded(folder: string, surroundings: InitSurroundings): Promise<boolean> {
  if (!existsSync(join(folder, ".terraform"))) return true;
  return (await fileText(join(folder, stampFile))) !== (await initStamp(folder, surroundings));
}

/** Notes that `init` is done for what the folder holds now. */
export async function noteInit(folder: string, surroundings: InitSurroundings): Promise<void> {
  await writeFile(join(folder, stampFile), await initStamp(folder, surroundings), { mode: 0o600 });
}

async function initStamp(folder: string, { path, version, environment }: InitSurroundings): Promise<string> {
  const program = parseJson((await fileText(join(folder, "cdk.tf.json"))) ?? "");
  const hash = createHash("sha256");
  hash.update(JSON.stringify([path, version, isJsonObject(program) ? program.terraform : undefined]));
  hash.update((await fileText(join(folder, ".terraform.lock.hcl"))) ?? "");
  const { TF_CLI_CONFIG_FILE: settings, TF_PLUGIN_CACHE_DIR: cache } = environment;
  hash.update(JSON.stringify([settings ?? "", cache ?? ""]));
  if (settings !== undefined) hash.update((await fileText(settings)) ?? "");
  return hash.digest("hex");
}
