import list from "email-providers/all.json" with { type: "json" };
import type { FleetRule } from "./rule.ts";

/** Providers of mail for everybody that the list lacks (decision 0018). */
const lacking = ["duck.com", "fastmail.com", "posteo.de", "tutanota.com"];

/** Made when the first domain is looked up: the commands that read no tenants need none of it. */
let consumerDomains: ReadonlySet<string> | undefined;

/** A domain at which anybody can have an address is nobody's company. */
export const domainsAreOwned: FleetRule = ({ tenants }) => {
  consumerDomains ??= new Set([...list, ...lacking]);
  const known = consumerDomains;
  return tenants.flatMap((tenant) =>
    tenant.domains.flatMap((domain, index) => {
      if (!known.has(domain)) return [];
      return [
        {
          code: "RULE_DOMAIN_CONSUMER" as const,
          ...tenant.positionOf(["domains", index]),
          path: ["domains", index],
          message: `anybody can have an address at \`${domain}\`, so all of them would be sent to \`${tenant.tenant}\``,
          hint: "name the domain that the company owns",
        },
      ];
    }),
  );
};
