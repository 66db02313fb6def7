import { fernhillConnection } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { StackState } from "../../../src/engine/pulumi/deployment.ts";
import { resourceOf, type Subject, urnOf } from "../../../stacks/auth0/names.ts";

// States of the stack of one tenant that has one client, and what they can hold.

const name = { project: "tenantry-acme", stack: "sandbox.customers.fernhill" };
export const key = "fernhill/portal" as ConnectionKey;
export const client: Subject = { kind: "client", key };
export const enabled: Subject = { kind: "connectionClient", key, connection: fernhillConnection };
export const shared: Subject = { kind: "organization", tenant: "fernhill" };
export const list: Subject = { kind: "organizationConnections", tenant: "fernhill" };

export const urn = (subject: Subject): string => urnOf(name, resourceOf(subject));

/** A state that holds these, by Auth0's ids of them, all of them protected. */
export function state(held: readonly (readonly [Subject, string])[], pending: readonly Subject[] = []): StackState {
  const resources = held.map(([subject, id]) => ({ ...resourceOf(subject), urn: urn(subject), id, protect: true }));
  return { resources, pending: pending.map(urn) };
}
