import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isJsonObject, type JsonObject, objectIn, parseJson } from "../../vendor/json.ts";
import type { Environment } from "../tool-environment.ts";
import { readCliConfig } from "./cli-config.ts";

/**
 * Where providers are kept once for all working folders; undefined when the user's own settings name a place, by
 * TF_PLUGIN_CACHE_DIR or `plugin_cache_dir`.
 */
export async function pluginCacheOf(
  environment: Environment,
  product: "tofu" | "terraform",
  root: string,
): Promise<string | undefined> {
  const home = environment.HOME ?? homedir();
  const { cache } = await readCliConfig(product, "okta/okta", environment, home);
  return cache === undefined ? join(root, ".tenantry/engines/plugin-cache") : undefined;
}

/** A lock that nobody has touched for so long (milliseconds) was left behind by a run that was killed. */
const stale = 60_000;

let last: Promise<unknown> = Promise.resolve();

/**
 * One after the other, in this process and in others of the same workspace: two that fill a plugin cache together may
 * read half of what the other one writes (https://developer.hashicorp.com/terraform/cli/config/config-file, provider
 * plugin cache: not safe for concurrent use).
 */
export async function oneInitAtATime(
  place: {
    readonly root: string;
    readonly cache: string | undefined;
    readonly sleep: (milliseconds: number) => Promise<void>;
  },
  init: () => Promise<void>,
): Promise<void> {
  const turn = last.then(async () => {
    const engines = join(place.root, ".tenantry/engines");
    for (const folder of [engines, place.cache ?? engines]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await alone(join(engines, "init.lock"), place.sleep, init);
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** Does the work while it holds a file that only one process can make. */
async function alone(
  lock: string,
  sleep: (milliseconds: number) => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      await writeFile(lock, "", { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const touched = (await stat(lock).catch(() => undefined))?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > stale) await rm(lock, { force: true });
    else await sleep(200);
  }
  const touch = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), stale / 6);
  try {
    await work();
  } finally {
    clearInterval(touch);
    await rm(lock, { force: true });
  }
}

/**
 * Gives a new working folder the lock file of one that needs the same providers. The cache is used only for providers
 * whose checksums a lock file holds: without it every folder would fetch and unpack its own. A lock file of another
 * version than the program names is deleted first, because `init` would refuse it.
 */
export async function lendLockFile(folder: string, root: string, title: string): Promise<void> {
  const kept = lockFileOf(folder, root, title);
  const own = join(folder, ".terraform.lock.hcl");
  if (locksAnother(textOf(own), folder)) await rm(own);
  if (kept !== undefined && existsSync(kept) && !existsSync(own)) await copyFile(kept, own);
}

/** Keeps the lock file for the next folder that needs the same providers. */
export async function keepLockFile(folder: string, root: string, title: string): Promise<void> {
  const kept = lockFileOf(folder, root, title);
  const own = join(folder, ".terraform.lock.hcl");
  if (kept === undefined || !existsSync(own)) return;
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  await copyFile(own, kept);
}

/** Whether a lock file holds a provider to another version than the one that the folder's program names. */
function locksAnother(lock: string, folder: string): boolean {
  const locked = [...lock.matchAll(/^provider "[^"/]+\/([^"]+)" \{\s*version\s*=\s*"([^"]+)"/gm)];
  return Object.values(requiredProviders(folder) ?? {}).some((required) => {
    const { source, version } = isJsonObject(required) ? required : {};
    return (
      typeof version === "string" &&
      /^\d+\.\d+\.\d+$/.test(version) &&
      locked.some(([, name, other]) => name === source && other !== version)
    );
  });
}

function lockFileOf(folder: string, root: string, title: string): string | undefined {
  const program = requiredProviders(folder);
  if (program === undefined) return undefined;
  const name = createHash("sha256")
    .update(JSON.stringify([title, program]))
    .digest("hex")
    .slice(0, 16);
  return join(root, ".tenantry/engines/provider-locks", `${name}.lock.hcl`);
}

function requiredProviders(folder: string): JsonObject | undefined {
  const required = objectIn(parseJson(textOf(join(folder, "cdk.tf.json"))), "terraform").required_providers;
  return isJsonObject(required) ? required : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
