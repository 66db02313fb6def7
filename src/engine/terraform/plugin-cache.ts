import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { objectIn, parseJson } from "../../vendor/json.ts";
import type { Environment } from "../tool-environment.ts";

/**
 * Where providers are kept once for all working folders; undefined when the user's own settings name a place, by
 * TF_PLUGIN_CACHE_DIR or `plugin_cache_dir`.
 */
export function pluginCacheOf(
  environment: Environment,
  product: "tofu" | "terraform",
  root: string,
): string | undefined {
  if (environment.TF_PLUGIN_CACHE_DIR !== undefined) return undefined;
  const home = environment.HOME ?? homedir();
  const files =
    environment.TF_CLI_CONFIG_FILE === undefined
      ? [...(product === "tofu" ? [join(home, ".tofurc")] : []), join(home, ".terraformrc")]
      : [environment.TF_CLI_CONFIG_FILE];
  for (const file of files) if (/^\s*plugin_cache_dir\s*=/m.test(textOf(file))) return undefined;
  return join(root, ".tenantry/engines/plugin-cache");
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other: two that fill a plugin cache together may read half of what the other one writes. */
export async function oneInitAtATime(cache: string | undefined, init: () => Promise<void>): Promise<void> {
  const turn = last.then(async () => {
    if (cache !== undefined) await mkdir(cache, { recursive: true, mode: 0o700 });
    await init();
  });
  last = turn.catch(() => undefined);
  return turn;
}

/**
 * Gives a new working folder the lock file of one that needs the same providers. The cache is used only for providers
 * whose checksums a lock file holds: without it every folder would fetch and unpack its own.
 */
export async function lendLockFile(folder: string, root: string, title: string): Promise<void> {
  const kept = lockFileOf(folder, root, title);
  const own = join(folder, ".terraform.lock.hcl");
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

function lockFileOf(folder: string, root: string, title: string): string | undefined {
  const program = objectIn(parseJson(textOf(join(folder, "cdk.tf.json"))), "terraform").required_providers;
  if (program === undefined) return undefined;
  const name = createHash("sha256")
    .update(JSON.stringify([title, program]))
    .digest("hex")
    .slice(0, 16);
  return join(root, ".tenantry/engines/provider-locks", `${name}.lock.hcl`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
