import type { Paint } from "../plan/paint.ts";
import { wrap } from "../plan/wrap.ts";
import type { CheckResult, Evidence, Link, ProofVerdict } from "../store/evidence.ts";
import { unprovenIssuer } from "./not-covered.ts";

/** Links that every proof has a column for. The other two have one where something is known of them. */
const links: readonly Link[] = ["discovery", "keys", "callback", "secret", "record"];

/** A verdict as people read it. */
export const words: Readonly<Record<ProofVerdict, string>> = {
  pass: "pass",
  attested: "attested",
  fail: "FAIL",
  inconclusive: "unclear",
  skipped: "-",
};

/** In a cell, where the longer words have no room. */
const cells: Readonly<Record<ProofVerdict, string>> = { ...words, inconclusive: "?", attested: "att." };

/** Columns of a table of proofs, wide enough for whatever will stand in them: rows are printed as they come. */
export interface ProofLayout {
  readonly links: readonly Link[];
  /** Width of the names; 0 where they have lines of their own. */
  readonly label: number;
  readonly gap: string;
}

const width = 80;
const verdictWidth = Math.max(...Object.values(words).map(({ length }) => length));
const heading = "connection";

/**
 * The layout for rows with these names: at most 80 columns. Where the names leave no room they stand on lines of their
 * own.
 */
export function proofLayout(labels: readonly string[], also: readonly Link[]): ProofLayout {
  const columns = [...links, ...(["app", "domain"] as const).filter((link) => also.includes(link))];
  const widest = labels.reduce((most, { length }) => Math.max(most, length), heading.length);
  const room = columns.reduce((sum, { length }) => sum + length, verdictWidth);
  for (const gap of ["  ", " "]) {
    if (widest + room + gap.length * (columns.length + 1) <= width) return { links: columns, label: widest, gap };
  }
  return { links: columns, label: 0, gap: "  " };
}

/** What a row is made of: what was found, or why nothing was looked at. */
export type RowProof = { readonly verdict: ProofVerdict } & (
  | { readonly evidence: Pick<Evidence, "checks"> }
  | { readonly because: string }
);

/** The head of the table. */
export function proofHead(layout: ProofLayout, paint: Paint): string {
  return paint.dim(row(layout, layout.label === 0 ? "" : heading, layout.links, "verdict"));
}

/** One connection's line: a column per link, and the verdict over all must-checks. */
export function proofRow(label: string, proof: RowProof, layout: ProofLayout, paint: Paint): string {
  const found = layout.links.map((link) => ("evidence" in proof ? linkWord(proof.evidence.checks, link) : "-"));
  const verdict = proof.verdict === "skipped" ? "skipped" : words[proof.verdict];
  return colourWords(row(layout, label, found, verdict), paint);
}

function row({ links: columns, label, gap }: ProofLayout, name: string, found: readonly string[], verdict: string) {
  const rest = [...found.map((word, index) => word.padEnd(columns[index]?.length ?? 0)), verdict];
  const line = (label === 0 ? ["", ...rest] : [name.padEnd(label), ...rest]).join(gap).trimEnd();
  return label === 0 && name !== "" ? `${name}\n${line}` : line;
}

/** The table of some proofs, with the reasons of those that were not looked at below it. */
export function proofTable(proofs: readonly (RowProof & { readonly key: string })[], paint: Paint): string {
  const checks = proofs.flatMap((proof) => ("evidence" in proof ? proof.evidence.checks : []));
  const layout = proofLayout(
    proofs.map(({ key }) => key),
    [...new Set(checks.map(({ link }) => link))],
  );
  const reasons = proofs.flatMap((proof) => ("because" in proof ? [`${proof.key}: ${proof.because}`] : []));
  return [
    proofHead(layout, paint),
    ...proofs.map((proof) => proofRow(proof.key, proof, layout, paint)),
    ...reasons.flatMap((reason) => wrap(reason, width)),
  ].join("\n");
}

/** The code of a check whose needs did not hold; the check that it waits for says what is wrong. */
export const notRun = "VERIFY_NOT_RUN";

/** The title of a check; that of ownership with its domain, because there is one for each. */
export function titleOf({ title, link, evidence }: CheckResult): string {
  return link === "domain" && typeof evidence.domain === "string" ? `${title}: ${evidence.domain}` : title;
}

/** Whether somebody has to look at it: it failed, or a must-check could not tell and nobody stands for it. */
export function isOpen(check: CheckResult): boolean {
  if (check.attested !== undefined) return false;
  // What DNS could not tell of a domain is nobody else's to tell.
  const told = check.level === "must" || check.link === "domain";
  return check.verdict === "fail" || (check.verdict === "inconclusive" && told);
}

/** The worst first: what failed and must hold, what could not be told, what is only warned of. */
export function byWeight(a: CheckResult, b: CheckResult): number {
  const weight = ({ level, verdict }: CheckResult): number => (level !== "must" ? 2 : verdict === "fail" ? 0 : 1);
  return weight(a) - weight(b);
}

/**
 * What every check of one connection found, or only those that somebody has to look at, the worst first.
 *
 * @param where where something is written that a check is about, such as `tenants/acme.yaml:7`
 */
export function proofDetails(
  evidence: Pick<Evidence, "checks">,
  paint: Paint,
  all: boolean,
  where: (check: CheckResult) => string | undefined = () => undefined,
): string {
  const told = (checks: readonly CheckResult[]): readonly string[] =>
    checks.flatMap((check) => checkLines(check, paint, where(check)));
  if (all) return told(evidence.checks).join("\n");
  const open = evidence.checks.filter(isOpen).sort(byWeight);
  const known = open.filter(({ code }) => code !== notRun);
  const decides = ({ level }: CheckResult): boolean => level === "must";
  const waiting = open.filter((check) => check.code === notRun && decides(check)).map(({ id }) => id);
  const lines = [
    ...told(known.filter(decides)),
    ...(waiting.length === 0 ? [] : waitingLines(waiting, paint)),
    ...told(known.filter((check) => !decides(check))),
  ];
  return lines.join("\n");
}

function waitingLines(ids: readonly string[], paint: Paint): readonly string[] {
  const [first = "", ...rest] = wrap(`${ids.join(", ")} could not run before that is mended`, width - 11);
  return [`  ${paint.yellow(words.inconclusive)}  ${first}`, ...rest.map((line) => `           ${line}`)];
}

/** The word for what one check found: what only warns is no failure. */
export function checkWord({ verdict, level, attested }: CheckResult): string {
  if (attested !== undefined) return words.attested;
  return verdict === "fail" && level !== "must" ? "warn" : words[verdict];
}

function checkLines(check: CheckResult, paint: Paint, where: string | undefined): readonly string[] {
  const level = check.level === "must" ? "" : ` (${check.level})`;
  const [title = "", ...more] = wrap(`${titleOf(check)}${level}`, width - 15);
  const lines = [
    `  ${colourWords(checkWord(check).padEnd(7), paint)}  ${check.id.padEnd(3)} ${title}`,
    ...more.map((line) => " ".repeat(15) + line),
  ];
  if (check.verdict === "pass") return lines;
  const said = (label: string, text: string | undefined, breaks = true): void => {
    if (text === undefined) return;
    const [first = "", ...rest] = breaks ? wrap(text, width - 15 - label.length) : [text];
    lines.push(`               ${label}${first}`, ...rest.map((line) => " ".repeat(15 + label.length) + line));
  };
  said("", check.message);
  if (check.verdict === "skipped") return lines;
  said("code      ", check.code);
  // Whole, so that it can be copied.
  said("expected  ", check.expected, false);
  said("actual    ", check.actual, false);
  said("note: ", check.note);
  if (check.attested !== undefined) {
    const { by, on, expires, reason } = check.attested;
    said("attested: ", `by ${by} on ${on}, until ${expires}: ${reason}`);
  }
  said("mend: ", check.hint);
  said("look: ", where);
  return lines;
}

/** The verdict of one link, in a word. What only stands in the file, and nobody else has said, is no pass. */
function linkWord(checks: readonly CheckResult[], link: Link): string {
  const verdict = linkVerdict(checks, link);
  const given = link === "discovery" && verdict === "pass" && unprovenIssuer(checks) !== undefined;
  if (given) return "given";
  const warned = checks.some(
    (check) => check.link === link && check.verdict === "fail" && check.attested === undefined,
  );
  return verdict === "skipped" && warned ? "warn" : cells[verdict];
}

/** The verdict of one link: the worst of its must-checks. When it has none that ran, the worst of the others; no fail. */
function linkVerdict(checks: readonly CheckResult[], link: Link): ProofVerdict {
  const own = checks.filter((check) => check.link === link);
  const worst = worstOf(own.filter(({ level }) => level === "must"));
  if (worst !== undefined) return worst;
  const others = worstOf(own);
  return others === undefined || others === "fail" ? "skipped" : others;
}

/** Undefined when none ran. */
function worstOf(checks: readonly CheckResult[]): ProofVerdict | undefined {
  const verdicts = checks.map(verdictWithWord);
  return (["fail", "inconclusive", "attested", "pass"] as const).find((verdict) => verdicts.includes(verdict));
}

function verdictWithWord({ verdict, attested }: CheckResult): ProofVerdict {
  return attested === undefined ? verdict : "attested";
}

/** Verdicts in their colours. */
export function colourWords(line: string, paint: Paint): string {
  return line
    .replaceAll(/\b(?:pass|attested)\b/g, (word) => paint.green(word))
    .replaceAll(/\bFAIL\b/g, (word) => paint.red(word))
    .replaceAll(/\b(?:unclear|warn)\b/g, (word) => paint.yellow(word));
}
