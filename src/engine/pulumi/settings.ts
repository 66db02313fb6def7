import { mkdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { TenantryError } from "../../errors/failure.ts";
import { toolEnvironment } from "../tool-environment.ts";
import { unnamedBackend } from "../unnamed-backend.ts";
import type { PulumiEngineOptions } from "./context.ts";

/** Where this engine keeps what it needs on this machine: one folder for each stack, and the state where none is named. */
export function engineFolder({ workspace }: Pick<PulumiEngineOptions, "workspace">): string {
  return join(workspace.root, ".tenantry", "engines", "pulumi", workspace.environment);
}

/**
 * The address of the backend, as Pulumi takes it from any folder. A folder of state is made when it is not there.
 *
 * @throws TenantryError ENGINE_BACKEND_UNNAMED; ENGINE_BACKEND_UNREACHABLE for a folder that cannot be made
 */
async function backendUrl(options: Pick<PulumiEngineOptions, "workspace" | "tools">): Promise<string> {
  const { workspace, tools } = options;
  const written = workspace.engines.pulumi.backend;
  if (written === undefined && tools.ci) throw unnamedBackend("pulumi");
  const url = written ?? `file://${join(engineFolder(options), "state")}`;
  if (!url.startsWith("file://")) return url;
  const [path = "", query] = url.slice("file://".length).split("?", 2);
  // Pulumi knows the home folder by this sign.
  if (path.startsWith("~")) return url;
  const folder = isAbsolute(path) ? path : join(workspace.root, path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const message = `the folder ${folder}, which engines.pulumi.backend names, cannot be made`;
    throw new TenantryError("ENGINE_BACKEND_UNREACHABLE", message, { cause });
  }
  return `file://${folder}${query === undefined ? "" : `?${query}`}`;
}

/**
 * The environment of the Pulumi CLI, and through it of its plugin: credentials go by it only, so that none is in the
 * state or in a file. Without a network but that of the backend and of the identity provider, unless the user allows it.
 *
 * @throws TenantryError ENGINE_BACKEND_UNNAMED, ENGINE_PASSPHRASE_MISSING, SECRET_… for a reference that does not resolve
 */
export async function pulumiEnvironment(options: PulumiEngineOptions): Promise<Readonly<Record<string, string>>> {
  const { workspace, tools, idp, resolve } = options;
  const { secretsProvider, passphrase } = workspace.engines.pulumi;
  const backend = await backendUrl(options);
  if (secretsProvider === "passphrase" && passphrase === undefined) {
    throw new TenantryError("ENGINE_PASSPHRASE_MISSING", "tenantry.yaml names no `engines.pulumi.passphrase`");
  }
  const use = `a credential of the identity provider ${idp.name}`;
  const { credentials } = idp;
  return toolEnvironment(tools.environment, workspace, {
    PULUMI_BACKEND_URL: backend,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION:
      tools.environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    ...(passphrase === undefined
      ? {}
      : { PULUMI_CONFIG_PASSPHRASE: resolve(passphrase, "the passphrase of Pulumi's state").reveal() }),
    AUTH0_DOMAIN: idp.domain,
    ...("token" in credentials
      ? { AUTH0_API_TOKEN: resolve(credentials.token, use).reveal() }
      : {
          AUTH0_CLIENT_ID: credentials.clientId,
          AUTH0_CLIENT_SECRET: resolve(credentials.clientSecret, use).reveal(),
        }),
  });
}
