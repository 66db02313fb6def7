import { visibleText } from "../../errors/visible.ts";
import type { CheckResult } from "../../store/evidence.ts";
import { type Gap, gapSentences, gapsOf } from "../not-covered.ts";
import { byWeight, checkWord, isOpen, notRun, titleOf, words } from "../proof-text.ts";
import { type Counts, countsOf, type Report } from "./report.ts";
import { countsText } from "./summary.ts";

/** A comment at GitHub holds 65,536 characters. */
const longest = 60_000;

/** Sentences on what was not covered, at most. */
const mostGaps = 30;

interface OpenConnection {
  readonly key: string;
  readonly verdict: Parameters<typeof countsOf>[0][number]["verdict"];
  readonly lines: readonly string[];
}

/** Short Markdown for a comment or a job's summary: how many, and what somebody has to look at, the worst first. */
export function markdownReport(): Report {
  const verdicts: { readonly verdict: OpenConnection["verdict"] }[] = [];
  const open: OpenConnection[] = [];
  const gaps: Gap[] = [];
  return {
    add({ proof }) {
      const { key, verdict } = proof;
      verdicts.push({ verdict });
      if ("because" in proof) {
        if (verdict === "inconclusive") open.push({ key, verdict, lines: [plain(proof.because)] });
        return;
      }
      gaps.push(...gapsOf(proof.evidence));
      const found = proof.evidence.checks.filter((check) => isOpen(check) && check.code !== notRun);
      const lines = [...found].sort(byWeight).map(lineOf);
      if (lines.length > 0 || verdict === "fail" || verdict === "inconclusive") open.push({ key, verdict, lines });
    },
    text({ environment, stopped }) {
      const counts = countsOf(verdicts);
      const of = environment === undefined ? "" : ` of ${plain(environment)}`;
      const head = [
        `### Sign-in proof${of}: ${word(counts)}`,
        "",
        `${countsText(verdicts.length, counts)}${stopped ? " The run was stopped before its end." : ""}`,
        "",
      ];
      const sentences = gapSentences(gaps);
      const more = sentences.length - mostGaps;
      const told = [...sentences.slice(0, mostGaps), ...(more > 0 ? [`And ${more} more: see the JSON report.`] : [])];
      const foot = ["", `<sub>${told.map(plain).join("<br>")}</sub>`, ""];
      const room = longest - head.join("\n").length - foot.join("\n").length - 200;
      return [...head, ...fitting(open, room), ...foot].join("\n");
    },
  };
}

function word(counts: Counts): string {
  const worst = (["fail", "inconclusive", "attested", "pass"] as const).find((verdict) => counts[verdict] > 0);
  return worst === undefined ? "nothing to prove" : worst === "fail" ? "**FAIL**" : words[worst];
}

/** The worst first, as many as there is room for. */
function fitting(open: readonly OpenConnection[], room: number): readonly string[] {
  const weight = { fail: 0, inconclusive: 1, attested: 2, pass: 2, skipped: 3 } as const;
  const blocks = [...open]
    .sort((a, b) => weight[a.verdict] - weight[b.verdict])
    .map(({ key, verdict, lines }) =>
      [`- **${plain(key)}**: ${words[verdict]}`, ...lines.map((line) => `  - ${line}`)].join("\n"),
    );
  const kept: string[] = [];
  let used = 0;
  for (const block of blocks) {
    used += block.length + 1;
    if (used > room) break;
    kept.push(block);
  }
  const left = blocks.length - kept.length;
  return left === 0 ? kept : [...kept, `- and ${left} more: see the JSON report or the job's log`];
}

function lineOf(check: CheckResult): string {
  const { id, code, message, expected, actual, hint } = check;
  return [
    `${checkWord(check)} ${id} ${plain(titleOf(check))}${code === undefined ? "" : ` (${code})`}: ${plain(message)}`,
    ...(expected === undefined ? [] : [`expected <code>${plain(expected)}</code>`]),
    ...(actual === undefined ? [] : [`actual <code>${plain(actual)}</code>`]),
    ...(hint === undefined ? [] : [`<em>Mend: ${plain(hint)}</em>`]),
  ].join("<br>");
}

/** Text of others stays text on one line: no table, HTML, mention, emphasis or link is made of it. */
function plain(text: string): string {
  return visibleText(text)
    .replaceAll(/\s+/g, " ")
    .replace(/[&<>|@`*_#~[\]\\!]/g, (character) => `&#${character.charCodeAt(0)};`);
}
