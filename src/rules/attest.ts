import { attestableChecks, longestAttestation, readChecks } from "../desired/attestable-check.ts";
import { checkIds } from "../desired/check-id.ts";
import type { Issue } from "../errors/issue.ts";
import type { Attestation, Tenant } from "../tenant/tenant.ts";
import { nearest } from "../workspace/nearest.ts";
import type { FleetRule } from "./rule.ts";

const attestable: ReadonlySet<string> = new Set(attestableChecks);
const known: ReadonlySet<string> = new Set(checkIds);
const read: ReadonlySet<string> = new Set(readChecks);

const day = 86_400_000;

/**
 * An entry under `attest:` names a check that a person can stand for, once, and for at most a year. No rule looks at
 * today's date: a file that is right today is right tomorrow. What has run out shuts the gate, and `status` says so.
 */
export const attestationsHold: FleetRule = ({ tenants }) =>
  tenants.flatMap((tenant) =>
    tenant.attest.flatMap((entry, index) => [
      ...checkIssues(tenant, entry, index),
      ...dateIssues(tenant, entry, index),
      ...doubled(tenant, entry, index),
    ]),
  );

function checkIssues(tenant: Tenant, { check }: Attestation, index: number): readonly Issue[] {
  if (attestable.has(check)) return [];
  const at = place(tenant, index, "check");
  if (!known.has(check)) {
    const meant = nearest(
      check,
      attestableChecks.filter((id) => id.startsWith(check.charAt(0))),
    );
    const hint =
      meant === undefined ? "docs/verify.md lists the checks that can be attested" : `did you mean \`${meant}\`?`;
    return [{ code: "RULE_ATTEST_CHECK", ...at, message: `there is no check \`${check}\``, hint }];
  }
  const why = read.has(check)
    ? "the record is written from what it reads, so nobody can stand for it"
    : check.startsWith("R")
      ? "Tenantry reads the record itself, so there is nothing to stand for"
      : "it keeps no tenant from being switched on, so there is nothing to stand for";
  return [
    {
      ...{ code: "RULE_ATTEST_CHECK" as const, ...at },
      message: `\`${check}\` cannot be attested: ${why}`,
      hint: "remove the entry; docs/verify.md lists the checks that can be attested",
    },
  ];
}

function dateIssues(tenant: Tenant, { on, expires }: Attestation, index: number): readonly Issue[] {
  const days = (Date.parse(expires) - Date.parse(on)) / day;
  const at = place(tenant, index, "expires");
  if (!(days > 0)) {
    const message = `\`expires\` (${expires}) does not come after the day of the test sign-in (${on})`;
    return [{ code: "RULE_ATTEST_DATES", ...at, message, hint: "write the last day on which the entry counts" }];
  }
  if (days <= longestAttestation) return [];
  const message = `the attestation would count from ${on} to ${expires}; a year is the longest`;
  return [
    { code: "RULE_ATTEST_DATES", ...at, message, hint: "sign in again at least once a year, and renew the entry" },
  ];
}

function doubled(tenant: Tenant, { check }: Attestation, index: number): readonly Issue[] {
  const first = tenant.attest.findIndex((other) => other.check === check);
  if (first === index) return [];
  const at = place(tenant, index, "check");
  return [
    {
      ...{ code: "RULE_ATTEST_TWICE" as const, ...at },
      message: `\`${check}\` is attested twice`,
      hint: "keep the newest entry alone; git keeps the others",
      related: [{ ...tenant.positionOf(["attest", first, "check"]), message: "it is attested here first" }],
    },
  ];
}

function place(tenant: Tenant, index: number, field: keyof Attestation) {
  const path = ["attest", index, field];
  return { ...tenant.positionOf(path), path };
}
