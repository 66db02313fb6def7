import type { DomainStatus } from "../apply/domain-status.ts";
import { attestedDomain } from "../plan/observed.ts";
import type { Fact } from "./show-text.ts";

/** How each domain of a tenant stands at an app, with the DNS record to set for those that are not proven. */
export function domainFacts(domains: readonly DomainStatus[], live: boolean): readonly Fact[] {
  return domains.flatMap((each): readonly Fact[] => {
    const fact: Fact = ["domain", `${each.domain}: ${standing(each, live)}`];
    if (isProven(each)) return [fact];
    return [fact, ["  TXT record", each.record.name], ["  value", each.record.value]];
  });
}

function standing({ routed, verifiedAt, verification }: DomainStatus, live: boolean): string {
  const since = verifiedAt === null ? "" : ` since ${verifiedAt.slice(0, 10)}`;
  if (!routed) return live ? "not routed until its DNS record is found by an apply" : "to be proven by a DNS record";
  switch (verification) {
    case attestedDomain:
      return `routed, attested${since}`;
    case "kept":
      return "routed from before, not proven";
    default:
      return `routed, proven${since}`;
  }
}

function isProven({ verification }: DomainStatus): boolean {
  return verification?.startsWith("tenantry-domain=") === true;
}
