import { fieldLines, marks, summary } from "./describe.ts";
import type { Stop } from "./guard.ts";
import type { Plan } from "./plan.ts";

/** A plan for a pull request: a table by tenant, hot changes first, details folded, at most `longest` characters. */
export function renderPlanMarkdown(plan: Plan, stops: readonly Stop[], longest = 60_000): string {
  const head = [`### Tenantry: ${plan.workspace} in ${plan.environment}`, "", `**${summary(plan)}**`, ""];
  if (stops.length > 0) {
    head.push("| Stopped by | Why | Acknowledge with |", "| --- | --- | --- |");
    for (const stop of stops) {
      head.push(`| ${stop.code} | ${cell(stop.message)} | \`--ack ${cell(stop.acknowledge)}\` |`);
    }
    head.push("");
  }
  if (plan.changes.length > 0) {
    head.push("| Tenant | Change | Address |", "| --- | --- | --- |");
    for (const change of plan.changes) {
      head.push(`| ${change.tenant} | ${marks[change.action]} ${change.action} | \`${cell(change.address)}\` |`);
    }
    head.push("");
  }
  for (const entry of plan.coverage.filter(({ read, total }) => read < total)) {
    head.push(`Not read: ${entry.what}, ${entry.total - entry.read} of ${entry.total}.`);
  }
  const foot = ["", `<sub>Plan digest \`${plan.digest}\`</sub>`, ""];
  const details: string[] = [];
  let left = longest - [...head, ...foot].join("\n").length - 200;
  let omitted = 0;
  for (const change of plan.changes) {
    const fields = fieldLines(change, true);
    if (fields.length === 0) continue;
    const block = [
      `<details><summary>${marks[change.action]} <code>${html(change.address)}</code></summary>`,
      "",
      "| Field | Before | After |",
      "| --- | --- | --- |",
      ...fields.map(
        (field) =>
          `| ${field.name}${field.hot ? " **hot**" : ""} | ${code(field.before ?? "")} | ${code(field.after ?? "")} |`,
      ),
      "",
      "</details>",
    ].join("\n");
    if (block.length > left) omitted += 1;
    else {
      left -= block.length + 1;
      details.push(block);
    }
  }
  if (omitted > 0) details.push(`Details of ${omitted} changes are left out here: see the plan as JSON.`);
  return [...head, ...details, ...foot].join("\n");
}

/** Text from tenant files stays text: no table, HTML, mention or link is made of it. */
function cell(text: string): string {
  return html(text).replaceAll("|", "\\|").replaceAll("\n", " ");
}

function code(text: string): string {
  return text === "" ? "" : `<code>${cell(text).replaceAll("@", "&#64;")}</code>`;
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
