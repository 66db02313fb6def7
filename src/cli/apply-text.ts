import { type ConnectionOutcome, isUnfinished } from "../apply/outcome.ts";
import type { ExitCode } from "../errors/code.ts";
import type { Paint } from "../plan/paint.ts";
import type { Evidence } from "../store/evidence.ts";
import { quoted } from "./outcome.ts";
import { proofDetails } from "./proof-text.ts";

/** One connection's outcome, on one line or, for a failure, a few. */
export function outcomeLine(outcome: ConnectionOutcome, width: number, paint: Paint): string {
  const key = outcome.key.padEnd(width);
  switch (outcome.outcome) {
    case "active":
      return `${key}  ${activeText(outcome.evidence, paint)}`;
    case "off":
      return `${key}  ${paint.yellow("off")}: nobody comes in, everything is kept`;
    case "removed":
      return `${key}  ${paint.yellow("removed")}: a tombstone is left`;
    case "waiting":
      return [
        `${key}  ${paint.yellow("waiting")} for somebody to do this; then apply again:`,
        ...outcome.steps.flatMap(({ text, command }) => [
          `  - ${text}`,
          ...(command === undefined ? [] : [`    ${command}`]),
        ]),
      ].join("\n");
    case "failed":
      return [
        `${key}  ${paint.red("failed")}  ${outcome.error.code}`,
        `  ${outcome.error.message}`,
        ...(outcome.error.words === undefined ? [] : [quoted(outcome.error.words).trimEnd()]),
        ...(outcome.evidence === undefined ? [] : [proofDetails(outcome.evidence, paint, false)]),
        `  mend: ${outcome.error.hint}`,
      ].join("\n");
    case "interrupted": {
      const { during, done, left } = outcome;
      const last = done.length === 0 ? "before its first step" : `after ${done.at(-1)}`;
      const after = during === undefined ? last : `in the middle of ${during}, where the next run goes on`;
      return `${key}  ${paint.yellow("stopped")} ${after}; left: ${left.join(", ")}`;
    }
    case "not-attempted":
      return `${key}  not attempted: ${outcome.because}`;
    default:
      return outcome satisfies never;
  }
}

function activeText({ verdict, at, checks }: Evidence, paint: Paint): string {
  const open = checks.flatMap(({ id, verdict: found, attested, evidence }) =>
    id === "O1" && found !== "pass" && attested === undefined ? [String(evidence.domain)] : [],
  );
  const unproven = open.length === 0 ? "" : `; not proven: ${open.join(", ")}`;
  if (verdict !== "attested") return `${paint.green("active")}, proven at ${at}${unproven}`;
  const words = checks.flatMap(({ level, attested }) =>
    attested === undefined || level !== "must" ? [] : [`${attested.check} by ${attested.by} until ${attested.expires}`],
  );
  return `${paint.green("active")} (attested: ${words.join(", ")}), proven at ${at}${unproven}`;
}

/** What an outcome makes a command leave with. */
export function exitOf(outcome: ConnectionOutcome): ExitCode {
  switch (outcome.outcome) {
    case "active":
    case "off":
    case "removed":
    case "waiting":
      return 0;
    case "failed":
      return outcome.error.exit;
    case "interrupted":
    case "not-attempted":
      return 7;
    default:
      return outcome satisfies never;
  }
}

/** An outcome as it stands in a JSON document. */
export function plainOutcome(outcome: ConnectionOutcome): Readonly<Record<string, unknown>> {
  if (outcome.outcome !== "failed") return outcome;
  const { code, message, hint, exit, words } = outcome.error;
  return { ...outcome, error: { code, message, hint, exit, words } };
}

/**
 * What an apply that did not finish says at its end: how many of each, and how to go on. Undefined when there is nothing
 * left to do.
 */
export function unfinishedText(outcomes: readonly ConnectionOutcome[], saved: boolean): string | undefined {
  if (!outcomes.some(isUnfinished)) return undefined;
  const count = (kind: ConnectionOutcome["outcome"]): number =>
    outcomes.filter(({ outcome }) => outcome === kind).length;
  const counts = [
    [outcomes.filter((outcome) => !isUnfinished(outcome)).length, "done"],
    [count("failed"), "failed"],
    [count("interrupted"), "stopped on the way"],
    [count("not-attempted"), "not attempted"],
  ] as const;
  const said = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const first = count("failed") > 0 ? "mend what failed, then " : "";
  const again = saved
    ? "make a new plan (a saved plan is begun once) and apply that"
    : "run the same command again: it goes on from what is there";
  if (outcomes.every(({ outcome }) => outcome === "not-attempted")) {
    return `${said.join(", ")}; nothing was changed. To go on, run the same command again.`;
  }
  return `${said.join(", ")}; what worked goes on working. To go on, ${first}${again}.`;
}
