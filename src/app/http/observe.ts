import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { connectionKey } from "../../desired/key.ts";
import { compareText } from "../../errors/issue.ts";
import type { ObservedAppTenant, ObservedRecord, RoutedDomain } from "../../plan/observed.ts";
import type { RecordObservation } from "../app.ts";
import type { ShownConnection, ShownTenant } from "./answers.ts";
import type { Resources } from "./resources.ts";
import { observedRecord } from "./values.ts";

type Foreign = RecordObservation["foreign"][number];

/** Whose something is, for messages. */
export function ownerText(managedBy: string | null): string {
  return managedBy ?? "nobody";
}

/** Reads the wanted records and their tenants; with the others, by the receiver's lists instead of one by one. */
export async function observeRecords(
  resources: Resources,
  app: string,
  wanted: readonly ConnectionRecord[],
  managedBy: string,
  others: boolean,
): Promise<RecordObservation> {
  const [connections, tenants] = others
    ? await Promise.all([resources.connections(managedBy), resources.tenants(managedBy)])
    : [[], []];
  const listed = new Map(connections.map((shown) => [keyOf(app, shown), shown]));
  const listedTenants = new Map(tenants.map((shown) => [shown.tenant, shown]));
  const keys = new Set(wanted.map(({ key }) => key));
  const slugs = [...new Set(wanted.map(({ tenant }) => tenant))];
  const [found, foundTenants] = await Promise.all([
    // What a list of ours does not hold may be another's: that is told, not taken for missing.
    Promise.all([...keys].map(async (key) => listed.get(key) ?? (await resources.connection(key))?.value)),
    Promise.all(slugs.map(async (slug) => listedTenants.get(slug) ?? (await resources.tenant(slug))?.value)),
  ]);

  const records = new Map<ConnectionKey, ObservedRecord>();
  const foreign: Foreign[] = [];
  [...keys].forEach((key, at) => {
    const shown = found[at];
    if (shown === undefined) return;
    if (shown.managedBy === managedBy) records.set(key, observedRecord(key, shown));
    else foreign.push({ key, message: `The record ${key} belongs to ${ownerText(shown.managedBy)}.` });
  });
  const seen = new Map<string, ObservedAppTenant>();
  const comingIn = new Set(wanted.filter(({ state }) => state === "active").map(({ tenant }) => tenant));
  slugs.forEach((slug, at) => {
    const shown = foundTenants[at];
    if (shown === undefined) return;
    if (shown.managedBy !== managedBy) {
      const message = `The tenant ${slug} belongs to ${ownerText(shown.managedBy)}.`;
      foreign.push(...wanted.filter(({ tenant }) => tenant === slug).map(({ key }) => ({ key, message })));
      return;
    }
    const there = [...records.values()].filter(({ key }) => key.startsWith(`${slug}/`));
    const retired = there.length > 0 && there.every(({ state }) => state === "tombstone");
    seen.set(slug, observedTenant(shown, retired && !comingIn.has(slug)));
  });
  return {
    tenants: seen,
    records,
    undeclared: [...listed]
      .filter(([key]) => !keys.has(key))
      .map(([key, { state }]) => ({ key, state }))
      .sort((a, b) => compareText(a.key, b.key)),
    foreign,
    coverage: [{ what: `app/${app} records`, read: keys.size, total: keys.size }],
  };
}

/** @param retired all its records are tombstones: domains that it gave up with the last one are not compared */
function observedTenant({ tenant, id, name, status, domains }: ShownTenant, retired: boolean): ObservedAppTenant {
  const routed = domains.flatMap(({ domain, routed, verifiedAt, verification }): RoutedDomain[] =>
    routed ? [{ domain, verifiedAt, verification: verification ?? "kept" }] : [],
  );
  const names = domains.map(({ domain }) => domain).sort(compareText);
  const givenUp = retired && status !== "active" && names.length === 0;
  return {
    tenant,
    status,
    fields: { id, name, status, ...(givenUp ? {} : { domains: names }) },
    routed: routed.sort((a, b) => compareText(a.domain, b.domain)),
  };
}

function keyOf(app: string, { tenant, signIn }: ShownConnection): ConnectionKey {
  return connectionKey({ tenant, app, signIn });
}
