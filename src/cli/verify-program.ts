import { type Command, Option } from "commander";
import type { ExitCode } from "../errors/code.ts";
import { addCommand } from "./add-command.ts";
import type { Run } from "./run.ts";
import { addClientOptions, addProbeOptions, addRunOptions } from "./verify/options.ts";

const verifyExamples = `
It leaves with 0 when everything is proven, attested or skipped, with 6 when a
link failed, 7 when something could not be told, 5 when an app could not be
asked. docs/verify.md lists every check, and what is sent where.

Examples:
  tenantry verify
  tenantry verify acme --all
  tenantry verify --since 24h --junit proof.xml --sarif proof.sarif
                                          every night: what is proven already is
                                          not asked again
  tenantry verify --issuer https://idp.example
  tenantry verify --issuer https://idp.example --client-id portal \\
    --client-secret env:SECRET --redirect-uri https://app.example/callback
  tenantry verify --issuer https://127.0.0.1:9443 \\
    --allow-private 127.0.0.1:9443 --ca file:ca.pem`;

const doctorExamples = `
Without a symptom it verifies and tells what people will see of what failed, and
what no check can see. At a terminal it asks what people see.

Examples:
  tenantry doctor --list
  tenantry doctor acme
  tenantry doctor acme --symptom login-loop
  tenantry doctor acme/portal --symptom invalid-client --json`;

/** `tenantry verify` and `tenantry doctor`. */
export function addVerifyCommands(program: Command, run: Run, done: (exit: ExitCode) => void): void {
  const verify = addCommand(
    program,
    "verify [names...]",
    "prove every link of tenants or connections, or of a client in hand, without a login",
  );
  addClientOptions(addProbeOptions(addRunOptions(verify)))
    .addHelpText("after", verifyExamples)
    .action(async (names: string[], options) => {
      const { verify } = await import("./commands/verify.ts");
      done(await verify(run, names, options));
    });

  addProbeOptions(addCommand(program, "doctor [name]", "from what people see to the check that proves the cause"))
    .option("--symptom <name>", "what people see; --list has the names")
    .addOption(new Option("--list", "only list the symptoms").conflicts("symptom"))
    .addHelpText("after", doctorExamples)
    .action(async (name: string | undefined, options) => {
      const { doctor } = await import("./commands/doctor.ts");
      done(await doctor(run, name, options));
    });
}
