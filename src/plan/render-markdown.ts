import { visibleText } from "../errors/visible.ts";
import { attestedText } from "./attested.ts";
import type { Change } from "./change.ts";
import { fieldLines, marks, summary } from "./describe.ts";
import type { Stop } from "./guard.ts";
import { manualText } from "./manual.ts";
import type { Plan } from "./plan.ts";
import { callTexts, entryLines, interruptions, isWritable } from "./render-text.ts";

/**
 * A plan for a pull request: stops, a table of the changes with the dangerous ones first, and every field folded away.
 * At most `longest` characters (of at least 2,000): what does not fit is counted and left out, the summary and the
 * digest never are.
 */
export function renderPlanMarkdown(plan: Plan, stops: readonly Stop[], longest = 60_000): string {
  const head = [`### Tenantry: ${plan.workspace} in ${plan.environment}`, "", `**${summary(plan)}**`, ""];
  const unread = plan.coverage
    .filter(({ read, total }) => read < total)
    .map((entry) => `Not read: ${entry.what}, ${entry.total - entry.read} of ${entry.total}.`);
  const foot = ["", `<sub>Plan digest \`${plan.digest}\`</sub>`, ""];
  const changes = [...plan.changes].sort((a, b) => danger(b) - danger(a));
  // Three lines that say what was left out, and line breaks.
  let left = longest - [...head, ...foot].join("\n").length - 400;
  const part = (share: number, top: readonly string[], blocks: readonly string[], noun: string): readonly string[] => {
    if (blocks.length === 0) return [];
    const kept = fitting(blocks, Math.min(left, longest * share) - top.join("\n").length);
    const rest = blocks.length - kept.length;
    const lines = [...top, ...kept, ...(rest > 0 ? ["", `${rest} more ${noun}: see the plan as JSON.`] : []), ""];
    left -= lines.join("\n").length + 1;
    return lines;
  };
  return [
    ...head,
    ...part(1 / 3, ["| Stopped by | Why | Acknowledge with |", "| --- | --- | --- |"], stops.map(stopRow), "stops"),
    ...part(1 / 4, [], stops.flatMap(entryBlock), "entries for tenant files"),
    ...part(
      1 / 6,
      [],
      [...attestedText(plan.attested ?? []), ...manualText(plan.manual ?? []), ...interruptions(plan)].map(
        (line) => `> ${plain(line)}`,
      ),
      "warnings",
    ),
    ...part(
      1 / 6,
      ["Not routed until proven by DNS:", "", "| Tenant | Domain | TXT record | Value |", "| --- | --- | --- | --- |"],
      (plan.unproven ?? []).map(
        ({ tenant, domain, record }) =>
          `| ${plain(tenant)} | ${code(domain)} | ${code(record.name)} | ${code(record.value)} |`,
      ),
      "domains",
    ),
    ...part(1 / 2, ["| Tenant | Change | Address |", "| --- | --- | --- |"], changes.map(changeRow), "changes"),
    ...part(1 / 6, [], unread, "parts that were not read"),
    ...part(
      1 / 6,
      [],
      callTexts(plan).map(({ all, slowest }) => `${plain(slowest === undefined ? all : `${all}: ${slowest}`)}.  `),
      "hosts",
    ),
    ...part(1, [], changes.flatMap(details), "changes with details"),
    ...foot,
  ].join("\n");
}

/** What takes something away first, then what changes who comes in, then the rest in the plan's order. */
function danger(change: Change): number {
  if (change.action === "delete" || change.action === "replace") return 2;
  return change.action === "update" && change.hot.length > 0 ? 1 : 0;
}

function stopRow(stop: Stop): string {
  return `| ${stop.code} | ${code(stop.message)} | ${code(`--ack ${stop.acknowledge}`)} |`;
}

function changeRow(change: Change): string {
  const hot = change.action === "update" && change.hot.length > 0 ? " **hot**" : "";
  return `| ${plain(change.tenant)} | ${marks[change.action]} ${change.action}${hot} | ${code(change.address)} |`;
}

function details(change: Change): readonly string[] {
  const fields = fieldLines(change, true);
  if (fields.length === 0) return [];
  const rows = fields.map(
    (field) =>
      `| ${plain(field.name)}${field.hot ? " **hot**" : ""} | ${code(field.before ?? "")} | ${code(field.after ?? "")} |`,
  );
  const summaryLine = `<details><summary>${marks[change.action]} ${code(change.address)}</summary>`;
  return [[summaryLine, "", "| Field | Before | After |", "| --- | --- | --- |", ...rows, "", "</details>"].join("\n")];
}

/** As many blocks from the front as fit; a block that is too long alone is passed over. */
function fitting(blocks: readonly string[], most: number): readonly string[] {
  let used = 0;
  return blocks.filter((block) => {
    if (used + block.length + 1 > most) return false;
    used += block.length + 1;
    return true;
  });
}

/** In `code`, hosts make no mentions of what looks like one; an entity alone would not stop them. */
function code(text: string): string {
  return text === "" ? "" : `<code>${plain(text)}</code>`;
}

/** The entry that acknowledges a hot field with the change. Inside a fence only a fence of the text's own could end it. */
function entryBlock({ entry }: Stop): readonly string[] {
  if (entry === undefined || !isWritable(entry)) return [];
  const yaml = entryLines(entry).map((line) => line.replaceAll("```", "` ` `"));
  const title = `Or, reviewed with the change, in the tenant file: ${plain(entry.field)} of ${plain(entry.address)}`;
  return [[`<details><summary>${title}</summary>`, "", "```yaml", ...yaml, "```", "", "</details>"].join("\n")];
}

/** Text from tenant files stays text on one line: no table, HTML, emphasis or link with another text is made of it. */
function plain(text: string): string {
  return visibleText(text).replace(/[&<>|@`*~[\]\\]/g, (character) => `&#${character.charCodeAt(0)};`);
}
