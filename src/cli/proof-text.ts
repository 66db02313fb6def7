import type { ConnectionProof } from "../apply/verify-connections.ts";
import type { Paint } from "../plan/render-text.ts";
import { wrap } from "../plan/wrap.ts";
import type { CheckResult, Evidence, Link, ProofVerdict, Verdict } from "../store/evidence.ts";
import { table } from "./table.ts";

const links: readonly Link[] = ["discovery", "keys", "callback", "secret", "record"];

const words: Readonly<Record<ProofVerdict, string>> = {
  pass: "pass",
  attested: "attested",
  fail: "FAIL",
  inconclusive: "unclear",
  skipped: "-",
};

/** One line per connection: a column per link, and the verdict over all must-checks. */
export function proofTable(proofs: readonly ConnectionProof[], paint: Paint): string {
  const rows = [
    ["connection", ...links, "verdict"],
    ...proofs.map((proof) => [
      proof.key,
      ...links.map((link) => ("evidence" in proof ? linkWord(proof.evidence.checks, link) : "-")),
      "evidence" in proof ? words[proof.verdict] : proof.verdict === "skipped" ? "skipped" : words[proof.verdict],
    ]),
  ];
  const [head = "", ...lines] = table(rows);
  const reasons = proofs.flatMap((proof) => ("because" in proof ? [`${proof.key}: ${proof.because}`] : []));
  return [
    paint.dim(head),
    ...lines.map((line) => colourWords(line, paint)),
    ...reasons.flatMap((reason) => wrap(reason, 80)),
  ].join("\n");
}

/** What every check of one connection found, with the mend of each that did not pass. */
export function proofDetails(evidence: Evidence, paint: Paint, all: boolean): string {
  const open = evidence.checks.filter((check) => check.verdict === "fail" || check.verdict === "inconclusive");
  const waiting = open.filter((check) => check.code === notRun);
  const shown = all ? evidence.checks : open.filter((check) => check.code !== notRun);
  const lines = shown.flatMap((check) => checkLines(check, paint));
  if (!all && waiting.length > 0) {
    const ids = waiting.map((check) => check.id).join(", ");
    lines.push(`  ${paint.yellow(words.inconclusive)}  ${ids} could not run before that is mended`);
  }
  return lines.join("\n");
}

/** The code of a check whose needs did not hold; the check that it waits for says what is wrong. */
const notRun = "VERIFY_NOT_RUN";

/** What can never be proven without a person, said every time. */
const notCovered = "Not covered without a login: who is assigned, consent, and a real person's claims.";

function checkLines(check: CheckResult, paint: Paint): readonly string[] {
  const level = check.level === "must" ? "" : ` (${check.level})`;
  const lines = [
    `  ${colourWords(words[check.verdict].padEnd(7), paint)}  ${check.id.padEnd(3)} ${check.title}${level}`,
  ];
  if (check.verdict === "pass") return lines;
  lines.push(...wrap(check.message, 66).map((line) => `               ${line}`));
  if (check.expected !== undefined) lines.push(`               expected  ${check.expected}`);
  if (check.actual !== undefined) lines.push(`               actual    ${check.actual}`);
  if (check.hint !== undefined && check.verdict !== "skipped") {
    const [first = "", ...rest] = wrap(check.hint, 59);
    lines.push(`               mend: ${first}`, ...rest.map((line) => `                     ${line}`));
  }
  return lines;
}

/**
 * What proofs do not cover: what no proof does, and what each of these leaves open. Whole sentences; the second kind is
 * per connection.
 */
export function notCoveredBy(proofs: readonly Evidence[]): readonly string[] {
  const open = proofs.flatMap((evidence) => {
    const { key, checks } = evidence;
    const issuer = unprovenIssuer(checks);
    const because = issuer?.evidence.because;
    const why = typeof because === "string" ? because : "its endpoints stand in the tenant's file";
    // Only a public client has no fingerprint once it was accepted.
    const isPublic =
      evidence.secretFingerprint === undefined && checks.some(({ id, verdict }) => id === "S1" && verdict === "pass");
    return [
      ...(issuer === undefined ? [] : [`Not covered is the issuer of ${key}: ${why}.`]),
      ...(isPublic
        ? [`Not covered is that ${key} needs no credentials: only a sign-in shows that of a public client.`]
        : []),
    ];
  });
  return [notCovered, ...open];
}

/** `notCoveredBy` for the terminal, at 80 columns. */
export function notCoveredText(proofs: readonly Evidence[], paint: Paint): string {
  return notCoveredBy(proofs)
    .flatMap((sentence) => (sentence === notCovered ? [sentence] : wrap(sentence, 80)))
    .map((line) => `${paint.dim(line)}\n`)
    .join("");
}

/** D3, when the endpoints stand in the tenant's file and nothing named the issuer: with a document it is never skipped. */
function unprovenIssuer(checks: readonly CheckResult[]): CheckResult | undefined {
  return checks.find(({ id, verdict }) => id === "D3" && verdict === "skipped");
}

/** The verdict of one link, in a word. What only stands in the file, and nobody else has said, is no pass. */
function linkWord(checks: readonly CheckResult[], link: Link): string {
  const verdict = linkVerdict(checks, link);
  const given = link === "discovery" && verdict === "pass" && unprovenIssuer(checks) !== undefined;
  return given ? "given" : words[verdict];
}

/** The verdict of one link: the worst of its must-checks; when it has none that ran, skipped. */
function linkVerdict(checks: readonly CheckResult[], link: Link): Verdict {
  const musts = checks.filter((check) => check.link === link && check.level === "must").map((check) => check.verdict);
  return (["fail", "inconclusive", "pass"] as const).find((verdict) => musts.includes(verdict)) ?? "skipped";
}

function colourWords(line: string, paint: Paint): string {
  return line
    .replaceAll(/\bpass\b/g, (word) => paint.green(word))
    .replaceAll(/\bFAIL\b/g, (word) => paint.red(word))
    .replaceAll(/\bunclear\b/g, (word) => paint.yellow(word));
}
