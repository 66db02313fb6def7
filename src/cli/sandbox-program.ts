import type { Command } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { TenantryError } from "../errors/failure.ts";
import { addCommand } from "./add-command.ts";
import type { Run } from "./run.ts";
import { addWorldCommands, addWorldOptions } from "./world-program.ts";

const envExamples = `
Example, in a shell of its own:
  eval "$(tenantry sandbox env)"
  curl https://acme.okta.com/.well-known/okta-organization`;

const faultExamples = `
Effects:
  reset-before, reset-after    the connection is reset, before or after the
                               state has changed
  status-before, status-after  the answer is a status, before or after that
  delay                        it takes --milliseconds; goes with another effect
  rate-limit                   429, for --times requests or --milliseconds
  truncate                     the answer ends after --bytes
  drip                         the answer comes --bytes at once, each after
                               --milliseconds
  stale                        for --milliseconds reads are as they were
  expire-tokens                tokens issued so far are over
  refuse-token                 this request's token counts as over

Examples:
  tenantry sandbox fault add reset-after --host okta --method POST \\
    --path '^/api/v1/apps$'
  tenantry sandbox fault add rate-limit --host auth0 --milliseconds 30000
  tenantry sandbox fault add status-before --status 503 --probability 0.1
  tenantry sandbox fault add delay --milliseconds 200-800 --times all`;

const misbehaveExamples = `
Examples:
  tenantry sandbox misbehave --list
  tenantry sandbox misbehave okta certificate-expired
  tenantry sandbox misbehave id.tannberg.example issuer-slash-added
  tenantry sandbox misbehave --off`;

/**
 * `tenantry sandbox` and the commands below it. Options that all commands have may stand before or after the name of
 * the lower one: `command.optsWithGlobals()` has them all.
 */
export function addSandboxCommands(program: Command, run: Run, done: (exit: ExitCode) => void): void {
  const sandbox = addCommand(program, "sandbox", "run a world to try things in: Okta, Auth0 and more, on loopback");
  addWorldOptions(sandbox)
    // Without it an option after `stop` would count as one of `sandbox`.
    .enablePositionalOptions()
    .option("--background", "leave it running and return")
    .option("--port <number>", "port on 127.0.0.1 (default: the one in the workspace's `connect:`)")
    .option("--okta-plan <name>", "keep Okta's rate limits: integrator, one-app, enterprise, workforce")
    .option("--auth0-plan <name>", "keep Auth0's: free, essentials, enterprise, enterprise-development")
    .option(
      "--expose-to-network <address>",
      "listen on this IP address too: whoever reaches it can use everything in the sandbox",
    )
    // So that a word that is no command below it gets here, and an answer that says which there are.
    .allowExcessArguments()
    .action(async (options, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) {
        const known = sandbox.commands.map((each) => `\`${each.name()}\``).join(", ");
        throw new TenantryError("CLI_USAGE", `the sandbox cannot \`${unknown}\``, { hint: `it can ${known}` });
      }
      const { startSandboxOf } = await import("./commands/sandbox.ts");
      done(await startSandboxOf(run, options));
    });

  addCommand(sandbox, "stop", "end the sandbox that runs here").action(async (_options, command: Command) => {
    const { stopSandbox } = await import("./commands/sandbox.ts");
    done(await stopSandbox(run, command.optsWithGlobals()));
  });

  addCommand(sandbox, "env", "print what a shell exports so that other tools reach the sandbox")
    .addHelpText("after", envExamples)
    .action(async (_options, command: Command) => {
      const { printSandboxEnv } = await import("./commands/sandbox-env.ts");
      done(await printSandboxEnv(run, command.optsWithGlobals()));
    });

  addWorldCommands(sandbox, run, done);
  addFaultCommands(sandbox, run, done);
  addMisbehaveCommand(sandbox, run, done);
}

function addMisbehaveCommand(sandbox: Command, run: Run, done: (exit: ExitCode) => void): void {
  addCommand(sandbox, "misbehave [host] [failure]", "let a provider of the running sandbox be wrong in one way")
    .option("--off", "let it be right again: all hosts, one host, or one failure of it")
    .option("--list", "show which failures there are and which are on")
    .addHelpText("after", misbehaveExamples)
    .action(async (host: string | undefined, failure: string | undefined, _options, command: Command) => {
      const { misbehave } = await import("./commands/sandbox-misbehave.ts");
      done(await misbehave(run, { host, failure }, command.optsWithGlobals()));
    });
}

function addFaultCommands(sandbox: Command, run: Run, done: (exit: ExitCode) => void): void {
  const fault = addCommand(sandbox, "fault", "make requests to the running sandbox go wrong").enablePositionalOptions();

  addCommand(fault, "add <effect>", "add a rule")
    .option("--host <name>", "host, or a part that only one has, such as `okta` (default: any)")
    .option("--method <name>", "HTTP method (default: any)")
    .option("--path <pattern>", "regular expression for the path without the query (default: any)")
    .option("--status <number>", "for status-before and status-after (default: 500)")
    .option("--milliseconds <time>", "how long; for delay also from-to, such as 200-800")
    .option("--bytes <number>", "for truncate: how much comes; for drip: how much at once")
    .option("--times <number>", "how many requests go wrong, or `all` (default: 1)")
    .option("--skip <number>", "how many matching requests pass first (default: 0)")
    .option("--probability <share>", "how likely each goes wrong, from 0 to 1; then for all requests unless --times")
    .option("--seed <number>", "what chance begins with, to have the same again")
    .addHelpText("after", faultExamples)
    .action(async (effect: string, _options, command: Command) => {
      const { addFault } = await import("./commands/sandbox-fault.ts");
      done(await addFault(run, effect, command.optsWithGlobals()));
    });

  addCommand(fault, "list", "show the rules and how often they struck").action(async (_options, command: Command) => {
    const { listFaults } = await import("./commands/sandbox-fault.ts");
    done(await listFaults(run, command.optsWithGlobals()));
  });

  addCommand(fault, "clear [number]", "remove all rules, or one of them").action(
    async (number: string | undefined, _options, command: Command) => {
      const { clearFaults } = await import("./commands/sandbox-fault.ts");
      done(await clearFaults(run, number, command.optsWithGlobals()));
    },
  );
}
