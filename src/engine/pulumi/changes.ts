// What a preview of Pulumi's means in the words of the model, so that plan text, guards and digests are the same as with
// `direct`. Pure: Pulumi's differences are translated, never worked out again.
//
// Premise. Names of connections are in no preview, only their ids; which are enabled is said by what was observed. What
// Pulumi has no resource for, and so cannot see, is added from the difference that `direct` would see: how a client
// proves itself, and connections that somebody else, or Auth0 itself, has enabled for it.

import { resourceTypes, subjectOf } from "../../../stacks/auth0/names.ts";
import type { OrganizationPart, Registration } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { type Difference, diffPart, diffRegistration, oneChange, type Sides, updateTold } from "../../plan/diff.ts";
import { differingFields } from "../../plan/fields.ts";
import { hotPartFields, hotRegistrationFields } from "../../plan/hot.ts";
import type { Fields, ObservedPart, ObservedRegistration } from "../../plan/observed.ts";
import { clientSides, differingNames, withArguments } from "./client-fields.ts";
import type { PlannedStep } from "./steps.ts";

/** The name under which a plan shows who carries a client. */
const engineName = "pulumi";

/** What is to be said of one object besides what differs. */
export interface Told {
  readonly steps: readonly PlannedStep[];
  /** Whether it is taken over into the state. */
  readonly adopted: boolean;
}

/**
 * What would be done for one client.
 *
 * @param told the steps of the client and of its connections
 */
export function clientDifference(
  wanted: Registration,
  found: ObservedRegistration | undefined,
  { steps, adopted }: Told,
): Difference {
  const direct = diffRegistration(wanted, found);
  // What is made, and what goes, is whole: there is nothing to tell apart.
  if (found === undefined || wanted.state === "absent") return direct;
  const of = { address: wanted.address, tenant: tenantOfKey(wanted.key), key: wanted.key };
  const client = steps.find(({ type }) => type === resourceTypes.client);
  const sides = withEngine(client === undefined || !isChange(client) ? none : clientSides(client), adopted);
  const seen = withConnections(sides, wanted, found, steps);
  if (client !== undefined && isReplacement(client)) {
    const paths = differingFields(seen.before, seen.after);
    const hot = hotRegistrationFields(seen.before, seen.after, paths);
    const because = client.replacing.length > 0 ? client.replacing : paths;
    return oneChange({ ...of, action: "replace", before: seen.before, after: seen.after, because, hot });
  }
  return updateTold(of, seen, direct, hotRegistrationFields);
}

/** What would be done for a tenant's organization and what is enabled for it. */
export function organizationDifference(
  part: OrganizationPart,
  found: ObservedPart | undefined,
  { steps, adopted }: Told,
): Difference {
  const direct = diffPart(part, found);
  if (found === undefined || part.state === "absent") return direct;
  const organization = steps.find(({ type }) => type === resourceTypes.organization);
  const enabled = steps.find(({ type }) => type === resourceTypes.organizationConnections);
  let sides = none;
  if (organization !== undefined && isChange(organization)) {
    const differing = organization.differing ?? differingNames(organization.before, organization.after);
    // Its metadata is our own note, kept in step with its clients.
    const others = differing.filter((name) => name !== "displayName" && name !== "metadata");
    const renamed = differing.includes("displayName");
    const shown = (args: PlannedStep["before"]): Fields =>
      renamed ? { displayName: typeof args.displayName === "string" ? args.displayName : null } : {};
    const told = { before: shown(organization.before), after: shown(organization.after) };
    sides = withArguments(told, organization, others);
  }
  const [seen] = direct.changes;
  const known = seen?.action === "update" ? seen.paths : [];
  const explained = ["enabledConnections", "membership", "active"].some((path) => known.includes(path));
  if (enabled !== undefined && isChange(enabled) && !explained && found.fields.enabledConnections !== undefined) {
    sides = withArguments(sides, enabled, enabled.differing ?? differingNames(enabled.before, enabled.after));
  }
  return updateTold({ address: part.address, tenant: part.tenant }, withEngine(sides, adopted), direct, hotPartFields);
}

/** Whether Pulumi would delete an object and make another in its place. */
export function isReplacement({ op }: PlannedStep): boolean {
  return /replace/.test(op);
}

const none: Sides = { before: {}, after: {} };

function isChange({ op }: PlannedStep): boolean {
  return op === "update" || /replace/.test(op);
}

function withEngine(sides: Sides, adopted: boolean): Sides {
  if (!adopted) return sides;
  return { before: { ...sides.before, engine: "none" }, after: { ...sides.after, engine: engineName } };
}

/** Which connections the client has, when Pulumi would change that and no look has told which it has now. */
function withConnections(
  sides: Sides,
  { enabledConnections, state }: Registration,
  found: ObservedRegistration,
  steps: readonly PlannedStep[],
): Sides {
  if (enabledConnections === undefined || state !== "active" || found.fields.enabledConnections !== undefined) {
    return sides;
  }
  const named = (op: string) =>
    steps
      .filter((step) => step.op === op)
      .map(subjectOf)
      .flatMap((subject) => (subject?.kind === "connectionClient" ? [subject.connection] : []));
  const [made, going] = [named("create"), named("delete")];
  if (made.length === 0 && going.length === 0) return sides;
  const before = [...textsOf(enabledConnections).filter((name) => !made.includes(name)), ...going].sort();
  return {
    before: { ...sides.before, enabledConnections: before },
    after: { ...sides.after, enabledConnections },
  };
}
