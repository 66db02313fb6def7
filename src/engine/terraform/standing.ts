import { addressesOf } from "../../../stacks/okta/addresses.ts";
import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import type { RegistrationProblem } from "../../idp/identity-provider.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { PlannedChange } from "./plan-json.ts";

// Whether a client is at Okta and whether it is in the tenant's state. Pure.

/**
 * managed: both. new: neither. unmanaged: at Okta only, made by another engine or by a run that was killed. lost: in the
 * state only, deleted by other means. other: what the state holds is not the client with our marker.
 */
export type Standing = "managed" | "new" | "unmanaged" | "lost" | "other";

/** What a tenant's state holds, by address. */
export type StateAddresses = ReadonlySet<string>;

export function standingOf(
  { key }: Registration,
  found: ObservedRegistration | undefined,
  state: StateAddresses,
): Standing {
  const known = state.has(addressesOf(key).app);
  if (found === undefined) return known ? "lost" : "new";
  return known ? "managed" : "unmanaged";
}

/**
 * Whether the state's app is not the one with our marker. Of one that is gone, some versions of the provider say nothing:
 * they would make another.
 */
export function isOther(app: PlannedChange | undefined, found: ObservedRegistration | undefined): boolean {
  if (app === undefined || found === undefined) return false;
  return app.before === undefined ? app.actions.includes("create") : app.before.id !== found.id;
}

/** An object that is taken into the state as it is. */
export interface Import {
  readonly to: string;
  readonly id: string;
}

/**
 * What is taken into the state with a client. Groups that are assigned belong to it; a client without any has nothing
 * that could be taken in, and an assignment that is left as it is stays out.
 *
 * @param standing only of a client that is there; of one that is managed, a run that was killed may have left the
 *   assignment out
 */
export function importsOf(
  { key, assignment }: Registration,
  found: ObservedRegistration,
  standing: "managed" | "unmanaged",
  state: StateAddresses,
): readonly Import[] {
  const { app, assignments } = addressesOf(key);
  const { assignment: assigned } = found.fields;
  const some = assigned !== undefined && (!Array.isArray(assigned) || assigned.length > 0);
  return [
    ...(standing === "unmanaged" ? [{ to: app, id: found.id }] : []),
    ...(assignment !== undefined && some && !state.has(assignments) ? [{ to: assignments, id: found.id }] : []),
  ];
}

/** Why a client cannot be planned without being taken over first. */
export function standingProblem(
  { key }: Registration,
  found: ObservedRegistration | undefined,
  standing: "unmanaged" | "lost" | "other",
  where: string,
): RegistrationProblem {
  const subject = found?.id ?? key;
  if (standing === "unmanaged") {
    const message = `app ${subject} of ${key} is there, but not in ${where}`;
    return { key, kind: "state", code: "ENGINE_NOT_IN_STATE", subject, message };
  }
  const message =
    standing === "lost"
      ? `${where} holds the app of ${key}, and it is not there any more`
      : `${where} holds another app than ${subject}, which is the one of ${key} by its marker`;
  return { key, kind: "state", code: "ENGINE_STATE_GONE", subject, message };
}

/**
 * What stands in the way, and what would be taken over in place of what the state holds. What is wanted off and not in
 * the state is left to the adapter; what is gone is gone.
 */
export function inTheWay(
  subjects: readonly Registration[],
  found: ReadonlyMap<ConnectionKey, ObservedRegistration>,
  standings: ReadonlyMap<ConnectionKey, Standing>,
  { adopt, where }: { readonly adopt: boolean; readonly where: string },
): { readonly problems: readonly RegistrationProblem[]; readonly others: readonly Registration[] } {
  const problems: RegistrationProblem[] = [];
  const others: Registration[] = [];
  for (const wanted of subjects) {
    const standing = standings.get(wanted.key);
    if (standing === undefined || standing === "managed" || standing === "new") continue;
    if (standing === "other" && (adopt || wanted.state === "absent")) others.push(wanted);
    else if (standing === "other" || (wanted.state === "active" && !adopt)) {
      problems.push(standingProblem(wanted, found.get(wanted.key), standing, where));
    }
  }
  return { problems, others };
}
