import type { ConnectionKey } from "../../src/desired/connection.ts";
import { connectionKey, parseConnectionKey } from "../../src/desired/key.ts";

// Where things stand in a tenant's Terraform state. An address depends on the connection's key or on the name that it
// stands for and on nothing else, because a resource that changes its address is deleted and made anew: another client
// id, another secret. Slugs hold no underscore, so two of them between a key's parts make the name one-to-one; whatever
// else a name holds is spelled out between underscores.

/** Where the client of a connection stands, and what the stack tells of it. */
export interface ClientAddresses {
  readonly app: string;
  /** Which groups are assigned, all of them. */
  readonly assignments: string;
  readonly outputs: { readonly id: string; readonly clientId: string };
}

/** The types of the provider's resources. */
const resourceTypes = {
  app: "okta_app_oauth",
  assignments: "okta_app_group_assignments",
  group: "okta_group",
  policy: "okta_policy",
} as const;

/** The names of what a connection has in a state. */
export function namesOf(key: ConnectionKey): { readonly app: string; readonly assignments: string } {
  const name = key.replaceAll("/", "__");
  return { app: `client_${name}`, assignments: `groups_${name}` };
}

/** The addresses of what a connection has in a state. */
export function addressesOf(key: ConnectionKey): ClientAddresses {
  const { app, assignments } = namesOf(key);
  return {
    app: `${resourceTypes.app}.${app}`,
    assignments: `${resourceTypes.assignments}.${assignments}`,
    outputs: { id: `${app}_id`, clientId: `${app}_client_id` },
  };
}

/** The connection whose client or assignments stand at an address; undefined for every other address. */
export function keyOfAddress(address: string): ConnectionKey | undefined {
  const name = [`${resourceTypes.app}.client_`, `${resourceTypes.assignments}.groups_`].find((start) =>
    address.startsWith(start),
  );
  if (name === undefined) return undefined;
  const parts = parseConnectionKey(address.slice(name.length).replaceAll("__", "/"));
  return parts === undefined ? undefined : connectionKey(parts);
}

/** The name in a state of a group that we make. */
export function groupName(name: string): string {
  return `group_${spelled(name)}`;
}

/** Where a group that we make stands. */
export function groupAddress(name: string): string {
  return `${resourceTypes.group}.${groupName(name)}`;
}

/** The name of the group that stands at an address; undefined for every other address. */
export function groupOfAddress(address: string): string | undefined {
  const start = `${resourceTypes.group}.group_`;
  return address.startsWith(start) ? unspelled(address.slice(start.length)) : undefined;
}

/** The name of the look-up of a group that must be there. */
export function groupLookup(name: string): string {
  return `there_${spelled(name)}`;
}

/** The name of the look-up of the built-in group of everybody. */
export const everyoneLookup = "everyone";

/** The name of the look-up of an access policy. */
export function policyLookup(name: string): string {
  return `policy_${spelled(name)}`;
}

/** Letters, digits and hyphens as they are; every other UTF-16 unit as its hexadecimal number between underscores. */
function spelled(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}

function unspelled(text: string): string {
  return text.replaceAll(/_([0-9a-f]+)_/g, (_whole, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}
