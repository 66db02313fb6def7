import type { Paint } from "../../plan/render-text.ts";
import { wrap } from "../../plan/wrap.ts";
import type { CheckResult } from "../../store/evidence.ts";
import { diagnose, type JudgedCause } from "../../verify/diagnose.ts";
import { type Symptom, symptoms } from "../../verify/symptoms.ts";
import { table } from "../table.ts";
import type { ReportedProof } from "./report.ts";

/** The symptoms by name, numbered where one is to be picked. */
export function symptomList(numbered: boolean): string {
  const width = Math.max(...symptoms.map(({ name }) => name.length));
  const rows = symptoms.flatMap(({ name, text }, index) => {
    const number = numbered ? `${index + 1}`.padStart(2) : "";
    const [first = "", ...rest] = wrap(text, 74 - width);
    return [[number, name, first], ...rest.map((line) => ["", "", line])];
  });
  return `${table(numbered ? rows : rows.map(([, ...row]) => row)).join("\n")}\n`;
}

/** What the checks say of one symptom, cause by cause. */
export function symptomText(symptom: Symptom, checks: readonly CheckResult[], paint: Paint): string {
  const lines = diagnose(symptom, checks).flatMap((judged) => causeLines(judged, paint));
  return [...wrap(`Symptom: ${symptom.text}`, 80), ...lines].join("\n");
}

const labels = { proven: "PROVEN", possible: "possible", unseen: "possible", ruledOut: "ruled out" } as const;
const indent = " ".repeat(13);

function causeLines({ cause, judgement, because }: JudgedCause, paint: Paint): readonly string[] {
  const word = labels[judgement].padEnd(9);
  const colour = { proven: paint.red, possible: paint.yellow, unseen: paint.yellow, ruledOut: paint.green }[judgement];
  const [first = "", ...rest] = wrap(cause.text, 67);
  const lines = [`  ${colour(word)}  ${first}`, ...rest.map((line) => indent + line)];
  const said = (text: string): void => {
    lines.push(...wrap(text, 67).map((line) => indent + line));
  };
  switch (judgement) {
    case "ruledOut":
      said(`by ${cause.checks.join(", ")}`);
      return lines;
    case "unseen":
      said("No check can see it.");
      said(`mend: ${cause.remedy}`);
      return lines;
    case "proven":
      for (const { id, message } of because) said(`${id}: ${message}`);
      for (const hint of new Set(because.map(({ hint }) => hint ?? cause.remedy))) said(`mend: ${hint}`);
      return lines;
    case "possible": {
      const unclear = because.map(({ id, message }) => `${id}: ${message}`);
      if (unclear.length === 0) said(`${cause.checks.join(", ")} did not run.`);
      for (const text of unclear) said(text);
      said(`mend: ${cause.remedy}`);
      return lines;
    }
    default:
      return judgement satisfies never;
  }
}

/** Without a symptom: what people will see of what failed, and what no check can see. */
export function findingsText(proof: Extract<ReportedProof, { evidence: unknown }>, paint: Paint): string {
  const { checks } = proof.evidence;
  const seen = symptomsOf(checks).map(({ symptom, causes }) =>
    [...wrap(`People see: ${symptom.text}`, 80), ...causes.flatMap((judged) => causeLines(judged, paint))].join("\n"),
  );
  return seen.length === 0 ? "Nothing that a check can see is wrong." : seen.join("\n");
}

/** The symptoms that follow from what failed, with the causes that are proven. */
export function symptomsOf(
  checks: readonly CheckResult[],
): readonly { readonly symptom: Symptom; readonly causes: readonly JudgedCause[] }[] {
  return symptoms.flatMap((symptom) => {
    const causes = diagnose(symptom, checks).filter(({ judgement }) => judgement === "proven");
    return causes.length === 0 ? [] : [{ symptom, causes }];
  });
}

/** What remains possible although every check passed. */
export function unseenText(): string {
  const lines = symptoms.flatMap(({ name, causes }) =>
    causes
      .filter(({ checks }) => checks.length === 0)
      .flatMap(({ text, remedy }) => {
        const [first = "", ...rest] = wrap(`${text}. ${remedy}`, 62);
        return [`  ${name.padEnd(14)}  ${first}`, ...rest.map((line) => `                  ${line}`)];
      }),
  );
  return ["Still possible, and seen by no check:", ...lines].join("\n");
}
