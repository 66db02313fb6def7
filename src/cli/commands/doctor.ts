import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { besides, diagnose } from "../../verify/diagnose.ts";
import { type Symptom, symptoms } from "../../verify/symptoms.ts";
import { nearest } from "../../workspace/nearest.ts";
import type { WorkspaceOptions } from "../context.ts";
import { gapsOf, gapsText } from "../not-covered.ts";
import { printJson, worstExit } from "../outcome.ts";
import { colourWords, words } from "../proof-text.ts";
import type { Run } from "../run.ts";
import { findingsText, symptomList, symptomsOf, symptomText, unseenText } from "../verify/doctor-text.ts";
import { openFleet } from "../verify/fleet-run.ts";
import type { ProbeFlags } from "../verify/options.ts";
import { exitOf, type ReportedProof } from "../verify/report.ts";

export interface DoctorOptions extends WorkspaceOptions, ProbeFlags {
  readonly symptom?: string | undefined;
  readonly list?: boolean | undefined;
}

/** From what people see to the check that proves the cause. Verifies, and leaves with the exit code of a `verify`. */
export async function doctor(run: Run, name: string | undefined, options: DoctorOptions): Promise<ExitCode> {
  const { terminal } = run;
  if (options.list === true) {
    if (options.json === true) printJson(terminal, "doctor", { symptoms });
    else terminal.out(symptomList(false));
    return 0;
  }
  const named = options.symptom === undefined ? undefined : symptomNamed(options.symptom);
  if (name === undefined) {
    throw new TenantryError("CLI_USAGE", "doctor was not told whom to look at", {
      hint: "Name a tenant or a connection; --list shows the symptoms.",
    });
  }
  const fleet = openFleet(run, [name], options);
  const symptom = named ?? (options.json === true ? undefined : await picked(run));
  const proofs: ReportedProof[] = [];
  await fleet.prove(({ proof }) => proofs.push(proof));
  terminal.status?.(undefined);
  if (options.json === true) {
    const connections = proofs.map((proof) => plainProof(proof, symptom));
    printJson(terminal, "doctor", { environment: fleet.environment, symptom: symptom?.name ?? null, connections });
  } else {
    for (const proof of proofs) terminal.out(`${proofText(run, proof, symptom)}\n\n`);
    if (symptom === undefined) terminal.out(`${unseenText()}\n\n`);
    terminal.out(
      gapsText(
        proofs.flatMap((proof) => ("evidence" in proof ? gapsOf(proof.evidence) : [])),
        terminal.paint,
      ),
    );
  }
  return worstExit(proofs.map(exitOf));
}

/** @throws TenantryError CLI_USAGE */
function symptomNamed(name: string): Symptom {
  const found = symptoms.find((symptom) => symptom.name === name);
  if (found !== undefined) return found;
  const names = symptoms.map((symptom) => symptom.name);
  const near = nearest(name, new Set(names));
  throw new TenantryError("CLI_USAGE", `there is no symptom \`${name}\``, {
    hint: near === undefined ? `Name one of ${names.join(", ")}.` : `Did you mean \`${near}\`?`,
  });
}

/**
 * What somebody at the terminal sees; undefined to look at everything, and where nobody is there.
 *
 * @throws TenantryError CLI_USAGE when they leave the question by Ctrl-C or Ctrl-D
 */
async function picked(run: Run): Promise<Symptom | undefined> {
  const conversation = await run.terminal.converse?.();
  if (conversation === undefined) return undefined;
  try {
    run.terminal.err(`What do people see?\n\n${symptomList(true)}\n`);
    for (;;) {
      const answer = (await conversation.question("Number or name (Enter: look at everything): "))?.trim();
      if (answer === undefined) {
        throw new TenantryError("CLI_USAGE", "no symptom was named", {
          hint: "Name it with --symptom; --list has them.",
        });
      }
      if (answer === "") return undefined;
      const found = symptoms[Number(answer) - 1] ?? symptoms.find(({ name }) => name === answer);
      if (found !== undefined) return found;
      run.terminal.err("That is none of them.\n");
    }
  } finally {
    conversation.close();
  }
}

function proofText({ terminal }: Run, proof: ReportedProof, symptom: Symptom | undefined): string {
  const { paint } = terminal;
  const head = `${paint.bold(proof.key)}  ${colourWords(proof.verdict === "skipped" ? "skipped" : words[proof.verdict], paint)}`;
  if ("because" in proof) return `${head}\nNot looked at: ${proof.because}.`;
  const { checks } = proof.evidence;
  return `${head}\n${symptom === undefined ? findingsText(proof, paint) : symptomText(symptom, checks, paint)}`;
}

function plainProof(proof: ReportedProof, symptom: Symptom | undefined): Readonly<Record<string, unknown>> {
  const { key, verdict } = proof;
  if ("because" in proof) return { key, verdict, because: proof.because, symptoms: [], besides: [] };
  const { checks } = proof.evidence;
  const found = symptom === undefined ? symptomsOf(checks) : [{ symptom, causes: diagnose(symptom, checks) }];
  const others = besides(
    found.flatMap(({ causes }) => causes),
    checks,
    { all: symptom === undefined },
  );
  return {
    key,
    verdict,
    besides: others.map(({ id, verdict, code, message, hint }) => ({ id, verdict, code, message, hint })),
    symptoms: found.map(({ symptom: { name, text }, causes }) => ({
      name,
      text,
      causes: causes.map(({ cause, judgement, because }) => ({
        ...{ text: cause.text, judgement, checks: cause.checks, remedy: cause.remedy },
        because: because.map(({ id, verdict, code, message, hint }) => ({ id, verdict, code, message, hint })),
      })),
    })),
  };
}
