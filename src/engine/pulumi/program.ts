import { toolHint } from "../install.ts";
import type { SoughtTool } from "../tool-search.ts";

/** The Pulumi CLI, from the version on that refreshes with a program that runs in another process (3.181). */
export function soughtPulumi(command: string | undefined): SoughtTool<"pulumi"> {
  return {
    title: "the Pulumi CLI",
    names: ["pulumi"],
    command,
    setting: "engines.pulumi.command",
    versionArgs: ["version"],
    identify: (words) => {
      const version = /^v(\d+\.\d+\.\d+\S*)$/m.exec(words)?.[1];
      return version === undefined ? undefined : { product: "pulumi", version };
    },
    minimum: { pulumi: "3.181.0" },
    install: toolHint("pulumi"),
  };
}
