import type { Digest } from "../desired/connection.ts";
import { digestOf } from "../desired/digest.ts";
import { compareText } from "../errors/issue.ts";
import type { AttestedCheck } from "./attested.ts";
import type { Change } from "./change.ts";
import type { ManualWork } from "./manual.ts";
import type { CallBudget, Coverage, DiscoverySnapshot } from "./observed.ts";
import type { UnprovenDomain } from "./unproven.ts";

/** What is put together to a plan. */
export interface PlanParts {
  readonly workspace: string;
  readonly environment: string;
  /** Tenants or connections that the plan was limited to; empty: all. */
  readonly only: readonly string[];
  /** Tenants or connections whose secret is handed over again. */
  readonly handOver: readonly string[];
  /** Whether every part of every object was to be read: the read set, which an apply repeats. */
  readonly deep: boolean;
  /** Engine of each identity provider that the plan touches. */
  readonly engines: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  /** How many objects are as they should be, as far as they were read. */
  readonly unchanged: number;
  readonly coverage: readonly Coverage[];
  readonly budget: readonly CallBudget[];
  /** What the issuers' discovery documents said: observations, part of the plan. */
  readonly discovery: readonly DiscoverySnapshot[];
  /** Domains that no app will route: told, but no effect, so no part of the digest. Absent: none. */
  readonly unproven?: readonly UnprovenDomain[] | undefined;
  /** Who stands for what of the tenants that the plan changes: no effect either. Absent: nobody. */
  readonly attested?: readonly AttestedCheck[] | undefined;
  /** What people have to do besides: no effect of ours. Absent: nothing. */
  readonly manual?: readonly ManualWork[] | undefined;
}

/** Everything that an apply would do, as a secret-free value. */
export interface Plan extends PlanParts {
  readonly version: 1;
  /** SHA-256 over the canonical effects: the same effects, the same digest. */
  readonly digest: Digest;
}

/** Sorts the changes by tenant and keeps the order within one (registration, tenant's row, record, activation). */
export function makePlan(parts: PlanParts): Plan {
  const changes = [...parts.changes].sort((a, b) => compareText(a.tenant, b.tenant));
  const discovery = [...parts.discovery].sort((a, b) => compareText(a.issuer, b.issuer));
  const plan = { ...parts, changes, discovery, version: 1 as const };
  return { ...plan, digest: planDigest(plan) };
}

/** SHA-256 over what a plan would do and what it rests on. Counts, budgets and the time of day are not part of it. */
export function planDigest(plan: PlanParts): Digest {
  const { workspace, environment, deep, engines, changes, discovery } = plan;
  const only = [...plan.only].sort();
  const handOver = [...plan.handOver].sort();
  return digestOf({ version: 1, workspace, environment, only, handOver, deep, engines, changes, discovery });
}

/** How many changes of each kind a plan has. */
export function countChanges(plan: Pick<Plan, "changes">): Readonly<Record<Change["action"], number>> {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, activate: 0 };
  for (const change of plan.changes) counts[change.action] += 1;
  return counts;
}
