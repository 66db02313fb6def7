import type { ProvenDomains } from "../app/app.ts";
import { appKind } from "../desired/app-kinds.ts";
import type { Address, AppTenant, Connection, ProofTerms } from "../desired/connection.ts";
import { attestedDomain, type ObservedAppTenant, type RoutedDomain } from "../plan/observed.ts";
import type { UnprovenDomain } from "../plan/unproven.ts";
import type { CheckResult } from "../store/evidence.ts";
import { attestationCounts } from "../verify/attest.ts";
import { domainResult } from "../verify/domain/o1-domain.ts";
import type { DomainFinding } from "../verify/domain/ownership.ts";
import type { World } from "./world.ts";

/** What a run needs to look domains up. */
type DomainWorld = Pick<World, "workspace" | "domains" | "verifyIo">;

/** What is known of the domains of one tenant at one app. */
export interface TenantDomains {
  /** Those that the app may route now: proven by DNS, or attested. */
  readonly proven: ProvenDomains;
  /** Those that are neither routed nor proven nor attested. */
  readonly unproven: readonly UnprovenDomain[];
}

/**
 * Looks up the domains that an app does not route yet, for a plan. What is routed already stays so and is not asked for.
 *
 * @param tenants what the apps know of the tenants, by the address of the tenant's row
 */
export async function unroutedDomains(
  world: DomainWorld,
  connections: readonly Connection[],
  tenants: (connection: Connection) => ObservedAppTenant | undefined,
): Promise<ReadonlyMap<Address, TenantDomains>> {
  const live = connections.filter(
    ({ record, appTenant }) =>
      record.state === "active" && appTenant.status === "active" && appKind(record.kind).tenantRow,
  );
  const rows = new Map(live.map((connection) => [connection.appTenant.address, connection]));
  return new Map(
    await Promise.all(
      [...rows].map(async ([address, connection]): Promise<[Address, TenantDomains]> => {
        const routed = new Set(tenants(connection)?.routed?.map(({ domain }) => domain));
        const unrouted = connection.appTenant.domains.filter((domain) => !routed.has(domain));
        const found = await lookUp(world, connection.appTenant, unrouted);
        const proven = provenOf(world, found, connection.proof);
        const open = found.filter(({ domain }) => !proven.has(domain));
        const unproven = open.map(({ domain, challenge, finding }) => ({
          ...{ tenant: connection.tenant, domain, record: challenge, because: finding.message },
        }));
        return [address, { proven, unproven }];
      }),
    ),
  );
}

/** What the domains of a connection's tenant come to: what may be routed, and O1 for each. */
export interface DomainProof {
  readonly proven: ProvenDomains;
  readonly results: readonly CheckResult[];
}

/**
 * Looks up every domain of a connection's tenant: for a proof.
 *
 * @param routed what the app routes now; a record that has gone is then said to have gone
 */
export async function proveDomains(
  world: DomainWorld,
  { appTenant, proof, record }: Pick<Connection, "appTenant" | "proof" | "record">,
  routed: readonly RoutedDomain[] = [],
): Promise<DomainProof> {
  // An app that knows nothing of tenants sends nobody anywhere by a domain.
  if (!appKind(record.kind).tenantRow) return { proven: new Map(), results: [] };
  const found = await lookUp(world, appTenant, appTenant.domains);
  const known = new Map(routed.map((each) => [each.domain, each]));
  const proven = provenOf(world, found, proof);
  return {
    proven,
    results: found.map(({ domain, finding }) => {
      const result = domainResult(finding);
      if (result.verdict === "pass") return result;
      return { ...result, message: `${result.message} ${routing(known.get(domain), proven.has(domain))}` };
    }),
  };
}

function routing(before: RoutedDomain | undefined, attested: boolean): string {
  if (before === undefined && attested) return "It is routed because it is attested.";
  if (before === undefined) return "The app sends nobody of it there until it is proven.";
  switch (before.verification) {
    case "kept":
      return "It goes on being routed, as it was before domains were proven.";
    case attestedDomain:
      return "It goes on being routed, as it was attested.";
    default:
      return `It goes on being routed, as it was proven at ${before.verifiedAt ?? "an unknown time"}.`;
  }
}

function lookUp(
  { workspace, domains }: DomainWorld,
  { id }: AppTenant,
  names: readonly string[],
): Promise<readonly DomainFinding[]> {
  return Promise.all([...new Set(names)].map((domain) => domains.prove({ workspace: workspace.name, id, domain })));
}

/** One attestation of O1 covers all the tenant's domains: the file has no place to name one. */
function provenOf({ verifyIo }: DomainWorld, found: readonly DomainFinding[], { attest }: ProofTerms): ProvenDomains {
  const attested = attest.some((entry) => entry.check === "O1" && attestationCounts(entry, verifyIo.clock()));
  return new Map(
    found.flatMap(({ domain, challenge, proven }): [string, string][] => {
      if (proven) return [[domain, challenge.value]];
      return attested ? [[domain, attestedDomain]] : [];
    }),
  );
}
