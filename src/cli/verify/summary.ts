import type { Counts } from "./report.ts";

/** `12 connections: 9 pass, 1 attested, 1 fail, 1 unclear.`; kinds that nobody is of are left out. */
export function countsText(total: number, counts: Counts, warned = 0): string {
  const said = [
    [counts.fail, "fail"],
    [counts.inconclusive, "unclear"],
    [counts.attested, "attested"],
    [counts.pass, "pass"],
    [counts.skipped, "skipped"],
  ] as const;
  const parts = said.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const warnings = warned === 0 ? "" : `; ${warned} ${warned === 1 ? "warning" : "warnings"}`;
  const what = total === 1 ? "1 connection" : `${total} connections`;
  return parts.length === 0 ? "Nothing to prove." : `${what}: ${parts.join(", ")}${warnings}.`;
}
