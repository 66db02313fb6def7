import { Command, InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { addCommand } from "./add-command.ts";
import type { Choice } from "./only-changed.ts";
import type { Run } from "./run.ts";
import { addSandboxCommands } from "./sandbox-program.ts";
import { addVerifyCommands } from "./verify-program.ts";
import { version } from "./version.ts";

const exitCodes = `
Exit codes: 0 done or nothing to do; 1 a bug; 2 usage or invalid files;
3 changes pending; 4 refused by a guard, a rule or a stale plan;
5 an outside system failed; 6 verification failed; 7 could not tell.`;

const newExamples = `
Examples:
  tenantry new
  tenantry new acme --name "Acme Foods" --domain acme.example \\
    --idp workforce --group acme-staff --app portal
  tenantry new acme --name "Acme Foods" --domain acme.example \\
    --external --status draft --app portal`;

const planExamples = `
Examples:
  tenantry plan --only acme
  tenantry plan --exit-code --out plan.json
  tenantry plan --engine terraform        what Terraform would do, whatever the
                                          file says
  tenantry plan --adopt-into terraform    what taking it all into its state would
                                          change: nothing is replaced`;

const applyExamples = `
Examples:
  tenantry apply --only acme
  tenantry apply --plan plan.json --yes
  tenantry apply --engine direct          by API, where nothing is installed
  tenantry apply --adopt-into pulumi --only acme
                                          take what is there into Pulumi's state,
                                          client by client, as it is

A saved plan is applied with the engines that it was made with: give --engine or
--adopt-into again.`;

const guideExamples = `
It needs no network, no store and no secret, and works for a draft.

Examples:
  tenantry guide acme
  tenantry guide acme --app portal --out acme.html`;

const enginesExamples = `
It fetches nothing and asks no identity provider. It leaves with 5 when something
is missing that the workspace needs.

Examples:
  tenantry engines
  tenantry engines --env sandbox --engine pulumi`;

const engines = ["direct", "terraform", "pulumi"] as const;

const clientAuthMethods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/**
 * The command line. Each command loads its own code only when it runs, so that \`--help\` and \`validate\` stay fast.
 *
 * @param done takes the exit code of the command that ran
 */
export function buildProgram(run: Run, done: (exit: ExitCode) => void): Command {
  const program = new Command("tenantry");
  program
    .description("Enterprise OIDC sign-in as code: from one file per customer to a proven sign-in.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText("after", exitCodes)
    .configureOutput({
      writeOut: (text) => run.terminal.out(text),
      writeErr: (text) => run.terminal.err(text),
      outputError: (text, write) => write(`${text.replace(/^error: /, "CLI_USAGE  ")}  mend: see --help\n`),
    })
    .exitOverride();

  /** A subcommand with the options that every command has. */
  const command = (usage: string, description: string): Command => addCommand(program, usage, description);

  const planning = (of: Command): Command =>
    of
      .option("--only <name>", "a tenant or connection; may be given several times", collect)
      .addOption(
        new Option(
          "--changed [commit]",
          "the tenants whose files differ from where HEAD left this commit (default: origin/HEAD)",
        ).conflicts(["only", "plan"]),
      )
      .option("--ack <address:field>", "acknowledge one stop of a guard; may be given several times", collect)
      .option("--hand-over <name>", "hand the secret of a tenant or connection over again", collect)
      .addOption(
        new Option("--engine <name>", "what carries registrations out, wherever it can (default: the file's)").choices(
          engines,
        ),
      )
      .addOption(
        new Option(
          "--adopt-into <engine>",
          "take clients with our marker into this engine's state as they are, and out of it what is gone",
        ).choices(["terraform", "pulumi"]),
      )
      .option("--full", "show every field of what is created")
      .option("--deep", "read every part of every object, however many there are");

  /** Runs a command on the tenants that were chosen, unless none of them has changed. */
  const ofChanged = async (
    name: "plan" | "apply",
    options: Choice,
    work: (chosen: { readonly only: readonly string[] }) => Promise<ExitCode>,
  ): Promise<ExitCode> => {
    if (options.changed === undefined) return work({ only: options.only ?? [] });
    const { onlyChanged } = await import("./only-changed.ts");
    const chosen = await onlyChanged(run, name, options);
    return "exit" in chosen ? chosen.exit : work(chosen);
  };

  command("new [slug]", "write the file of a new tenant; asks for what no flag has said")
    .option("--name <text>", "the customer's name")
    .option("--domain <name>", "an e-mail domain of theirs; may be given several times", collect)
    .option("--idp <name>", "identity provider of tenantry.yaml, or `external`")
    .option("--external", "the customer's own provider; the same as --idp external")
    .option("--app <name>", "an app they come in to; may be given several times", collect)
    .option("--group <name>", "Okta: a group that may come in; may be given several times", collect)
    .option("--everyone", "Okta: everyone in the org may come in")
    .option("--create-groups", "Okta: make the groups that are missing")
    .option("--connection <name>", "Auth0: a connection they sign in by; may be given several times", collect)
    .option(
      "--set <app.field=value>",
      "a field under the app's kind, such as kong.route=acme; may be given several times",
      collect,
    )
    .option("--issuer <url>", "external: the issuer, exactly as the provider writes it")
    .option("--client-id <id>", "external: the client that the customer registered")
    .option(
      "--client-secret-ref <reference>",
      "external: where its secret is (default: env:TENANT_<SLUG>__CLIENT_SECRET)",
    )
    .addOption(
      new Option(
        "--client-auth <method>",
        "how the app proves itself (default: the first that both sides can do)",
      ).choices(clientAuthMethods),
    )
    .addOption(new Option("--status <status>", "default: active").choices(["draft", "active"]))
    .option("--contact <role=email>", "whom to write to; may be given several times", collect)
    .option("--dry-run", "print the file and write nothing")
    .addHelpText("after", newExamples)
    .action(async (slug: string | undefined, options) => {
      const { newTenant } = await import("./commands/new.ts");
      done(await newTenant(run, slug, options));
    });

  command("validate", "check all files; needs no network and no secret").action(async (options) => {
    const { validate } = await import("./commands/validate.ts");
    done(await validate(run, options));
  });

  planning(command("plan", "show what an apply would do"))
    .option("--exit-code", "leave with 3 when there are changes")
    .option("--out <file>", "save the plan, to be applied as it is within 24 hours")
    .addOption(new Option("--markdown", "print Markdown for a pull request").conflicts("json"))
    .addHelpText("after", planExamples)
    .action(async (options) => {
      const { plan } = await import("./commands/plan.ts");
      done(await ofChanged("plan", options, ({ only }) => plan(run, { ack: [], handOver: [], ...options, only })));
    });

  planning(command("apply", "register, prove, hand over and switch on what the files say"))
    .option("--plan <file>", "apply exactly this saved plan, or nothing")
    .option("--parallelism <number>", "connections at once, at most (default: 8)", parallelismOf)
    .option("--yes", "do not ask")
    .addHelpText("after", applyExamples)
    .action(async (options) => {
      const { apply } = await import("./commands/apply.ts");
      done(await ofChanged("apply", options, ({ only }) => apply(run, { ack: [], handOver: [], ...options, only })));
    });

  addVerifyCommands(program, run, done);

  command("status", "one line per connection: file, record, proof")
    .option("--locks", "show only who holds which lock; reads nothing but the store")
    .option("--rebuild", "fill a lost store from what carries our markers; changes nothing else")
    .action(async (options) => {
      const { status } = await import("./commands/status.ts");
      done(await status(run, options));
    });

  command("show <name>", "everything about one tenant or connection").action(async (name: string, options) => {
    const { show } = await import("./commands/show.ts");
    done(await show(run, name, options));
  });

  command("guide <name>", "the page for a customer's IT: what to register at their provider, what to send back")
    .option("--app <name>", "only the sign-in to this app")
    .option("--sign-in <name>", "only this sign-in")
    .addOption(
      new Option("--format <format>", "default: markdown, or html where --out ends in .html")
        .choices(["markdown", "html"])
        .conflicts("json"),
    )
    .addOption(new Option("--out <file>", "write it there").conflicts("json"))
    .addHelpText("after", guideExamples)
    .action(async (name: string, options) => {
      const { guide } = await import("./commands/guide.ts");
      done(await guide(run, name, options));
    });

  command("synth", "write what Terraform or OpenTofu is given for each tenant at Okta (cdk.tf.json)")
    .option("--out <folder>", "where to (default: cdktf.out)")
    .action(async (options) => {
      const { synth } = await import("./commands/synth.ts");
      done(await synth(run, options));
    });

  command("migrate", "make or update the tables of apps that keep their records in SQL")
    .option("--check", "only look; leave with 3 when something is to do")
    .option("--yes", "do not ask")
    .action(async (options) => {
      const { migrate } = await import("./commands/migrate.ts");
      done(await migrate(run, options));
    });

  command("schema <name>", "print a JSON Schema: tenant, workspace or verify").action(async (name: string) => {
    const { schema } = await import("./commands/schema.ts");
    done(await schema(run, name));
  });

  command("engines", "which programs engines can run here, who needs which, and what is missing")
    .addOption(
      new Option("--engine <name>", "what the workspace would need with it (default: the file's engines)").choices(
        engines,
      ),
    )
    .addHelpText("after", enginesExamples)
    .action(async (options) => {
      const { engines } = await import("./commands/engines.ts");
      done(await engines(run, options));
    });

  addSandboxCommands(program, run, done);

  command("demo", "the whole way in a throw-away sandbox: from file to proven sign-in, broken and mended")
    .addOption(
      new Option("--engine <name>", "carry registrations out with it, when it is installed (default: direct)").choices(
        engines,
      ),
    )
    .action(async (options) => {
      const { demo } = await import("./commands/demo.ts");
      done(await demo(run, options));
    });

  return program;
}

function parallelismOf(value: string): number {
  if (!/^[1-9]\d?$/.test(value)) throw new InvalidArgumentError("It is a whole number from 1 to 99.");
  return Number(value);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
