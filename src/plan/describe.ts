import { canonicalJson, type Json } from "../desired/json.ts";
import { visibleText } from "../errors/visible.ts";
import type { Change, HotField } from "./change.ts";
import { pathsOfHotField } from "./hot.ts";
import { countChanges, type Plan } from "./plan.ts";

/** The mark in front of a change, the same in every rendering. */
export const marks: Readonly<Record<Change["action"], string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  activate: "↑",
};

/** One field of a change, ready to be shown. */
export interface FieldLine {
  readonly name: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly hot: boolean;
}

/** The fields of a created object that a reviewer decides by; the others have `--full`. */
const decisive = new Set([
  "accessPolicy",
  "assignment",
  "clientAuth",
  "clientId",
  "displayName",
  "domains",
  "enabledConnections",
  "issuer",
  "name",
  "pkce",
  "redirectUri",
  "redirectUris",
  "roles",
  "scopes",
]);

/** How many fields of a created object are left out when it is not shown in full. */
export function omittedFields(change: Change): number {
  if (change.action !== "create") return 0;
  return Object.entries(change.after).filter(([name, value]) => !decisive.has(name) && !isEmpty(value)).length;
}

/** What a change does to each field. A created object shows what a reviewer decides by, or all with `full`. */
export function fieldLines(change: Change, full: boolean): readonly FieldLine[] {
  switch (change.action) {
    case "create":
      return [
        ...Object.entries(change.after)
          .filter(([name, value]) => !isEmpty(value) && (full || decisive.has(name)))
          .map(([name, value]) => ({ name, after: valueText(value), hot: false })),
        ...change.knownAfter.map((name) => ({ name, after: "(known after)", hot: false })),
      ];
    case "update":
      return change.paths.map((name) => ({
        name,
        before: valueText(change.before[name]),
        after: valueText(change.after[name]),
        hot: change.hot.length > 0 && isHotPath(name, change.hot),
      }));
    case "replace":
      return change.because.map((name) => ({
        name,
        before: valueText(change.before[name]),
        after: valueText(change.after[name]),
        hot: true,
      }));
    case "delete":
    case "activate":
      return [];
    default:
      return change satisfies never;
  }
}

function isHotPath(name: string, hot: readonly HotField[]): boolean {
  return hot.some((field) => pathsOfHotField[field].includes(name));
}

/** `2 to create, 1 to update, 1 to activate, 5 unchanged`, or `nothing to do, 5 unchanged`. */
export function summary(plan: Pick<Plan, "changes" | "unchanged">): string {
  const counts = countChanges(plan);
  const parts = (["create", "update", "replace", "delete", "activate"] as const)
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} to ${action}`);
  return [parts.length === 0 ? "nothing to do" : parts.join(", "), `${plan.unchanged} unchanged`].join(", ");
}

/** A field's value for people, on one line: texts bare, lists with commas, maps as JSON; nothing hidden in it. */
function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return "(none)";
  if (typeof value === "string") return value === "" ? '""' : visibleText(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? "(none)" : value.map((item) => valueText(item)).join(", ");
  }
  return visibleText(canonicalJson(value));
}

function isEmpty(value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}
