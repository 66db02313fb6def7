// What the state of a tenant's stack holds, beside what is there: what can be carried out at once, what has to be taken
// over first, and what stops. Pure.

import { resourceOf, type Subject, subjectOf, tailOf } from "../../../stacks/auth0/names.ts";
import type { ConnectionKey, OrganizationPart, Registration } from "../../desired/connection.ts";
import { organizationOf } from "../../idp/auth0/organization-keeper.ts";
import type { PresentTenant } from "../../idp/auth0/present.ts";
import type { RegistrationObservation, RegistrationProblem } from "../../idp/identity-provider.ts";
import type { StackState, StateResource } from "./deployment.ts";

/** What has to be done about the state so that it fits what is there. */
export interface Standing {
  /** Connections that stop, because the state may be another's, or somebody has deleted what it holds. */
  readonly problems: readonly RegistrationProblem[];
  /** Ids of what is taken over, by the resource's `tailOf`. */
  readonly imports: ReadonlyMap<string, string>;
  /** Keys of clients that are taken over. */
  readonly adopted: ReadonlySet<ConnectionKey>;
  readonly adoptsOrganization: boolean;
  /** Those of them in whose place the state holds another client, which is gone. */
  readonly displaced: ReadonlySet<ConnectionKey>;
  /**
   * Those that are wanted off or gone, are there, and are in no state of ours: the adapter sees to them, because closing
   * a door waits for nothing.
   */
  readonly unmanaged: ReadonlySet<ConnectionKey>;
  /** URNs of what is gone by other means, in the order in which the state lets them go. */
  readonly gone: readonly string[];
}

export interface StandingInput {
  readonly registrations: readonly Registration[];
  readonly observation: Pick<RegistrationObservation, "found" | "parts">;
  readonly present: PresentTenant;
  /** Undefined when there is no stack yet. */
  readonly state: StackState | undefined;
  /** Take over what has our marker, and let go of what is gone. */
  readonly adopt: boolean;
  /** How messages name the identity provider. */
  readonly idp: string;
}

/** Compares what the state holds with what is there. */
export function standingOf(input: StandingInput): Standing {
  const { registrations, observation, present, state, idp } = input;
  const imports = new Map<string, string>();
  const adopted = new Set<ConnectionKey>();
  const displaced = new Set<ConnectionKey>();
  const unmanaged = new Set<ConnectionKey>();
  const problems: RegistrationProblem[] = [];
  const gone: string[] = [];
  const inState = (subject: Subject): StateResource | undefined => {
    const tail = tailOf(resourceOf(subject));
    return state?.resources.find((resource) => tailOf(resource as ReturnType<typeof resourceOf>) === tail);
  };
  // What a run of ours was making when it was killed is its own: nobody else's state can hold it.
  const begun = (subject: Subject): boolean => {
    const tail = tailOf(resourceOf(subject));
    return state?.pending.some((urn) => urn.endsWith(`::${tail}`)) ?? false;
  };
  const take = (subject: Subject, id: string): void => {
    imports.set(tailOf(resourceOf(subject)), id);
  };

  for (const registration of registrations) {
    const { key } = registration;
    const found = observation.found.get(key);
    const subject = { kind: "client", key } as const;
    const held = inState(subject);
    const stop = (code: "ENGINE_NOT_IN_STATE" | "ENGINE_STATE_GONE", id: string, message: string): void => {
      problems.push({ key, kind: "state", code, subject: id, message });
    };
    if (held !== undefined && held.id !== found?.id) {
      gone.push(...[...(state?.resources ?? [])].filter((each) => isOfClient(each, key)).map(({ urn }) => urn));
      if (!input.adopt && registration.state === "active") {
        stop(
          "ENGINE_STATE_GONE",
          held.id,
          `Pulumi's state holds client ${held.id} of ${key}, which is not at ${idp} any more`,
        );
        continue;
      }
    }
    if (found === undefined || held?.id === found.id) continue;
    if (!input.adopt && !begun(subject)) {
      if (registration.state !== "active") {
        unmanaged.add(key);
        continue;
      }
      stop(
        "ENGINE_NOT_IN_STATE",
        found.id,
        `At ${idp} client ${found.id} of ${key} is there, and Pulumi's state does not hold it`,
      );
      continue;
    }
    adopted.add(key);
    if (held !== undefined) displaced.add(key);
    if (registration.state !== "absent") take(subject, found.id);
  }

  // Connections that are enabled already are taken over as they are: enabling them again would be told as a change.
  for (const registration of registrations.filter(({ state: wanted }) => wanted !== "absent")) {
    const { key } = registration;
    if (unmanaged.has(key)) continue;
    const client = present.clients.get(key);
    for (const connection of client === undefined ? [] : (registration.enabledConnections ?? [])) {
      const id = present.connectionIds.get(connection);
      const subject = { kind: "connectionClient", key, connection } as const;
      const held = inState(subject);
      const here = held !== undefined && !gone.includes(held.urn);
      if (id === undefined || client === undefined || here || !client.enabled.includes(id)) continue;
      take(subject, `${id}::${client.clientId}`);
    }
  }

  const part = partOf(registrations);
  const adoptsOrganization =
    part === undefined ? false : standingOfOrganization(part, input, { inState, begun, take, problems, gone });
  return { problems, imports, adopted, adoptsOrganization, displaced, unmanaged, gone };
}

interface Ledger {
  readonly inState: (subject: Subject) => StateResource | undefined;
  readonly begun: (subject: Subject) => boolean;
  readonly take: (subject: Subject, id: string) => void;
  readonly problems: RegistrationProblem[];
  readonly gone: string[];
}

/** The same for the tenant's organization. @returns whether it is taken over */
function standingOfOrganization(
  part: OrganizationPart,
  { registrations, observation, present, adopt, idp }: StandingInput,
  { inState, begun, take, problems, gone }: Ledger,
): boolean {
  const { tenant } = part;
  const [organization, connections] = [
    { kind: "organization", tenant } as const,
    { kind: "organizationConnections", tenant } as const,
  ];
  const there = observation.parts.get(part.address)?.id;
  const [held, list] = [inState(organization), inState(connections)];
  const stop = (code: "ENGINE_NOT_IN_STATE" | "ENGINE_STATE_GONE", id: string, message: string): void => {
    const told = new Set(problems.map(({ key }) => key));
    for (const { key, state } of registrations) {
      if (!told.has(key) && state === "active") problems.push({ key, kind: "state", code, subject: id, message });
    }
  };
  if (held !== undefined && held.id !== there) {
    gone.push(...(list === undefined ? [] : [list.urn]), held.urn);
    if (!adopt && part.state === "active") {
      stop(
        "ENGINE_STATE_GONE",
        held.id,
        `Pulumi's state holds organization ${held.id} of ${tenant}, which is not at ${idp} any more`,
      );
      return false;
    }
  }
  if (there === undefined) return false;
  const isHeld = held?.id === there;
  if (!isHeld && !adopt && !begun(organization)) {
    stop(
      "ENGINE_NOT_IN_STATE",
      there,
      `At ${idp} the organization ${there} of ${tenant} is there, and Pulumi's state does not hold it`,
    );
    return false;
  }
  if (part.state === "absent") return !isHeld;
  if (!isHeld) take(organization, there);
  // The provider refuses to make a list where connections are enabled that are not on it.
  const listHeld = list !== undefined && !gone.includes(list.urn);
  if (!listHeld && (present.organization?.enabled.length ?? 0) > 0) take(connections, there);
  return !isHeld;
}

/** The client and what is enabled for it. */
export function isOfClient({ type, name }: StateResource, key: ConnectionKey): boolean {
  const subject = subjectOf({ type, name });
  return (subject?.kind === "client" || subject?.kind === "connectionClient") && subject.key === key;
}

function partOf([first]: readonly Registration[]): OrganizationPart | undefined {
  return first === undefined ? undefined : organizationOf(first);
}
