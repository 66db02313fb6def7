import type { Registration } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { tellsPresent } from "../../idp/auth0/present.ts";
import { type Depth, looksAtSingles, type RegistrationObservation } from "../../idp/identity-provider.ts";
import { diffPart, diffRegistration } from "../../plan/diff.ts";
import type { Coverage } from "../../plan/observed.ts";
import type { Engine, EnginePlan } from "../engine.ts";
import { joinedPlan } from "../tenant-plan.ts";
import { Turns } from "../turns.ts";
import { applyTenant } from "./apply-tenant.ts";
import type { PulumiEngineOptions, TenantContext } from "./context.ts";
import { planTenant } from "./plan-tenant.ts";
import { pulumiReads } from "./reads.ts";
import { openStacks } from "./stacks.ts";

export type { PulumiEngineOptions };

/**
 * Carries registrations at Auth0 out with Pulumi: one stack for each tenant, whose program is `stacks/auth0`. What is
 * there, and whose it is, is asked of Auth0 itself; what Pulumi has no resource for is settled by the adapter afterwards
 * (docs/engines.md lists it).
 */
export function pulumiEngine(options: PulumiEngineOptions): Engine {
  const { adapter, idp, tools, tell } = options;
  if (!tellsPresent(adapter)) throw new TypeError("the adapter of Auth0 cannot tell what is there");
  const stacks = openStacks(options);
  const { parallelism, pluginVersion } = options.workspace.engines.pulumi;
  const turns = new Turns(parallelism);
  const context: TenantContext = {
    adapter,
    tools,
    pluginVersion,
    present: (all, found) => adapter.present(all, found),
  };

  async function plan(registrations: readonly Registration[], depth: Depth): Promise<EnginePlan> {
    const observation = await adapter.observe(registrations, depth);
    const stopped = new Set(observation.problems.map(({ key }) => key));
    const going = registrations.filter(({ key }) => !stopped.has(key));
    const asked = going.filter((registration) => needsRun(registration, observation, depth, tools.adopt));
    const tenants = Map.groupBy(asked, ({ key }) => tenantOfKey(key));
    const plans = [...tenants].map(([tenant, own]) =>
      turns.take(tenant, async () => {
        tell(`Pulumi's plan of ${tenant} at ${idp.name}`);
        return planTenant(context, await stacks.of(tenant), own, observation);
      }),
    );
    // Settled first, so that nothing is left running when one has failed.
    const failed = (await Promise.allSettled(plans)).find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return joinedPlan(going, observation, await Promise.all(plans), coverageOf(idp.name, tenants.size, going, depth));
  }

  return {
    idp: adapter.name,
    plan,
    apply: (registration) => {
      const tenant = tenantOfKey(registration.key);
      return turns.take(tenant, async () => applyTenant(context, () => stacks.of(tenant), registration));
    },
    secretOf: (found) => adapter.secretOf(found),
    budget: async (work) => adapter.budget(work, pulumiReads(work)),
    close: () => adapter.close(),
  };
}

/**
 * A look at lists asks Pulumi only where they show a difference, or where something may have to be taken over; a closer
 * one wherever there is something, or is to be.
 */
function needsRun(
  registration: Registration,
  { found, parts }: RegistrationObservation,
  depth: Depth,
  adopt: boolean,
): boolean {
  const there = found.get(registration.key);
  const isSomething = there !== undefined || registration.parts.some(({ address }) => parts.has(address));
  if (registration.state !== "active" && !isSomething) return false;
  if (depth !== "fleet" || adopt) return true;
  const differences = [
    diffRegistration(registration, there),
    ...registration.parts.map((part) => diffPart(part, parts.get(part.address))),
  ];
  return differences.some(({ changes }) => changes.length > 0);
}

/** What Pulumi was not asked about is told by the lists alone, and the plan says so. */
function coverageOf(idp: string, read: number, going: readonly Registration[], depth: Depth): readonly Coverage[] {
  if (looksAtSingles(depth)) return [];
  const total = new Set(going.filter(({ state }) => state !== "absent").map(({ key }) => tenantOfKey(key))).size;
  return [{ what: `idp/${idp} pulumi plans`, read: Math.min(read, total), total }];
}
