import type { Command } from "commander";

/** Adds a command below another one, with the options that every command has. */
export function addCommand(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .option("--workspace <folder>", "folder that holds tenantry.yaml (default: this one or one above)")
    .option("--env <name>", "environment of tenantry.yaml (default: its own)")
    .option("--json", "print one versioned JSON document on stdout")
    .option("--no-color", "print without colours (NO_COLOR does the same)")
    .option("--debug", "print stack traces, for bug reports");
}
