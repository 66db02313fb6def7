import type { Connection } from "../desired/connection.ts";
import { compareText } from "../errors/issue.ts";
import type { Change } from "../plan/change.ts";

/**
 * The order in which connections are carried out: by key, but who gives a domain up comes before who takes it, over any
 * number of hands. Where tenants swap domains in a ring nobody can be first; there the order of keys holds, and the app
 * refuses the first of them.
 */
export function inOrder(connections: readonly Connection[], changes: readonly Change[]): readonly Connection[] {
  const givers = giversByTaker(changes);
  const involved = new Set([...givers].flatMap(([taker, tenants]) => [taker, ...tenants]));
  const here = new Set(connections.map(({ tenant }) => tenant));
  const left = new Set([...here].filter((tenant) => involved.has(tenant)).sort(compareText));
  const places = new Map<string, number>();
  while (left.size > 0) {
    const free = [...left].filter((tenant) => ![...(givers.get(tenant) ?? [])].some((giver) => left.has(giver)));
    // None: they stand in a ring.
    for (const tenant of free.length > 0 ? free : [...left].slice(0, 1)) {
      places.set(tenant, places.size);
      left.delete(tenant);
    }
  }
  const place = ({ tenant }: Connection): number => places.get(tenant) ?? Number.POSITIVE_INFINITY;
  return [...connections].sort((a, b) => (place(a) === place(b) ? compareText(a.key, b.key) : place(a) - place(b)));
}

/** The domains that leave or come to a tenant of an app, by tenant, where another tenant gives or takes the same one. */
export function domainsOnTheMove(changes: readonly Change[]): ReadonlyMap<string, readonly string[]> {
  const touched = changes.flatMap((change) => {
    const before = domainsOf(change, "before");
    const after = domainsOf(change, "after");
    const moving = [
      ...before.filter((each) => !after.includes(each)),
      ...after.filter((each) => !before.includes(each)),
    ];
    return moving.map((domain) => ({ domain, tenant: change.tenant }));
  });
  const tenantsOf = Map.groupBy(touched, ({ domain }) => domain);
  const moved = touched.filter(({ domain }) => new Set(tenantsOf.get(domain)?.map(({ tenant }) => tenant)).size > 1);
  return new Map(
    [...Map.groupBy(moved, ({ tenant }) => tenant)].map(([tenant, of]) => [tenant, of.map(({ domain }) => domain)]),
  );
}

/** Tenants by whose giving up of a domain each tenant can take it. */
function giversByTaker(changes: readonly Change[]): ReadonlyMap<string, ReadonlySet<string>> {
  const given = new Map<string, string>();
  const taken: [tenant: string, domain: string][] = [];
  for (const change of changes) {
    const before = domainsOf(change, "before");
    const after = domainsOf(change, "after");
    for (const domain of before) if (!after.includes(domain)) given.set(domain, change.tenant);
    for (const domain of after) if (!before.includes(domain)) taken.push([change.tenant, domain]);
  }
  const givers = new Map<string, Set<string>>();
  for (const [tenant, domain] of taken) {
    const giver = given.get(domain);
    if (giver === undefined || giver === tenant) continue;
    const known = givers.get(tenant);
    if (known === undefined) givers.set(tenant, new Set([giver]));
    else known.add(giver);
  }
  return givers;
}

/** The domains of a tenant's row on one side of its change. */
function domainsOf(change: Change, side: "before" | "after"): readonly string[] {
  const fields = side === "before" ? ("before" in change ? change.before : {}) : "after" in change ? change.after : {};
  const { domains } = fields;
  return Array.isArray(domains) ? domains.filter((domain) => typeof domain === "string") : [];
}
