import { readdir, stat } from "node:fs/promises";
import { arch, platform } from "node:os";
import { join } from "node:path";
import type { Environment } from "../tool-environment.ts";
import { readCliConfig } from "./cli-config.ts";

// Which versions of a provider lie on this machine, where Terraform or OpenTofu would take them from.

export interface FoundProvider {
  /** Undefined for one that is being worked on: it counts as whatever version is asked for. */
  readonly version?: string | undefined;
  /** The folder or archive. */
  readonly path: string;
  readonly kind: "override" | "mirror" | "cache";
}

export interface ProviderSearch {
  readonly found: readonly FoundProvider[];
  /** The settings file of the tool itself that was read. */
  readonly settings?: string | undefined;
  /** Folders that those settings name as mirrors. */
  readonly mirrors: readonly string[];
  /** Whether one that is not here is asked for on the network. */
  readonly fetches: boolean;
}

export interface ProviderPlace {
  readonly environment: Environment;
  /** The user's home folder. */
  readonly home: string;
  /** Folders where runs keep what they have fetched, besides that of the tool's own settings. */
  readonly caches?: readonly string[] | undefined;
}

/** Looks for a provider such as `okta/okta` for this machine's own platform. Asks no network. */
export async function searchProvider(
  product: "tofu" | "terraform",
  source: string,
  { environment, home, caches = [] }: ProviderPlace,
): Promise<ProviderSearch> {
  const { file, overrides, mirrors, cache, fetches } = await readCliConfig(product, source, environment, home);
  const worked = await Promise.all(
    overrides.map(
      async ({ path }): Promise<readonly FoundProvider[]> =>
        (await isThere(path)) ? [{ path, kind: "override" }] : [],
    ),
  );
  const places = [
    ...(mirrors ?? impliedMirrors(product, environment, home)).map((path) => ({ path, kind: "mirror" as const })),
    ...[...(cache === undefined ? [] : [cache]), ...caches].map((path) => ({ path, kind: "cache" as const })),
  ];
  // Each of the two asks a host of its own for what names none, and does not take what lies under the other's.
  const other = product === "tofu" ? "terraform" : "opentofu";
  const isOwn = (host: string): boolean => !host.includes(other);
  const lying = await Promise.all(places.map(({ path, kind }) => lookInto(path, source, kind, isOwn)));
  // Where nothing says otherwise, one that an implied folder holds is asked for nowhere else.
  const implied = mirrors === undefined && lying.flat().some(({ kind }) => kind === "mirror");
  const found = [...worked.flat(), ...lying.flat()];
  return { found, settings: file, mirrors: mirrors ?? [], fetches: fetches && !implied };
}

/** Folders that are mirrors without being named. */
function impliedMirrors(product: "tofu" | "terraform", environment: Environment, home: string): readonly string[] {
  const own = join(home, ".terraform.d", "plugins");
  if (platform() === "darwin") {
    return [own, join(home, "Library", "Application Support", "io.terraform", "plugins")];
  }
  const data = environment.XDG_DATA_HOME || join(home, ".local", "share");
  const shared = (environment.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":");
  const config = join(environment.XDG_CONFIG_HOME || join(home, ".config"), "opentofu", "plugins");
  const folders = [data, ...shared].map((folder) => join(folder, "terraform", "plugins"));
  return [own, ...(product === "tofu" ? [config] : []), ...folders];
}

/** A mirror: `HOST/NAMESPACE/TYPE/VERSION/PLATFORM/`, or an archive in place of the last two. */
async function lookInto(
  folder: string,
  source: string,
  kind: FoundProvider["kind"],
  isOwn: (host: string) => boolean,
): Promise<readonly FoundProvider[]> {
  const found: FoundProvider[] = [];
  for (const host of (await names(folder)).filter(isOwn)) {
    const own = join(folder, host, ...source.split("/"));
    for (const name of await names(own)) {
      const archived = new RegExp(`^terraform-provider-[a-z0-9-]+_(.+)_${toolPlatform()}\\.zip$`).exec(name)?.[1];
      if (archived !== undefined) found.push({ version: archived, path: join(own, name), kind });
      else if (/^\d/.test(name) && (await isThere(join(own, name, toolPlatform())))) {
        found.push({ version: name, path: join(own, name, toolPlatform()), kind });
      }
    }
  }
  return found;
}

/** This machine as Terraform and OpenTofu name it, such as `linux_amd64`. */
export function toolPlatform(): string {
  const system = platform() === "win32" ? "windows" : platform();
  const machines: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return `${system}_${machines[arch()] ?? arch()}`;
}

async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
