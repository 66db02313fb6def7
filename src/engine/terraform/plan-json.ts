import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, objectIn, parseJson, textIn, textsIn } from "../../vendor/json.ts";

export type PlannedAction = "no-op" | "create" | "read" | "update" | "delete" | "forget";

/**
 * What the tool would do to one resource, or has found changed about it by others. A replace has two actions:
 * `delete` and `create` in the order in which they are done.
 */
export interface PlannedChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly actions: readonly PlannedAction[];
  /** Undefined when there was none, or will be none. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  /** The shape of `after`, with `true` where a value is known only once it is applied. */
  readonly afterUnknown: JsonObject;
  /** The shapes of `before` and `after`, with `true` where a value must not be shown. */
  readonly sensitive: { readonly before: unknown; readonly after: unknown };
  /** Arguments that cannot be changed in place: why it would be replaced. */
  readonly replacePaths: readonly (readonly (string | number)[])[];
  /** Why the tool does it, in its own word, such as `replace_because_cannot_update`. */
  readonly reason?: string | undefined;
  /** It is there already, by this id, and is taken into the state. */
  readonly importing?: { readonly id: string } | undefined;
}

export interface PlannedOutput {
  readonly actions: readonly PlannedAction[];
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: boolean;
  readonly sensitive: boolean;
}

/** A plan of Terraform or OpenTofu, read from `show -json`. */
export interface PlanJson {
  /** Everything that is declared or in the state and within the targets, unchanged things too. */
  readonly changes: readonly PlannedChange[];
  /** What others have changed since the state was last written. */
  readonly drift: readonly PlannedChange[];
  readonly outputs: Readonly<Record<string, PlannedOutput>>;
  readonly errored: boolean;
}

const actions = new Set<string>(["no-op", "create", "read", "update", "delete", "forget"]);

/**
 * @param who the tool and its version, for the message
 * @throws TenantryError ENGINE_ANSWER_UNREADABLE when it is no plan, or of a format that is not known (1.x is: a minor
 *   version only adds, https://developer.hashicorp.com/terraform/internals/json-format)
 */
export function readPlanJson(text: string, who: string): PlanJson {
  const plan = parseJson(text);
  if (!isJsonObject(plan)) throw unreadable(`${who} did not answer a plan in JSON`);
  const format = textIn(plan, "format_version");
  if (format === undefined || !/^1\.\d+$/.test(format)) {
    throw unreadable(`${who} writes plans in format ${format ?? "(none)"}, and only 1.x is known`);
  }
  const outputs = Object.entries(objectIn(plan, "output_changes")).map(([name, change]) => [
    name,
    outputOf(change, who),
  ]);
  return {
    changes: listIn(plan, "resource_changes").map((change) => changeOf(change, who)),
    drift: listIn(plan, "resource_drift").map((change) => changeOf(change, who)),
    outputs: Object.fromEntries(outputs),
    errored: plan.errored === true,
  };
}

function changeOf(written: unknown, who: string): PlannedChange {
  const change = objectIn(written, "change");
  const address = textIn(written, "address");
  const type = textIn(written, "type");
  const name = textIn(written, "name");
  if (address === undefined || type === undefined || name === undefined) {
    throw unreadable(`${who} plans a change without an address, a type or a name`);
  }
  const importing = textIn(objectIn(change, "importing"), "id");
  return {
    address,
    mode: textIn(written, "mode") === "data" ? "data" : "managed",
    type,
    name,
    actions: actionsOf(change, `${who} plans for ${address}`),
    before: isJsonObject(change.before) ? change.before : undefined,
    after: isJsonObject(change.after) ? change.after : undefined,
    afterUnknown: objectIn(change, "after_unknown"),
    sensitive: { before: change.before_sensitive ?? false, after: change.after_sensitive ?? false },
    replacePaths: listIn(change, "replace_paths").flatMap((path) => (Array.isArray(path) ? [path] : [])),
    reason: textIn(written, "action_reason"),
    importing: importing === undefined ? undefined : { id: importing },
  };
}

function outputOf(change: unknown, who: string): PlannedOutput {
  const read = isJsonObject(change) ? change : {};
  return {
    actions: actionsOf(read, `${who} plans for an output`),
    before: read.before,
    after: read.after,
    unknown: read.after_unknown === true,
    sensitive: read.before_sensitive === true || read.after_sensitive === true,
  };
}

function actionsOf(change: JsonObject, what: string): readonly PlannedAction[] {
  const named = textsIn(change, "actions");
  const unknown = named.find((action) => !actions.has(action));
  if (unknown !== undefined) throw unreadable(`${what} the action "${unknown}", which is not known`);
  if (named.length === 0) throw unreadable(`${what} no action`);
  return named as readonly PlannedAction[];
}

function listIn(value: JsonObject, name: string): readonly unknown[] {
  const member = value[name];
  return Array.isArray(member) ? member : [];
}

function unreadable(message: string): TenantryError {
  return new TenantryError("ENGINE_ANSWER_UNREADABLE", message);
}
