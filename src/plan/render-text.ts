import { findHidden } from "../errors/visible.ts";
import type { Acknowledgement } from "../tenant/tenant.ts";
import { attestedText } from "./attested.ts";
import type { Change } from "./change.ts";
import { type FieldLine, fieldLines, marks, omittedFields, summary } from "./describe.ts";
import type { Stop } from "./guard.ts";
import { manualText } from "./manual.ts";
import { type Paint, plain } from "./paint.ts";
import type { Plan } from "./plan.ts";
import { unprovenText } from "./unproven.ts";
import { wrap } from "./wrap.ts";

const columns = 80;

/** A plan for people, at 80 columns where the values allow it. `full` shows every field of what is created. */
export function renderPlanText(plan: Plan, stops: readonly Stop[], paint: Paint = plain, full = false): string {
  const lines: string[] = [paint.bold(`Plan for ${plan.workspace} in ${plan.environment}: ${summary(plan)}`)];
  let tenant = "";
  for (const change of plan.changes) {
    if (change.tenant !== tenant) {
      tenant = change.tenant;
      lines.push("", paint.bold(tenant));
    }
    const colour =
      change.action === "delete" || change.action === "replace"
        ? paint.red
        : change.action === "update"
          ? paint.yellow
          : paint.green;
    lines.push(`  ${colour(`${marks[change.action]} ${change.action.padEnd(8)}`)} ${change.address}`);
    const fields = fieldLines(change, full);
    const width = Math.max(0, ...fields.map((field) => field.name.length));
    for (const field of fields) lines.push(...fieldText(field, width, paint));
    const omitted = full ? 0 : omittedFields(change);
    if (omitted > 0)
      lines.push(paint.dim(`      and ${omitted} more field${omitted === 1 ? "" : "s"} (--full shows all)`));
    if (change.action === "activate") lines.push(paint.dim("      only after every link is proven"));
  }
  lines.push("");
  for (const line of unprovenText(plan.unproven ?? [])) lines.push(paint.yellow(line));
  for (const line of attestedText(plan.attested ?? [])) lines.push(paint.yellow(line));
  for (const line of manualText(plan.manual ?? [])) {
    const [first = "", ...rest] = wrap(line, columns - 2);
    lines.push(paint.yellow(first), ...rest.map((each) => paint.yellow(`  ${each}`)));
  }
  for (const line of interruptions(plan)) lines.push(paint.yellow(line));
  for (const entry of plan.coverage.filter(({ read, total }) => read < total)) {
    const how = entry.what.endsWith(")") ? [] : ["(--deep reads all)"];
    const counted = `Not read: ${entry.what}, ${entry.total - entry.read} of ${entry.total}`;
    const line = [counted, ...how].join(" ");
    const [first = "", ...rest] = line.length <= columns ? [line] : [...wrap(counted, columns - 2), ...how];
    lines.push(first, ...rest.map((each) => `  ${each}`));
  }
  for (const { all, slowest } of callTexts(plan)) lines.push(all, ...(slowest === undefined ? [] : [`  ${slowest}`]));
  lines.push(paint.dim(`Plan digest ${plan.digest}`));
  lines.push(...renderStops(stops, paint));
  return lines.join("\n");
}

/** One line where it fits; else the old value and the new one on lines of their own. */
function fieldText(field: FieldLine, width: number, paint: Paint): readonly string[] {
  const name = paint.dim(field.name.padEnd(width));
  const hot = field.hot ? ` ${paint.red("(hot)")}` : "";
  const after = field.after ?? "";
  if (field.before === undefined) return [`      ${name}  ${after}${hot}`];
  const length = 6 + width + 2 + field.before.length + 4 + after.length + (field.hot ? 6 : 0);
  if (length <= columns) return [`      ${name}  ${field.before} ${paint.dim("->")} ${after}${hot}`];
  return [
    `      ${paint.dim(field.name)}${hot}`,
    `        ${paint.red("-")} ${field.before}`,
    `        ${paint.green("+")} ${after}`,
  ];
}

function renderStops(stops: readonly Stop[], paint: Paint): readonly string[] {
  if (stops.length === 0) return [];
  const lines = ["", paint.red(`Stopped by ${stops.length === 1 ? "a guard" : `${stops.length} guards`}:`)];
  for (const stop of stops) {
    lines.push(`  ${stop.code}  ${stop.message}`, `    acknowledge it with --ack ${stop.acknowledge}`);
    if (stop.entry !== undefined && isWritable(stop.entry)) {
      lines.push("    or, reviewed with the change, in the tenant file:");
      lines.push(...entryLines(stop.entry).map((line) => `      ${line}`));
    }
  }
  return lines;
}

/** Whether a tenant file may hold the entry: files with hidden characters are refused, so only `--ack` is left then. */
export function isWritable(entry: Acknowledgement): boolean {
  return findHidden(entry.from + entry.to) === undefined;
}

/** The `acknowledge:` entry of a stop as YAML, to be pasted into the tenant file. */
export function entryLines(entry: Acknowledgement): readonly string[] {
  const { address, field, from, to, reason } = entry;
  return [
    "acknowledge:",
    `  - address: ${address}`,
    `    field: ${field}`,
    `    from: ${JSON.stringify(from)}`,
    `    to: ${JSON.stringify(to)}`,
    `    reason: ${JSON.stringify(reason)}`,
  ];
}

/** Changes that no care can make without a gap: the identity provider holds one client authentication per client. */
export function interruptions(plan: Pick<Plan, "changes">): readonly string[] {
  return plan.changes
    .filter((change) => change.action === "update" && change.paths.includes("clientAuth") && isLiveClient(plan, change))
    .map(
      ({ tenant, key }) =>
        `Sign-ins of ${tenant} that are under way fail for about a second: ` +
        `${key} changes its client authentication, and the client has one method at a time`,
    );
}

function isLiveClient(plan: Pick<Plan, "changes">, change: Change): boolean {
  if (!change.address.startsWith("idp/")) return false;
  return !plan.changes.some((other) => other.action === "activate" && other.key === change.key);
}

/** What an apply costs at one host: `~211 calls at acme.okta.com, about 4 minutes`, `~209 at /api/v1/apps, 50 a minute`. */
export interface CallText {
  readonly all: string;
  /** The bucket that takes the time; missing when that is less than half a minute. */
  readonly slowest?: string | undefined;
}

/** The calls of each host. How many each bucket gets is in the JSON. */
export function callTexts({ budget }: Pick<Plan, "budget">): readonly CallText[] {
  return [...Map.groupBy(budget, ({ bucket }) => bucket.split(" ", 1)[0] ?? "")].flatMap(([host, entries]) => {
    const calls = entries.reduce((sum, entry) => sum + entry.calls, 0);
    if (calls === 0) return [];
    const all = `~${calls} call${calls === 1 ? "" : "s"} at ${host}`;
    const slowest = entries.reduce((a, b) => ((b.minutes ?? 0) > (a.minutes ?? 0) ? b : a));
    const { minutes = 0, perMinute = 0, bucket } = slowest;
    if (minutes < 0.5) return [{ all }];
    const about = `about ${Math.round(minutes)} minute${Math.round(minutes) === 1 ? "" : "s"}`;
    const at = `~${slowest.calls} at ${bucket.slice(host.length + 1)}, ${Math.round(perMinute)} a minute`;
    return [{ all: `${all}, ${about}`, slowest: at }];
  });
}
