import { addressesOf, groupAddress } from "../../../stacks/okta/addresses.ts";
import type { OktaStackInput } from "../../../stacks/okta/okta-stack.ts";
import type { Address, ConnectionKey, Registration } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";
import type { RegistrationObservation } from "../../idp/identity-provider.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { Kept } from "./kept.ts";
import type { Stage } from "./stages.ts";
import type { Import, StateAddresses } from "./standing.ts";

// What a tenant's program is made of for one run. Pure.

/** What is there, as far as a run needs it. */
export type There = Pick<RegistrationObservation, "found" | "parts">;

/** What a program is made of besides what all programs of the tenant have. */
export interface Draft {
  readonly registrations: readonly Registration[];
  /** Clients that are to go. */
  readonly gone: readonly Registration[];
  readonly imports: readonly Import[];
  readonly kept: ReadonlyMap<ConnectionKey, Kept>;
  readonly keptGroups: ReadonlyMap<ConnectionKey, readonly string[]>;
}

/** A program of these. */
export function draftOf(
  registrations: readonly Registration[],
  gone: readonly Registration[],
  imports: readonly Import[],
): Draft {
  return { registrations, gone, imports, kept: new Map(), keptGroups: new Map() };
}

/**
 * A registration as a program can have it. One that is wanted off keeps the groups that it has, unless they are just
 * those that the file names: they may be gone, and switching off must not fail for that.
 */
export function programmable(wanted: Registration, found: ObservedRegistration | undefined): Registration {
  const { assignment, state } = wanted;
  if (state !== "inactive" || assignment === undefined || assignment.everyone) return wanted;
  const assigned = textsOf(found?.fields.assignment);
  return assignment.groups.every((name) => assigned.includes(name)) ? wanted : { ...wanted, assignment: undefined };
}

/** The program without the policies of what is wanted off, which may be gone too; undefined when it has none. */
export function withoutPolicies(draft: Draft): Draft | undefined {
  const named = draft.registrations.some((wanted) => wanted.state !== "active" && wanted.accessPolicy !== undefined);
  if (!named) return undefined;
  const registrations = draft.registrations.map((wanted) =>
    wanted.state === "active" ? wanted : { ...wanted, accessPolicy: undefined },
  );
  return { ...draft, registrations };
}

/** The same program on the way to what is wanted. */
export function staged(draft: Draft, { registration, keptGroups }: Stage): Draft {
  return {
    ...draft,
    registrations: draft.registrations.map((each) => (each.key === registration.key ? registration : each)),
    keptGroups: new Map([[registration.key, keptGroups]]),
  };
}

/** Whether there is nothing that the tool could be asked about. */
export function isEmpty({ registrations, gone }: Draft): boolean {
  return registrations.length === 0 && gone.length === 0;
}

/** What the run is limited to: the clients, their assignments where they are managed, and the groups that are made. */
export function targetsOf({ registrations, gone }: Draft, there: There, state: StateAddresses): readonly string[] {
  const clients = registrations.flatMap(({ key, assignment }) => {
    const { app, assignments } = addressesOf(key);
    return assignment === undefined ? [app] : [app, assignments];
  });
  const leaving = gone.flatMap(({ key }) => {
    const { app, assignments } = addressesOf(key);
    return [app, assignments].filter((address) => state.has(address));
  });
  const groups = groupsOf(registrations)
    .filter(({ name, address }) => !there.parts.has(address) || state.has(groupAddress(name)))
    .map(({ name }) => groupAddress(name));
  return [...new Set([...clients, ...leaving, ...groups])].sort();
}

function groupsOf(
  registrations: readonly Registration[],
): readonly { readonly name: string; readonly address: Address }[] {
  return registrations.flatMap(({ parts }) => parts.filter((part) => part.kind === "group"));
}

function withOwnId(wanted: Registration, found: ObservedRegistration | undefined): Registration {
  const clientId = found?.fields.clientId;
  return typeof clientId === "string" ? { ...wanted, clientId } : wanted;
}

/** What the stack is synthesized of. */
export function inputOf(
  draft: Draft,
  there: There,
  state: StateAddresses,
): Omit<OktaStackInput, "provider" | "backend"> {
  const groupsThere = groupsOf(draft.registrations)
    .filter(({ name, address }) => there.parts.has(address) && !state.has(groupAddress(name)))
    .map(({ name }) => name);
  const keptKeys = new Map<ConnectionKey, NonNullable<Kept["keys"]>>();
  const keptProfiles = new Map<ConnectionKey, NonNullable<Kept["profile"]>>();
  for (const [key, { keys, profile }] of draft.kept) {
    if (keys !== undefined) keptKeys.set(key, keys);
    if (profile !== undefined) keptProfiles.set(key, profile);
  }
  return {
    // A client has the id that it has: another one would be another client.
    registrations: draft.registrations.map((wanted) => withOwnId(wanted, there.found.get(wanted.key))),
    groupsThere: new Set(groupsThere),
    keptKeys,
    keptProfiles,
    keptGroups: draft.keptGroups,
    imports: draft.imports,
  };
}
