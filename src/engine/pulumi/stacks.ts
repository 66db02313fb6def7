import { homedir } from "node:os";
import { join } from "node:path";
import { projectName, stackName } from "../../../stacks/auth0/names.ts";
import { TenantryError } from "../../errors/failure.ts";
import { installPlugin } from "../install.ts";
import { toolEnvironment } from "../tool-environment.ts";
import { type FoundTool, findTool } from "../tool-search.ts";
import type { PulumiEngineOptions } from "./context.ts";
import { searchPlugin } from "./plugin-search.ts";
import { soughtPulumi } from "./program.ts";
import { engineFolder, pulumiEnvironment } from "./settings.ts";
import { openTenantStack, type TenantStack } from "./tenant-stack.ts";

/** The stacks of one identity provider's tenants. */
export interface Stacks {
  /**
   * The stack of a tenant. The first time it is asked for one, it looks for Pulumi and its plugin.
   *
   * @throws TenantryError ENGINE_TOOL_MISSING, ENGINE_TOOL_OLD, ENGINE_PROVIDER_MISSING, ENGINE_BACKEND_UNNAMED,
   *   ENGINE_PASSPHRASE_MISSING, SECRET_…
   */
  of(tenant: string): Promise<TenantStack>;
}

const plugin = "auth0";

/** The stacks of the tenants at one identity provider. Nothing is looked for yet. */
export function openStacks(options: PulumiEngineOptions): Stacks {
  const { workspace, idp, tools, redact } = options;
  interface Ready {
    readonly tool: FoundTool;
    readonly environment: Readonly<Record<string, string>>;
  }
  let ready: Promise<Ready> | undefined;
  const prepare = async (): Promise<Ready> => {
    const { command } = workspace.engines.pulumi;
    const plain = toolEnvironment(tools.environment, workspace, { PULUMI_SKIP_UPDATE_CHECK: "true" });
    const place = { environment: plain, root: workspace.root, interrupted: tools.interrupted, redact };
    const tool = await findTool(soughtPulumi(command), place);
    const environment = await pulumiEnvironment(options);
    await checkPlugin(options, tool, environment);
    return { tool, environment };
  };
  return {
    async of(tenant) {
      ready ??= prepare();
      const { tool, environment } = await ready;
      const scope = { environment: workspace.environment, idp: idp.name, tenant };
      return openTenantStack({
        name: { project: projectName(workspace.name), stack: stackName(scope) },
        subject: `${tenant} at ${idp.name}`,
        folder: join(engineFolder(options), idp.name, tenant),
        tool,
        environment,
        secretsProvider: workspace.engines.pulumi.secretsProvider,
        interrupted: tools.interrupted,
        redact,
        installPlugin: howToInstall(options, tool),
        limit: options.limit,
      });
    },
  };
}

/** Says at once what a run would say late and in many words. @throws TenantryError ENGINE_PROVIDER_MISSING */
async function checkPlugin(
  options: PulumiEngineOptions,
  tool: FoundTool,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const version = options.workspace.engines.pulumi.pluginVersion;
  // The user lets Pulumi fetch it.
  if (!/^(1|true)$/i.test(environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "")) return;
  const found = await searchPlugin(plugin, environment, environment.HOME ?? homedir());
  if (found.some((each) => each.version === undefined || each.version === version)) return;
  const others = found.flatMap((each) => each.version ?? []);
  const only = others.length === 0 ? "" : `, only ${[...new Set(others)].join(", ")}`;
  const message = `Pulumi's plugin ${plugin} ${version} is not on this machine${only}`;
  throw new TenantryError("ENGINE_PROVIDER_MISSING", message, { hint: howToInstall(options, tool) });
}

function howToInstall({ workspace }: PulumiEngineOptions, tool: FoundTool): string {
  const [command] = installPlugin(plugin, workspace.engines.pulumi.pluginVersion, tool.path);
  return `Install it where there is a network: ${command}`;
}
