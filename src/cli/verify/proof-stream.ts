import type { Paint } from "../../plan/paint.ts";
import { wrap } from "../../plan/wrap.ts";
import type { CheckResult, Link } from "../../store/evidence.ts";
import { type Gap, gapsOf, gapsText } from "../not-covered.ts";
import {
  colourWords,
  isOpen,
  type ProofLayout,
  proofDetails,
  proofHead,
  proofLayout,
  proofRow,
  words,
} from "../proof-text.ts";
import { shownPlace } from "./place.ts";
import { countsOf, type Placed, type ReportedProof } from "./report.ts";
import { countsText } from "./summary.ts";

/** Above so many connections tenants that pass take one line, and warnings are told per check. */
const readable = 40;
/** So many blocks of details are printed of a fleet; the rest is named. */
const mostBlocks = 50;
/** So many names stand in one line. */
const named = 3;

/** What is to be shown. */
export interface StreamOptions {
  /** Names of all connections, in the order in which they will come. */
  readonly keys: readonly string[];
  /** Links besides the usual that something may be known of. */
  readonly links: readonly Link[];
  /** Every check of every connection. */
  readonly all: boolean;
}

/** The result for people: rows as the proofs come, then what somebody has to look at, then what was not covered. */
export interface ProofStream {
  add(placed: Placed): void;
  /** The rest, once all are there. */
  end(): void;
}

/** Why a connection was not looked at. */
interface Reason {
  readonly key: string;
  readonly because: string;
  readonly hint?: string | undefined;
}

interface Block {
  readonly key: string;
  readonly verdict: ReportedProof["verdict"];
  readonly text: string;
}

export function proofStream(out: (text: string) => void, paint: Paint, options: StreamOptions): ProofStream {
  const { keys, all } = options;
  const fleet = keys.length > readable && !all;
  const layout = proofLayout(labelsOf(keys, fleet), options.links);
  const verdicts: Pick<ReportedProof, "verdict">[] = [];
  const reasons: Reason[] = [];
  const blocks: Block[] = [];
  const warnings = new Map<string, { readonly check: CheckResult; readonly keys: string[] }>();
  const gaps: Gap[] = [];
  const rows = rowsOf(out, paint, layout, fleet);
  let warned = 0;
  return {
    add(placed) {
      const { proof } = placed;
      if (verdicts.length === 0) out(`${proofHead(layout, paint)}\n`);
      rows.add(proof);
      verdicts.push({ verdict: proof.verdict });
      if ("because" in proof) {
        reasons.push(reasonOf(proof));
        return;
      }
      gaps.push(...gapsOf(proof.evidence));
      const own = proof.evidence.checks.filter((check) => isOpen(check) && check.level !== "must");
      warned += own.length;
      const decided = proof.verdict === "fail" || proof.verdict === "inconclusive";
      if (!fleet || decided) {
        const text = proofDetails(proof.evidence, paint, all, (check) => placeText(placed, check));
        if (text !== "") blocks.push({ key: proof.key, verdict: proof.verdict, text });
      } else {
        for (const check of own) {
          const known = warnings.get(check.id) ?? { check, keys: [] };
          warnings.set(check.id, known);
          known.keys.push(proof.key);
        }
      }
    },
    end() {
      rows.end();
      for (const line of reasonLines(reasons)) out(`${line}\n`);
      out(blocksText(blocks, fleet, paint));
      out(warningsText([...warnings.values()], paint));
      if (keys.length !== 1) out(`\n${colourWords(countsText(verdicts.length, countsOf(verdicts), warned), paint)}\n`);
      else out("\n");
      out(gapsText(gaps, paint));
    },
  };
}

/** Names as they will stand in rows: in a fleet also the one that a tenant with several connections may get. */
function labelsOf(keys: readonly string[], fleet: boolean): readonly string[] {
  if (!fleet) return keys;
  const together = [...Map.groupBy(keys, tenantOf)].map(([tenant, own]) => `${tenant} (${own.length})`);
  return [...keys, ...together];
}

function tenantOf(key: string): string {
  return key.replace(/\/.*$/s, "");
}

/** Prints rows; in a fleet a tenant whose connections all pass or are skipped gets one for all of them. */
function rowsOf(out: (text: string) => void, paint: Paint, layout: ProofLayout, fleet: boolean) {
  const print = (label: string, proof: ReportedProof): void => out(`${proofRow(label, proof, layout, paint)}\n`);
  let held: ReportedProof[] = [];
  const flush = (): void => {
    const [first] = held;
    if (first === undefined) return;
    const alike = held.every(({ verdict }) => verdict === first.verdict) && ["pass", "skipped"].includes(first.verdict);
    if (held.length > 1 && alike) print(`${tenantOf(first.key)} (${held.length})`, together(first, held));
    else for (const proof of held) print(proof.key, proof);
    held = [];
  };
  return {
    add(proof: ReportedProof): void {
      if (!fleet) {
        print(proof.key, proof);
        return;
      }
      const [first] = held;
      if (first !== undefined && tenantOf(first.key) !== tenantOf(proof.key)) flush();
      held.push(proof);
    },
    end: flush,
  };
}

function together(first: ReportedProof, all: readonly ReportedProof[]): ReportedProof {
  if (!("evidence" in first)) return first;
  const checks = all.flatMap((proof) => ("evidence" in proof ? proof.evidence.checks : []));
  return { ...first, evidence: { ...first.evidence, checks } };
}

function reasonOf(proof: Extract<ReportedProof, { because: string }>): Reason {
  const { key, verdict, because, code, hint, provenAt } = proof;
  if (provenAt !== undefined) return { key, because: `skipped: ${because}` };
  if (verdict === "skipped") return { key, because };
  return { key, because: code === undefined ? because : `${code}  ${because}`, hint };
}

/** Why connections were not looked at: the same reason is told once. */
function reasonLines(reasons: readonly Reason[]): readonly string[] {
  return [...Map.groupBy(reasons, ({ because, hint = "" }) => `${because}\n${hint}`).values()].flatMap((alike) => {
    const [{ because, hint } = { because: "" }] = alike;
    const lines = wrap(`${names(alike.map(({ key }) => key))}: ${because}`, 80);
    if (hint === undefined) return lines;
    return [...lines, ...wrap(hint, 72).map((line, index) => `  ${index === 0 ? "mend: " : "      "}${line}`)];
  });
}

function names(keys: readonly string[]): string {
  const more = keys.length - named;
  return more > 1 ? `${keys.slice(0, named).join(", ")} and ${more} more` : keys.join(", ");
}

const order: readonly ReportedProof["verdict"][] = ["fail", "inconclusive", "attested", "pass", "skipped"];

/** Failures first. Connections that say exactly the same share a block. */
function blocksText(blocks: readonly Block[], fleet: boolean, paint: Paint): string {
  const sorted = [...blocks].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const shared = [...Map.groupBy(sorted, ({ verdict, text }) => `${verdict}\n${withoutPlaces(text)}`).values()];
  const shown = fleet ? shared.slice(0, mostBlocks) : shared;
  const text = shown.flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const head = `${names(alike.map(({ key }) => key))}  ${words[first.verdict]}`;
    return [`\n${wrap(colourWords(head, paint), 100).join("\n")}\n${first.text}\n`];
  });
  const left = shared.slice(shown.length).flat();
  if (left.length > 0) {
    const say = `${left.length} more have something open; \`tenantry verify NAME\` or --json shows each.`;
    text.push(`\n${wrap(say, 80).join("\n")}\n`);
  }
  return text.join("");
}

function withoutPlaces(text: string): string {
  return text.replaceAll(/^ +look: .*$/gm, "");
}

function warningsText(
  warnings: readonly { readonly check: CheckResult; readonly keys: readonly string[] }[],
  paint: Paint,
): string {
  if (warnings.length === 0) return "";
  const lines = warnings.flatMap(({ check: { id, title, level }, keys }) => {
    const [first = "", ...rest] = wrap(`${title} (${level}): ${names(keys)}`, 65);
    return [`  ${paint.yellow("warn")}     ${id.padEnd(3)} ${first}`, ...rest.map((line) => `               ${line}`)];
  });
  return `\nWarnings\n${lines.join("\n")}\n`;
}

/** Where to look: the file, and the page that says more of the check. */
function placeText(placed: Placed, check: CheckResult): string {
  const place = placed.placeOf(check);
  const page = `docs/verify.md#${check.id.toLowerCase()}`;
  return place === undefined ? page : `${shownPlace(place)}, ${page}`;
}
