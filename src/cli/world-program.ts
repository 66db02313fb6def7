import type { Command } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { addCommand } from "./add-command.ts";
import type { Run } from "./run.ts";

/** Of `tenantry sandbox`: what its world is kept in, and what it is filled with. */
export function addWorldOptions(sandbox: Command): Command {
  return sandbox
    .option("--data <folder>", "keep the world in this folder from start to start")
    .option("--tenants <number>", "begin with this many made-up tenants, rolled out at Okta and Auth0")
    .option("--seed <number>", "which tenants are made up (default: 1)");
}

/** `tenantry sandbox export` and `import`. */
export function addWorldCommands(sandbox: Command, run: Run, done: (exit: ExitCode) => void): void {
  const data = "the world that this folder keeps (default: that of the sandbox that runs)";

  addCommand(sandbox, "export <file>", "write the sandbox's world to a file, or to stdout with `-`")
    .option("--data <folder>", data)
    .action(async (file: string, _options, command: Command) => {
      const { exportWorld } = await import("./commands/sandbox-world.ts");
      done(await exportWorld(run, file, command.optsWithGlobals()));
    });

  addCommand(sandbox, "import <file>", "put the world of a file, or of stdin with `-`, in the sandbox's place")
    .option("--data <folder>", data)
    .action(async (file: string, _options, command: Command) => {
      const { importWorld } = await import("./commands/sandbox-world.ts");
      done(await importWorld(run, file, command.optsWithGlobals()));
    });
}
