import type { Paint } from "../../plan/paint.ts";
import { wrap } from "../../plan/wrap.ts";
import type { CheckResult } from "../../store/evidence.ts";
import { besides, diagnose, type JudgedCause } from "../../verify/diagnose.ts";
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
  const causes = diagnose(symptom, checks);
  const lines = causes.flatMap((judged) => causeLines(judged, paint));
  const others = besides(causes, checks, { all: false });
  return [
    ...wrap(`Symptom: ${symptom.text}`, 80),
    ...lines,
    ...otherLines("What else must hold and does not:", others, paint),
  ].join("\n");
}

function otherLines(head: string, others: readonly CheckResult[], paint: Paint): readonly string[] {
  if (others.length === 0) return [];
  const lines = others.flatMap(({ id, verdict, level, message, hint }) => {
    const failed = verdict === "fail";
    const word = (failed ? (level === "must" ? "FAIL" : "warn") : "unclear").padEnd(9);
    const texts = [`${id}: ${message}`, ...(hint === undefined ? [] : [`mend: ${hint}`])];
    const [first = "", ...rest] = texts.flatMap((text) => wrap(text, 67));
    const colour = failed && level === "must" ? paint.red : paint.yellow;
    return [`  ${colour(word)}  ${first}`, ...rest.map((line) => indent + line)];
  });
  return [head, ...lines];
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
  const causes = symptomsOf(checks).flatMap((each) => each.causes);
  const others = besides(causes, checks, { all: true });
  if (seen.length === 0 && others.length === 0) return "Nothing that a check can see is wrong.";
  const head = seen.length === 0 ? "Open, and the cause of no symptom in the list:" : "Open too:";
  return [...seen, ...otherLines(head, others, paint)].join("\n");
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
