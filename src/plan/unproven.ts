import type { DomainChallenge } from "../desired/domain-challenge.ts";

/** A domain that the app will not route: nobody has proven that it is the tenant's. */
export interface UnprovenDomain {
  readonly tenant: string;
  readonly domain: string;
  /** The DNS record that proves it. */
  readonly record: DomainChallenge;
  /** What a look-up said. */
  readonly because: string;
}

/** So many are spelled out in text for people. */
const spelledOut = 20;

/** For the terminal: which domains are not routed, with the record to set for each, one line for its name and value. */
export function unprovenText(unproven: readonly UnprovenDomain[]): readonly string[] {
  if (unproven.length === 0) return [];
  const rest = unproven.length - spelledOut;
  return [
    "Not routed until proven by a DNS record (TXT, set by whoever runs the DNS):",
    ...unproven
      .slice(0, spelledOut)
      .flatMap(({ tenant, domain, record }) => [
        `  ${domain} of ${tenant}`,
        `    name   ${record.name}`,
        `    value  ${record.value}`,
      ]),
    ...(rest > 0 ? [`  and ${rest} more; --json has all`] : []),
  ];
}
