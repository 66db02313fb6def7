import type { CheckResult } from "../../store/evidence.ts";
import { checkWord, notRun, titleOf } from "../proof-text.ts";
import type { Placed, Report, ReportedProof } from "./report.ts";

/**
 * JUnit XML: a suite per connection, a case per check. A must-check that failed is a failure, one that could not tell an
 * error. What only warns passes, with the words in `system-out`.
 *
 * @see https://github.com/testmoapp/junitxml the common ground of the tools that read it
 */
export function junitReport(): Report {
  const suites: string[] = [];
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  return {
    add(placed) {
      const suite = suiteOf(placed);
      suites.push(suite.text);
      for (const name of ["tests", "failures", "errors", "skipped"] as const) total[name] += suite.counts[name];
    },
    text({ environment, startedAt, endedAt }) {
      const time = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000).toFixed(3);
      const name = environment === undefined ? "tenantry verify" : `tenantry verify ${environment}`;
      const attributes = attributesOf({ name, ...total, time, timestamp: startedAt });
      return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n${suites.join("")}</testsuites>\n`;
    },
  };
}

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

function suiteOf({ proof, at, placeOf }: Placed): { readonly text: string; readonly counts: Counts } {
  const counts: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const cases =
    "evidence" in proof
      ? proof.evidence.checks.map((check) => caseOf(proof.key, check, placeOf(check), counts))
      : [unproven(proof, counts)];
  const timestamp = "evidence" in proof ? proof.evidence.at : undefined;
  const attributes = attributesOf({ name: proof.key, ...counts, timestamp, file: at?.file });
  return { text: `  <testsuite${attributes}>\n${cases.join("")}  </testsuite>\n`, counts };
}

function unproven(proof: Extract<ReportedProof, { because: string }>, counts: Counts): string {
  counts.tests += 1;
  const about = { classname: proof.key, name: "the connection could be looked at" };
  if (proof.verdict === "skipped") {
    counts.skipped += 1;
    return testcase(about, `<skipped${attributesOf({ message: proof.because })}/>`);
  }
  counts.errors += 1;
  const said = attributesOf({ type: proof.code ?? "inconclusive", message: proof.because });
  return testcase(about, `<error${said}>${escaped(proof.hint ?? "")}</error>`);
}

function caseOf(key: string, check: CheckResult, place: Placed["at"], counts: Counts): string {
  counts.tests += 1;
  const name = `${check.id} ${titleOf(check)}`;
  const about = { classname: key, name, file: place?.file, line: place?.line };
  const { verdict, level, code, message } = check;
  if (verdict === "pass") return testcase(about);
  // What could not run is told by the check that it waits for.
  if (verdict === "skipped" || code === notRun) {
    counts.skipped += 1;
    return testcase(about, `<skipped${attributesOf({ message })}/>`);
  }
  const words = escaped(wordsOf(check));
  if (level !== "must" || check.attested !== undefined) {
    return testcase(about, `<system-out>${escaped(`${checkWord(check)}: `)}${words}</system-out>`);
  }
  const said = attributesOf({ type: code ?? verdict, message });
  if (verdict === "fail") {
    counts.failures += 1;
    return testcase(about, `<failure${said}>${words}</failure>`);
  }
  counts.errors += 1;
  return testcase(about, `<error${said}>${words}</error>`);
}

/** Everything that a check says, line by line. */
function wordsOf({ code, message, expected, actual, note, attested, hint }: CheckResult): string {
  const said = [
    ["", message],
    ["code: ", code],
    ["expected: ", expected],
    ["actual: ", actual],
    ["note: ", note],
    [
      "attested: ",
      attested === undefined ? undefined : `by ${attested.by} on ${attested.on}, until ${attested.expires}`,
    ],
    ["mend: ", hint],
  ] as const;
  return said.flatMap(([label, text]) => (text === undefined ? [] : [`${label}${text}`])).join("\n");
}

function testcase(about: Readonly<Record<string, string | number | undefined>>, inner?: string): string {
  const open = `    <testcase${attributesOf(about)}`;
  return inner === undefined ? `${open}/>\n` : `${open}>\n      ${inner}\n    </testcase>\n`;
}

function attributesOf(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(String(value))}"`]))
    .join("");
}

/** Text as XML 1.0 may hold it (section 2.2): markup escaped, other control characters replaced. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(unspeakable, "\uFFFD")
    .replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;
