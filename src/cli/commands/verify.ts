import { openRecordingWorld } from "../../apply/open.ts";
import { selectConnections } from "../../apply/select.ts";
import { type ConnectionProof, verifyConnections } from "../../apply/verify-connections.ts";
import type { ExitCode } from "../../errors/code.ts";
import { loadContext, type WorkspaceOptions } from "../context.ts";
import { keepHeapSmall } from "../heap.ts";
import { printJson, worstExit } from "../outcome.ts";
import { notCoveredBy, notCoveredText, proofDetails, proofTable } from "../proof-text.ts";
import { type Run, recordingOptions } from "../run.ts";

export interface VerifyOptions extends WorkspaceOptions {
  /** false: no secret is sent anywhere. */
  readonly secretProbe: boolean;
  readonly wrongSecretControl: boolean;
  readonly all?: boolean | undefined;
}

/** Proves every link of the connections named (all when none is), as the apps really use them. */
export async function verify(run: Run, only: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const { terminal } = run;
  keepHeapSmall();
  const context = loadContext(run.surroundings, options, run.now());
  const connections = selectConnections(context.connections, only);
  const world = await openRecordingWorld(recordingOptions(run, context, { connections, access: "read", whole: false }));
  try {
    const proofs = await verifyConnections(world, {
      connections,
      secretProbe: options.secretProbe,
      wrongSecretControl: options.wrongSecretControl && context.workspace.verify.wrongSecretControl,
    });
    const evidence = proofs.flatMap((proof) => ("evidence" in proof ? [proof.evidence] : []));
    if (options.json === true) {
      const notCovered = notCoveredBy(evidence).join(" ");
      printJson(terminal, "verify", { environment: context.workspace.environment, proofs, notCovered });
    } else {
      terminal.out(`${proofTable(proofs, terminal.paint)}\n`);
      for (const proof of proofs) {
        if (!("evidence" in proof)) continue;
        const details = proofDetails(proof.evidence, terminal.paint, options.all === true);
        if (details !== "") terminal.out(`\n${proof.key}\n${details}\n`);
      }
      terminal.out(notCoveredText(evidence, terminal.paint));
    }
    return worstExit(proofs.map(exitOf));
  } finally {
    await world.close();
  }
}

function exitOf(proof: ConnectionProof): ExitCode {
  switch (proof.verdict) {
    case "fail":
      return 6;
    case "inconclusive":
      return 7;
    case "pass":
    case "attested":
    case "skipped":
      return 0;
    default:
      return proof satisfies never;
  }
}
