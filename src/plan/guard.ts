// Rules that stop a plan until somebody acknowledges it by name (design, section 5).
//
// Terms. A tenant *loses or changes sign-in* when an object of it that is live is updated, replaced or deleted; names
// and labels do not count. An *acknowledgement* is `<address>:<field>`, given at the terminal, or an entry in the
// tenant file that also names the old and the new value, so that it cannot be used for another change later.

import type { Json } from "../desired/json.ts";
import type { Code } from "../errors/codes/index.ts";
import type { Acknowledgement } from "../tenant/tenant.ts";
import type { GuardSettings } from "../workspace/workspace.ts";
import type { Change, HotField } from "./change.ts";
import { pathsOfHotField } from "./hot.ts";
import type { Fields } from "./observed.ts";
import type { Plan } from "./plan.ts";

/** One reason why a plan may not be applied as it is. */
export interface Stop {
  readonly code: Extract<Code, "PLAN_GUARD_TENANTS" | "PLAN_GUARD_HOT" | "PLAN_GUARD_DELETE">;
  readonly message: string;
  /** What `--ack` must be given to go on. */
  readonly acknowledge: string;
  /** The entry for the tenant file that does the same; only for hot fields. */
  readonly entry?: Acknowledgement | undefined;
}

export interface GuardInput {
  readonly plan: Plan;
  readonly settings: GuardSettings;
  /** Tenants in the folder that have a sign-in to lose (everything but drafts). */
  readonly tenants: number;
  /** `<address>:<field>` as given with `--ack`. */
  readonly acknowledged: readonly string[];
  /** `acknowledge:` entries of the tenant files, by tenant. */
  readonly entries: ReadonlyMap<string, readonly Acknowledgement[]>;
}

/** Below this many tenants, one at a time. */
const smallFleet = 10;
/** Above this share a second acknowledgement is demanded. */
const largeShare = 0.25;

/** What nobody signs in by; taken into an engine's state (`engine`) a client stays as it is. */
const cosmetic = new Set(["label", "name", "displayName", "unfinished", "engine"]);

/** Every stop that is not acknowledged. Empty: the plan may be applied. */
export function guard(input: GuardInput): readonly Stop[] {
  const acknowledged = new Set(input.acknowledged);
  return [...tenantStops(input), ...input.plan.changes.flatMap((change) => changeStops(change, input))].filter(
    (stop) => !acknowledged.has(stop.acknowledge),
  );
}

/** What was acknowledged by `--ack` and is no stop of this plan: a slip of the pen, or a change that is gone. */
export function acknowledgedInVain(input: GuardInput): readonly string[] {
  const all = guard({ ...input, acknowledged: [], entries: new Map() });
  const stops = new Set(all.map((stop) => stop.acknowledge));
  return [...new Set(input.acknowledged)].filter((name) => !stops.has(name));
}

function tenantStops({ plan, settings, tenants }: GuardInput): readonly Stop[] {
  // What is switched on by this very plan has no sign-in to lose yet.
  const starting = new Set(plan.changes.flatMap((change) => (change.action === "activate" ? [change.key] : [])));
  const changed = new Set(
    plan.changes
      .filter((change) => changesSignIn(change) && (change.key === undefined || !starting.has(change.key)))
      .map((change) => change.tenant),
  );
  // A share such as 0.29 of 100 comes to 28.999…, a little short of what was meant.
  const share = Math.floor(tenants * settings.maxShare + 1e-9);
  const limit = tenants < smallFleet ? 1 : Math.max(settings.maxTenants, share);
  if (changed.size <= limit) return [];
  const stops: Stop[] = [
    {
      code: "PLAN_GUARD_TENANTS",
      message: `${changed.size} of ${tenants} tenants lose or change their sign-in; ${limit} may in one change`,
      acknowledge: "plan:tenants",
    },
  ];
  if (tenants >= smallFleet && changed.size > tenants * largeShare) {
    stops.push({
      code: "PLAN_GUARD_TENANTS",
      message: `${changed.size} of ${tenants} tenants are more than a quarter: a second acknowledgement is needed`,
      acknowledge: "plan:quarter",
    });
  }
  return stops;
}

function changesSignIn(change: Change): boolean {
  switch (change.action) {
    case "create":
    case "activate":
      return false;
    case "update":
      return change.paths.some((path) => !cosmetic.has(path));
    case "replace":
    case "delete":
      return true;
    default:
      return change satisfies never;
  }
}

function changeStops(change: Change, input: GuardInput): readonly Stop[] {
  if (change.action === "delete" || change.action === "replace") {
    const what = change.action === "delete" ? "is deleted" : "is replaced, which gives it another client id";
    return [
      {
        code: "PLAN_GUARD_DELETE",
        message: `${change.address} ${what}`,
        acknowledge: `${change.address}:${change.action}`,
      },
    ];
  }
  if (change.action !== "update") return [];
  const entries = input.entries.get(change.tenant) ?? [];
  return [...new Set(change.hot)].flatMap((field) => {
    const from = valueText(change.before, field, change.paths);
    const to = valueText(change.after, field, change.paths);
    const covered = entries.some(
      (entry) => entry.address === change.address && entry.field === field && entry.from === from && entry.to === to,
    );
    if (covered) return [];
    return [
      {
        code: "PLAN_GUARD_HOT" as const,
        message: `${change.address} changes the hot field ${field}`,
        acknowledge: `${change.address}:${field}`,
        entry: { address: change.address, field, from, to, reason: "why this change is right" },
      },
    ];
  });
}

function valueText(fields: Fields, field: HotField, paths: readonly string[]): string {
  return pathsOfHotField[field]
    .filter((path) => paths.includes(path))
    .map((path) => text(fields[path]))
    .join(" ");
}

function quoted(item: string): string {
  return item === "" || /[\s"]/.test(item) ? JSON.stringify(item) : item;
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  // An entry of a list that holds a space is quoted: two lists never give one text. So is a group called everyone.
  if (Array.isArray(value))
    return value.map((item) => (item === "everyone" ? '"everyone"' : quoted(text(item)))).join(" ");
  return JSON.stringify(value);
}
