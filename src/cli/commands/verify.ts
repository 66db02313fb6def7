import type { ExitCode } from "../../errors/code.ts";
import { appChecks } from "../../verify/app/checks.ts";
import { checks } from "../../verify/checks/checks.ts";
import { domainOwnership } from "../../verify/domain/o1-domain.ts";
import { findRoot } from "../context.ts";
import { keepHeapSmall, keepYoungHeapSmall } from "../heap.ts";
import { worstExit } from "../outcome.ts";
import type { Run } from "../run.ts";
import { checkFlags, proveClient } from "../verify/client-run.ts";
import { openFleet, seenFrom } from "../verify/fleet-run.ts";
import type { VerifyOptions } from "../verify/options.ts";
import { type Outputs, openOutputs } from "../verify/outputs.ts";
import { type ProofStream, proofStream } from "../verify/proof-stream.ts";
import { exitOf, type Placed, type RunFacts, wasStopped } from "../verify/report.ts";

/**
 * Proves every link of the connections named (all when none is), as the apps really use them; or of the issuer or client
 * that the flags name, without a workspace.
 */
export async function verify(run: Run, only: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  keepHeapSmall();
  keepYoungHeapSmall();
  checkFlags(only, options);
  const { issuer } = options;
  return issuer === undefined ? verifyFleet(run, only, options) : verifyOne(run, issuer, options);
}

async function verifyFleet(run: Run, only: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const fleet = openFleet(run, only, options);
  const uriOf = seenFrom(surroundings.cwd, findRoot(surroundings, options.workspace));
  const outputs = openOutputs(terminal, surroundings.cwd, options, specOf, uriOf);
  const keys = fleet.connections.map(({ key }) => key);
  const stream = proofStream(terminal.out, terminal.paint, { keys, links: fleet.links, all: options.all === true });
  return report(run, fleet.environment, outputs, stream, (take) => fleet.prove(take));
}

async function verifyOne(run: Run, issuer: string, options: VerifyOptions): Promise<ExitCode> {
  const { terminal, surroundings } = run;
  const outputs = openOutputs(terminal, surroundings.cwd, options, specOf, (file) => file);
  return report(run, undefined, outputs, undefined, async (take) => {
    const placed = await proveClient(run, issuer, options);
    take(placed);
    if (outputs.machine) return;
    const links = options.startUrl === undefined ? [] : (["app"] as const);
    const stream = proofStream(terminal.out, terminal.paint, {
      keys: [placed.proof.key],
      links,
      all: options.all === true,
    });
    stream.add(placed);
    stream.end();
  });
}

/** Runs it, tells people as it goes and writes the reports; what is known is told also when it ends before its time. */
async function report(
  run: Run,
  environment: string | undefined,
  outputs: Outputs,
  stream: ProofStream | undefined,
  prove: (take: (placed: Placed) => void) => Promise<void>,
): Promise<ExitCode> {
  const startedAt = new Date(run.now()).toISOString();
  const exits: ExitCode[] = [];
  let stopped = false;
  const people = outputs.machine ? undefined : stream;
  try {
    await prove((placed) => {
      exits.push(exitOf(placed.proof));
      stopped ||= wasStopped(placed.proof);
      outputs.add(placed);
      people?.add(placed);
    });
  } catch (error) {
    if (exits.length > 0) people?.end();
    throw error;
  }
  run.terminal.status?.(undefined);
  people?.end();
  const exit = worstExit(exits);
  const facts: RunFacts = { environment, startedAt, endedAt: new Date(run.now()).toISOString(), exit, stopped };
  outputs.write(facts);
  return exit;
}

/** The rule behind a check. Those of the record have none: they compare our own values. */
function specOf(id: string): { readonly name: string; readonly url: string } | undefined {
  return [...checks, ...appChecks, domainOwnership].find((check) => check.id === id)?.spec;
}
