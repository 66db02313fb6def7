import type { ManualStep } from "../desired/app-kind.ts";
import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import type { ObservedRecord, RoutedDomain } from "../plan/observed.ts";
import { member } from "./observe.ts";
import type { World } from "./world.ts";

/** The records of some connections, over all their apps. */
export interface Records {
  readonly found: ReadonlyMap<ConnectionKey, ObservedRecord>;
  /** Where a record stands that is not ours, with the words for it. */
  readonly foreign: ReadonlyMap<ConnectionKey, string>;
  /** The domains that the apps route, by the address of the tenant's row; missing where there is no row of ours. */
  readonly routed: ReadonlyMap<Address, readonly RoutedDomain[]>;
  /** What a person has to do at the app before a connection can go on. */
  readonly waiting: ReadonlyMap<ConnectionKey, readonly ManualStep[]>;
}

/** Reads each app once. @throws TenantryError of an app that cannot be read */
export async function readRecords(world: World, connections: readonly Connection[]): Promise<Records> {
  const found = new Map<ConnectionKey, ObservedRecord>();
  const foreign = new Map<ConnectionKey, string>();
  const routed = new Map<Address, readonly RoutedDomain[]>();
  const waiting = new Map<ConnectionKey, readonly ManualStep[]>();
  for (const [name, group] of Map.groupBy(connections, (connection) => connection.app)) {
    world.progress({ kind: "reading", what: `app ${name}` });
    const observed = await member(world.apps, name).observe(
      group.map((connection) => connection.record),
      false,
    );
    for (const [key, record] of observed.records) found.set(key, record);
    for (const { key, message } of observed.foreign) foreign.set(key, message);
    for (const [key, steps] of observed.waiting ?? []) waiting.set(key, steps);
    for (const { tenant, appTenant } of group) {
      const domains = observed.tenants.get(tenant)?.routed;
      if (domains !== undefined) routed.set(appTenant.address, domains);
    }
  }
  return { found, foreign, routed, waiting };
}
