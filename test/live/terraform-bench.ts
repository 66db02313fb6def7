import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import type { SandboxOptions } from "../../sandbox/sandbox.ts";
import { onPath } from "../engine/bench.ts";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

/** A filesystem mirror that holds the provider okta/okta; without it the tests with it are skipped. */
const mirror = process.env.TENANTRY_PROVIDER_MIRROR;

/** The versions of the provider that are supported; a mirror need not hold both. */
const providerVersions = ["6.12.0", "4.20.0"] as const;

/** One program and one version of the provider. */
export interface Pair {
  readonly tool: "terraform" | "tofu";
  readonly path: string;
  readonly version: string;
}

/** The host's folder in the mirror: each program has its own. */
function hostOf(tool: Pair["tool"]): string {
  const part = tool === "tofu" ? "opentofu" : "terraform";
  const hosts = mirror === undefined || !existsSync(mirror) ? [] : readdirSync(mirror);
  return hosts.find((host) => host.includes(part)) ?? part;
}

/** The same tests with each program and each version of the provider; what is not there is skipped by name. */
export function describeWithProvider(
  name: string,
  define: (pair: Pair) => void,
  versions: readonly string[] = providerVersions,
): void {
  for (const tool of ["terraform", "tofu"] as const) {
    for (const version of versions) {
      const path = onPath(tool);
      const provider = join(mirror ?? "", hostOf(tool), "okta/okta", version);
      const lacks = [
        ...(path === undefined ? [tool] : []),
        ...(mirror === undefined || !existsSync(provider) ? [`okta/okta ${version} in TENANTRY_PROVIDER_MIRROR`] : []),
      ];
      const needs = lacks.length > 0 ? ` (needs ${lacks.join(" and ")})` : "";
      describe.skipIf(lacks.length > 0)(`${name}, ${tool}, okta/okta ${version}${needs}`, () =>
        define({ tool, path: path ?? tool, version }),
      );
    }
  }
}

/** The example workspace with Terraform or OpenTofu for its Okta org. */
export interface LiveWorkspace extends TestWorkspace {
  /** As `tenantry`, with the engine that is named for this run. */
  with(engine: "direct" | "terraform", ...args: readonly string[]): Promise<CommandResult>;
  /** A tenant's working folder. */
  folder(tenant: string): string;
}

/** The settings by which either program takes providers from the mirror and from nowhere else. */
export function providerSettings(): string {
  return `provider_installation {
  filesystem_mirror { path = "${mirror}" }
  direct { exclude = ["*/*/*"] }
}
`;
}

export async function openLiveWorkspace(
  { path, version }: Pair,
  options: Omit<SandboxOptions, "dir" | "port"> & { readonly whole?: boolean } = {},
): Promise<LiveWorkspace> {
  const workspace = await openTestWorkspace(options);
  workspace.write("tools.tfrc", providerSettings());
  const engines = `engines:\n  terraform: { command: ${path}, providerVersion: ${version} }\n`;
  if (options.whole === true) {
    workspace.edit("tenantry.yaml", /^engines:\n {2}terraform:\n( {4}.*\n)+/m, engines);
    workspace.edit("tenantry.yaml", "workforce: { engine: direct }", "workforce: { engine: terraform }");
  } else {
    workspace.edit("tenantry.yaml", "engine: direct", "engine: terraform");
    workspace.edit("tenantry.yaml", /^store:/m, `${engines}store:`);
  }
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: workspace.root,
    TF_CLI_CONFIG_FILE: join(workspace.root, "tools.tfrc"),
  };
  const tenantry = (...args: readonly string[]) => workspace.tenantryWith(environment, ...args);
  return {
    ...workspace,
    tenantry,
    with: (engine, ...args) => tenantry(...args, "--engine", engine),
    folder: (tenant) => join(workspace.root, ".tenantry/engines/terraform/sandbox/workforce", tenant),
  };
}
