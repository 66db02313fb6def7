import { platform } from "node:os";
import { join } from "node:path";

// Commands that bring what an engine needs onto this machine, as its makers' own pages have them.

interface Installation {
  /** As a sentence begins: what to install. */
  readonly title: string;
  /** Where its makers say how to install it. */
  readonly page: string;
  readonly commands: Readonly<Record<"darwin" | "win32" | "other", string>>;
}

const tools: Readonly<Record<"tofu" | "pulumi", Installation>> = {
  tofu: {
    title: "OpenTofu or Terraform",
    page: "https://opentofu.org/docs/intro/install/",
    commands: {
      darwin: "brew install opentofu",
      win32: "winget install --exact --id=OpenTofu.Tofu",
      other: "snap install --classic opentofu",
    },
  },
  pulumi: {
    title: "the Pulumi CLI",
    page: "https://www.pulumi.com/docs/install/",
    commands: {
      darwin: "brew install pulumi/tap/pulumi",
      win32: "winget install --exact --id=Pulumi.Pulumi",
      other: "curl -fsSL https://get.pulumi.com | sh",
    },
  },
};

/** The command that installs the newest version of a tool. OpenTofu stands for Terraform too: either will do. */
export function installTool(tool: "tofu" | "pulumi"): readonly string[] {
  const system = platform();
  return [tools[tool].commands[system === "darwin" || system === "win32" ? system : "other"]];
}

/** The same as a sentence, with the page of its makers. */
export function toolHint(tool: "tofu" | "pulumi"): string {
  const { title, page } = tools[tool];
  const [command] = installTool(tool);
  return `Install ${title}: \`${command}\`, or see ${page}.`;
}

/**
 * The commands that put one version of a Terraform provider into a mirror, on a machine that reaches its registry.
 *
 * @param program name or path of OpenTofu or Terraform
 * @param mirror the folder; that of the user when the tool's settings name none
 */
export function installProvider(
  source: string,
  version: string,
  program: string,
  mirror = "~/.terraform.d/plugins",
): readonly string[] {
  const name = source.split("/").at(-1) ?? source;
  const needs = JSON.stringify({ terraform: { required_providers: { [name]: { source, version } } } });
  const folder = join(".tenantry", "providers");
  return [
    `mkdir -p ${folder}`,
    `echo '${needs}' >${join(folder, "main.tf.json")}`,
    `${program} -chdir=${folder} providers mirror ${mirror}`,
  ];
}

/** The command that installs one version of a Pulumi plugin. */
export function installPlugin(name: string, version: string, program = "pulumi"): readonly string[] {
  return [`${program} plugin install resource ${name} v${version}`];
}
