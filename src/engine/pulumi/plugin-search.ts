import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../tool-environment.ts";
import { foldersOfPath, isProgram } from "../tool-search.ts";

// Which versions of a Pulumi plugin lie on this machine, where the Pulumi CLI would take them from.

export interface FoundPlugin {
  /** Undefined for one on PATH: it is taken as it is. */
  readonly version?: string | undefined;
  readonly path: string;
  readonly kind: "installed" | "PATH";
}

/** Looks for a resource plugin such as `auth0` on PATH and in Pulumi's own folder. Asks no network. */
export async function searchPlugin(
  name: string,
  environment: Environment,
  home: string,
): Promise<readonly FoundPlugin[]> {
  const found: FoundPlugin[] = [];
  const ambient = !/^(1|true)$/i.test(environment.PULUMI_IGNORE_AMBIENT_PLUGINS ?? "");
  for (const folder of ambient ? foldersOfPath(environment) : []) {
    const path = join(folder, `pulumi-resource-${name}`);
    if (await isProgram(path)) found.push({ path, kind: "PATH" });
  }
  const folder = join(environment.PULUMI_HOME || join(home, ".pulumi"), "plugins");
  for (const entry of (await readdir(folder).catch(() => [])).sort()) {
    const version = new RegExp(`^resource-${name}-v(\\d[\\w.+-]*)$`).exec(entry)?.[1];
    // A marker beside the folder says that its installation was begun and did not end.
    if (version === undefined || /\.(lock|partial)$/.test(version)) continue;
    const path = join(folder, entry);
    if (await isProgram(join(path, `pulumi-resource-${name}`))) found.push({ version, path, kind: "installed" });
  }
  return found;
}
