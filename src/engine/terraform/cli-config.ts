import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../tool-environment.ts";

// What the settings of Terraform and OpenTofu themselves say of where providers come from: the file that
// TF_CLI_CONFIG_FILE names, or the one in the home folder. Only told, never changed: `tenantry engines` says what a run
// will meet.

/** Where the tool takes providers from, as its own settings have it. */
export interface CliConfig {
  /** The file that says so; undefined when there is none. */
  readonly file?: string | undefined;
  /** Folders that hold one provider that is being worked on, by its source address. */
  readonly overrides: readonly { readonly source: string; readonly path: string }[];
  /** Folders laid out as mirrors; undefined when the file does not say how providers are installed. */
  readonly mirrors?: readonly string[] | undefined;
  /** Folder where fetched providers are kept for the next time. */
  readonly cache?: string | undefined;
  /** Whether a provider that no folder holds is asked for on the network. */
  readonly fetches: boolean;
}

/** Reads the tool's own settings as far as they concern one provider, such as `okta/okta`. A broken file says nothing. */
export async function readCliConfig(
  product: "tofu" | "terraform",
  source: string,
  environment: Environment,
  home: string,
): Promise<CliConfig> {
  const cache = environment.TF_PLUGIN_CACHE_DIR || undefined;
  for (const file of filesOf(product, environment, home)) {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch {
      continue;
    }
    return { file, ...settingsOf(text, source, home), ...(cache === undefined ? {} : { cache }) };
  }
  return { overrides: [], fetches: true, cache };
}

/** In the order in which they are looked for; the first that is there counts. */
function filesOf(product: "tofu" | "terraform", environment: Environment, home: string): readonly string[] {
  const named = environment.TF_CLI_CONFIG_FILE || environment.TERRAFORM_CONFIG;
  if (named !== undefined && named !== "") return [named];
  const common = join(home, ".terraformrc");
  if (product === "terraform") return [common];
  return [
    join(home, ".tofurc"),
    join(environment.XDG_CONFIG_HOME || join(home, ".config"), "opentofu", "tofurc"),
    common,
  ];
}

function settingsOf(text: string, source: string, home: string): Omit<CliConfig, "file"> {
  const plain = withoutComments(text);
  const [installation] = blocksOf(plain, "provider_installation");
  const outside = installation === undefined ? plain : plain.replace(installation, "");
  const cache = textOf(outside, "plugin_cache_dir");
  const at = (path: string): string => path.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, home);
  if (installation === undefined) return { overrides: [], cache: cache && at(cache), fetches: true };
  const overrides = blocksOf(installation, "dev_overrides").flatMap((block) =>
    [...block.matchAll(/"([^"]+)"\s*=\s*"([^"]+)"/g)].flatMap(([, name = "", path = ""]) =>
      matches(name, source) ? [{ source: name, path: at(path) }] : [],
    ),
  );
  const mirrors = blocksOf(installation, "filesystem_mirror").flatMap((block) => {
    const path = textOf(block, "path");
    return path === undefined || !covers(block, source) ? [] : [at(path)];
  });
  const network = ["direct", "network_mirror", "oci_mirror"].flatMap((kind) => blocksOf(installation, kind));
  return { overrides, mirrors, cache: cache && at(cache), fetches: network.some((block) => covers(block, source)) };
}

/** Comments of HCL away; a `#` or `//` in a text stays. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:\\.|[^"\\\n])*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : " ",
  );
}

/** The insides of all blocks of that name, braces in texts left out of account. */
function blocksOf(text: string, name: string): readonly string[] {
  const found: string[] = [];
  for (const start of text.matchAll(new RegExp(`(?<![\\w"])${name}\\s*(?:=\\s*)?\\{`, "g"))) {
    const begin = start.index + start[0].length;
    let depth = 1;
    for (const { 0: sign, index } of text.slice(begin).matchAll(/"(?:\\.|[^"\\\n])*"|[{}]/g)) {
      if (sign === "{") depth += 1;
      if (sign === "}") depth -= 1;
      if (depth > 0) continue;
      found.push(text.slice(begin, begin + index));
      break;
    }
  }
  return found;
}

function textOf(block: string, name: string): string | undefined {
  return new RegExp(`(?<![\\w"])${name}\\s*=\\s*"([^"]*)"`).exec(block)?.[1];
}

/** Whether a block's `include` and `exclude` leave the provider to it. */
function covers(block: string, source: string): boolean {
  const list = (name: string): readonly string[] | undefined => {
    const written = new RegExp(`(?<![\\w"])${name}\\s*=\\s*\\[([^\\]]*)\\]`).exec(block)?.[1];
    return written === undefined ? undefined : [...written.matchAll(/"([^"]*)"/g)].map(([, pattern = ""]) => pattern);
  };
  const fits = (pattern: string): boolean => matches(pattern, source);
  return (list("include")?.some(fits) ?? true) && list("exclude")?.some(fits) !== true;
}

/** Whether a pattern with `*` names the provider, whatever host it stands on. */
function matches(pattern: string, source: string): boolean {
  const parts = pattern.split("/").slice(-2);
  const wanted = source.split("/").slice(-2);
  return parts.every((part, index) => part === "*" || part === wanted[index]);
}
