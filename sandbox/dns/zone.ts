/** What the sandbox's DNS says under one name. */
export type DnsEntry =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | { readonly kind: "alias"; readonly to: string }
  /** SERVFAIL, as a resolver answers where the zone is broken or its DNSSEC signatures do not fit. */
  | { readonly kind: "broken" }
  | { readonly kind: "refused" }
  /** No answer at all. */
  | { readonly kind: "silent" };

/** The kinds that say nothing more. */
export const bareKinds = ["broken", "refused", "silent"] as const;

/** The names that the sandbox's DNS knows. Names are as in DNS: case does not matter. */
export class DnsZone {
  readonly #entries = new Map<string, DnsEntry>();

  /** @param proofs domains with the values of the records under their `_tenantry` names */
  constructor(proofs: Iterable<readonly [domain: string, value: string]>) {
    for (const [domain, value] of proofs) this.set(proofName(domain), { kind: "texts", texts: [value] });
  }

  get entries(): ReadonlyMap<string, DnsEntry> {
    return this.#entries;
  }

  at(name: string): DnsEntry | undefined {
    return this.#entries.get(name.toLowerCase());
  }

  set(name: string, entry: DnsEntry): void {
    this.#entries.set(name.toLowerCase(), entry);
  }

  remove(name: string): boolean {
    return this.#entries.delete(name.toLowerCase());
  }
}

/** Where the record is that proves a domain. */
function proofName(domain: string): string {
  return `_tenantry.${domain}`;
}
