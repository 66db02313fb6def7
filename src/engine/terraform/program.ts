import { toolHint } from "../install.ts";
import type { SoughtTool } from "../tool-search.ts";

/**
 * OpenTofu or Terraform. Both from 1.7: `import` blocks came with Terraform 1.5 and 1.6 (its last free versions and the
 * first of OpenTofu), actions that only forget a resource with 1.7, and encrypted state with OpenTofu 1.7.
 */
export function soughtTerraform(command: string | undefined): SoughtTool<"tofu" | "terraform"> {
  return {
    title: "OpenTofu or Terraform",
    names: ["tofu", "terraform"],
    command,
    setting: "engines.terraform.command",
    // Not with -json, which does not say which of the two it is.
    versionArgs: ["version"],
    identify: (words) => {
      const said = /^(OpenTofu|Terraform) v(\d+\.\d+\.\d+\S*)/m.exec(words);
      if (said === null) return undefined;
      return { product: said[1] === "OpenTofu" ? "tofu" : "terraform", version: said[2] ?? "" };
    },
    minimum: { tofu: "1.7.0", terraform: "1.7.0" },
    install: toolHint("tofu"),
  };
}
