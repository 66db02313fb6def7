// What a plan of Terraform's means in the words of the model, so that plan text, guards and digests are the same as with
// `direct`. Pure: the tool's differences are translated, never worked out again.
//
// Terms. An *argument* is what the provider calls one value of a resource. Those that are a field of a registration are
// shown as that field; all others together as the field `engineArguments`.
//
// Premise. The names of groups and policies are in no plan: the ones that are there come from what was observed, the
// ones that will be from the registration that the program was made of. What the provider does not know of, and so
// cannot see, is added from the difference that `direct` would see: nothing unread is called unchanged.

import type { IdpPart, Registration } from "../../desired/connection.ts";
import { canonicalJson, type Json } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { type Difference, diffPart, diffRegistration, oneChange, type Sides, updateTold } from "../../plan/diff.ts";
import { differingFields, partFields, registrationFields } from "../../plan/fields.ts";
import { hotRegistrationFields } from "../../plan/hot.ts";
import type { Fields, ObservedPart, ObservedRegistration } from "../../plan/observed.ts";
import { type Argument, appFields, differingArguments, groupIds, otherArguments, type Values } from "./app-fields.ts";
import type { PlannedChange } from "./plan-json.ts";

/** The name under which a plan shows who carries a client. */
const engineName = "terraform";

/** What the tool would do to the resources of one client; undefined where the program has none. */
export interface ClientChanges {
  readonly app: PlannedChange | undefined;
  readonly assignments: PlannedChange | undefined;
}

/** What would be done for one client: what the tool says, and what only `direct` sees. */
export function clientDifference(
  wanted: Registration,
  found: ObservedRegistration | undefined,
  changes: ClientChanges,
): Difference {
  const direct = diffRegistration(wanted, found);
  const { app, assignments } = changes;
  if (wanted.state === "absent" || app === undefined) return direct;
  const of = { address: wanted.address, tenant: tenantOfKey(wanted.key), key: wanted.key };
  const after = valuesOf(app).after;
  if (!app.actions.includes("delete") && app.actions.includes("create")) {
    const known = { ...registrationFields(wanted), ...appFields(after) };
    return oneChange({ ...of, action: "create", after: known, knownAfter: [] });
  }
  const told = toldBy(wanted, found, app, assignments);
  if (replaces(app)) {
    const paths = differingFields(told.before, told.after);
    const hot = hotRegistrationFields(told.before, told.after, paths);
    return oneChange({ ...of, action: "replace", before: told.before, after: told.after, because: paths, hot });
  }
  return updateTold(of, told, direct, hotRegistrationFields);
}

/**
 * What would be done for a client that is taken into the state in place of what it holds, as far as `direct` sees it: the
 * tool can be asked only once the state is mended.
 */
export function takenOver(wanted: Registration, found: ObservedRegistration | undefined): Difference {
  const direct = diffRegistration(wanted, found);
  if (found === undefined || wanted.state === "absent") return direct;
  const of = { address: wanted.address, tenant: tenantOfKey(wanted.key), key: wanted.key };
  const told = { before: { engine: "none" }, after: { engine: engineName } };
  return updateTold(of, told, direct, () => []);
}

/** What would be done for a group that is made when it is missing. */
export function partDifference(
  part: IdpPart,
  found: ObservedPart | undefined,
  change: PlannedChange | undefined,
): Difference {
  const direct = diffPart(part, found);
  if (change === undefined || replaces(change)) return direct;
  const of = { address: part.address, tenant: part.tenant };
  if (change.actions.includes("create")) {
    return oneChange({ ...of, action: "create", after: partFields(part), knownAfter: [] });
  }
  const values = valuesOf(change);
  const beyond = differingArguments(values).filter(({ name }) => name !== "name" && name !== "skip_users");
  const before = withArguments({ name: plainText(values.before.name) }, beyond, "before");
  const after = withArguments({ name: plainText(values.after.name) }, beyond, "after");
  return updateTold(of, { before, after }, direct, () => []);
}

/** Whether the tool would delete a resource and make another in its place. */
function replaces(change: PlannedChange | undefined): boolean {
  return change?.actions.includes("delete") === true && change.actions.includes("create");
}

/** Whether the tool would change more of a client than whether it is on. */
export function differsBeyondStatus({ app, assignments }: ClientChanges): boolean {
  if (assignments !== undefined && !assignments.actions.every((action) => action === "no-op")) return true;
  return app !== undefined && differingArguments(valuesOf(app)).some(({ name }) => name !== "status");
}

function toldBy(
  wanted: Registration,
  found: ObservedRegistration | undefined,
  app: PlannedChange,
  assignments: PlannedChange | undefined,
): Sides {
  const values = valuesOf(app);
  const adopted = app.importing !== undefined;
  const others = otherArguments(values);
  const forced = new Set(app.replacePaths.map(([name]) => name));
  const beyond = [
    ...(replaces(app) ? others.filter(({ name }) => forced.has(name)) : others),
    ...beyondGroups(assignments),
  ];
  const before: Record<string, Json> = { ...appFields(values.before) };
  const after: Record<string, Json> = { ...appFields(values.after) };
  const names = registrationFields(wanted);
  if (assigns(values, assignments) && names.assignment !== undefined && found?.fields.assignment !== undefined) {
    before.assignment = found.fields.assignment;
    after.assignment = names.assignment;
  }
  if (givesPolicy(values) && names.accessPolicy !== undefined && found?.fields.accessPolicy !== undefined) {
    before.accessPolicy = found.fields.accessPolicy;
    after.accessPolicy = names.accessPolicy;
  }
  if (adopted) {
    before.engine = "none";
    after.engine = engineName;
  }
  return {
    before: withArguments(before, beyond, "before"),
    after: withArguments(after, beyond, "after"),
  };
}

/** Whether the tool would change who may come in. */
function assigns({ before, after }: Values, assignments: PlannedChange | undefined): boolean {
  if ((before.implicit_assignment === true) !== (after.implicit_assignment === true)) return true;
  return assignments !== undefined && !sameGroups(assignments);
}

function sameGroups(change: PlannedChange): boolean {
  const { before, after } = valuesOf(change);
  const [old, next] = [groupIds(before), groupIds(after)];
  return !next.includes(undefined) && canonicalJson([...old].sort()) === canonicalJson([...next].sort());
}

function givesPolicy({ before, after, afterUnknown }: Values): boolean {
  return (
    afterUnknown.authentication_policy === true ||
    (before.authentication_policy ?? "") !== (after.authentication_policy ?? "")
  );
}

/** What the tool would change of an assignment besides which groups it has, such as their priorities. */
function beyondGroups(change: PlannedChange | undefined): readonly Argument[] {
  if (change?.actions.includes("update") !== true || !sameGroups(change)) return [];
  return differingArguments(valuesOf(change))
    .filter(({ name }) => name === "group")
    .map((argument) => ({ ...argument, name: "assigned_groups" }));
}

function withArguments(fields: Fields, beyond: readonly Argument[], side: "before" | "after"): Fields {
  if (beyond.length === 0) return fields;
  const values = Object.fromEntries(beyond.map((argument) => [argument.name, argument[side]]));
  return { ...fields, engineArguments: values };
}

function valuesOf({ before, after, afterUnknown, sensitive }: PlannedChange): Values {
  return { before: before ?? {}, after: after ?? {}, afterUnknown, sensitive };
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
