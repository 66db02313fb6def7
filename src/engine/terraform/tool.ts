import { relative, resolve } from "node:path";
import type { ToolEngineOptions } from "../engine.ts";
import { type Environment, toolEnvironment } from "../tool-environment.ts";
import { findTool } from "../tool-search.ts";
import { encryptionOf } from "./encryption.ts";
import { openFolder, type TerraformFolder } from "./folder.ts";
import { pluginCacheOf } from "./plugin-cache.ts";
import { soughtTerraform } from "./program.ts";

/** What running the tool takes of an engine's options. */
export type TerraformToolOptions = Pick<
  ToolEngineOptions,
  "tools" | "workspace" | "resolve" | "redact" | "sleep" | "tell"
> & {
  /** Milliseconds that each command may take; by default a quarter of an hour to two hours, by command. */
  readonly limit?: number | undefined;
};

export interface TerraformTool {
  readonly name: "tofu" | "terraform";
  /** How sentences name it. */
  readonly title: "OpenTofu" | "Terraform";
  readonly version: string;
  readonly path: string;
  /**
   * A working folder: one program and one state.
   *
   * @param folder absolute; made when it is missing
   * @param extras what the program's provider is given by the environment, such as its credentials
   * @param subject how sentences name it, such as `whiterabbit at workforce`; the folder's path when absent
   */
  workspace(folder: string, extras?: Readonly<Record<string, string>>, subject?: string): TerraformFolder;
}

/**
 * Finds OpenTofu or Terraform and prepares to run it.
 *
 * @throws TenantryError ENGINE_TOOL_MISSING, ENGINE_TOOL_OLD, ENGINE_ANSWER_UNREADABLE, ENGINE_ENCRYPTION_UNSUPPORTED,
 *   ENGINE_PASSPHRASE_SHORT, SECRET_…
 */
export async function openTerraform(options: TerraformToolOptions): Promise<TerraformTool> {
  const { workspace, tools, redact } = options;
  const { interrupted } = tools;
  const variables = withAbsolutePaths(tools.environment, workspace.root);
  const settings = workspace.engines.terraform;
  const found = await findTool(soughtTerraform(settings.command), {
    environment: toolEnvironment(variables, workspace, { CHECKPOINT_DISABLE: "1" }),
    root: workspace.root,
    interrupted,
    redact,
  });
  const name = found.product;
  const passphrase =
    settings.encryption === undefined
      ? undefined
      : options.resolve(settings.encryption.passphrase, "the passphrase of engines.terraform.encryption");
  const encryption = (migrating: boolean): Readonly<Record<string, string>> =>
    passphrase === undefined ? {} : { TF_ENCRYPTION: encryptionOf(name, passphrase, migrating) };
  // Refused before anything is run.
  encryption(false);
  const cache = await pluginCacheOf(variables, name, workspace.root);
  const title = name === "tofu" ? "OpenTofu" : "Terraform";
  return {
    name,
    title,
    version: found.version,
    path: found.path,
    workspace: (folder, extras = {}, subject) =>
      openFolder({
        folder,
        root: workspace.root,
        lockTimeout: settings.lockTimeout,
        limit: options.limit,
        interrupted,
        redact,
        sleep: options.sleep,
        tell: options.tell,
        encrypted: passphrase !== undefined,
        subject: subject ?? (relative(workspace.root, folder) || folder),
        tool: { title, version: found.version, path: found.path },
        cache,
        environment: (migrating) =>
          toolEnvironment(variables, workspace, {
            ...(cache === undefined ? {} : { TF_PLUGIN_CACHE_DIR: cache }),
            ...encryption(migrating),
            ...extras,
            TF_IN_AUTOMATION: "1",
            TF_INPUT: "0",
            CHECKPOINT_DISABLE: "1",
          }),
      }),
  };
}

/** The tool runs in a folder of its own: from there the user's relative paths would lead elsewhere. */
function withAbsolutePaths(environment: Environment, root: string): Environment {
  const paths = ["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"].flatMap((name) => {
    const path = environment[name];
    return path === undefined || path === "" ? [] : [[name, resolve(root, path)]];
  });
  return { ...environment, ...Object.fromEntries(paths) };
}
