import { kindOfApp } from "../desired/app-kinds.ts";
import type { Connection } from "../desired/connection.ts";
import { type DomainChallenge, domainChallenge } from "../desired/domain-challenge.ts";
import type { RoutedDomain } from "../plan/observed.ts";

/** How one domain of a tenant stands at one app. Nobody is asked: it is what the app has been told. */
export interface DomainStatus {
  readonly domain: string;
  /** Whether the app sends people of the domain to the tenant. */
  readonly routed: boolean;
  /** When it was proven or attested first (ISO 8601); null when it was not, or was routed before there were proofs. */
  readonly verifiedAt: string | null;
  /** Value of the record that proved it, `attested`, or `kept`; null when it is not routed. */
  readonly verification: string | null;
  /** The DNS record that proves it. */
  readonly record: DomainChallenge;
}

/** How the domains of a connection's tenant stand, in the file's order; none at an app that routes nobody by a domain. */
export function domainStatuses(
  workspace: string,
  { appTenant, record }: Pick<Connection, "appTenant" | "record">,
  routed: readonly RoutedDomain[] = [],
): readonly DomainStatus[] {
  if (!kindOfApp(record).tenantRow) return [];
  const known = new Map(routed.map((each) => [each.domain, each]));
  return appTenant.domains.map((domain) => {
    const there = known.get(domain);
    return {
      domain,
      routed: there !== undefined,
      verifiedAt: there?.verifiedAt ?? null,
      verification: there?.verification ?? null,
      record: domainChallenge({ workspace, id: appTenant.id, domain }),
    };
  });
}
