import type { Address, ConnectionKey, Registration } from "../desired/connection.ts";
import type { RegistrationObservation, RegistrationProblem } from "../idp/identity-provider.ts";
import { type Difference, diffPart, diffRegistration } from "../plan/diff.ts";
import type { Coverage } from "../plan/observed.ts";
import type { EnginePlan } from "./engine.ts";

/** What would be done for registrations of one tenant. */
export interface TenantPlan {
  readonly problems: readonly RegistrationProblem[];
  readonly registrations: ReadonlyMap<ConnectionKey, Difference>;
  readonly parts: ReadonlyMap<Address, Difference>;
}

/**
 * The plan of all tenants. Of those that the engine's program was not asked about, what was observed says it. Pure.
 *
 * @param coverage which plans of the program were read, besides what was observed
 */
export function joinedPlan(
  registrations: readonly Registration[],
  observation: RegistrationObservation,
  plans: readonly TenantPlan[],
  coverage: readonly Coverage[],
): EnginePlan {
  const problems = [...observation.problems, ...plans.flatMap((plan) => plan.problems)];
  const stopped = new Set(problems.map(({ key }) => key));
  const clients = new Map(plans.flatMap((plan) => [...plan.registrations]).filter(([key]) => !stopped.has(key)));
  const parts = new Map(plans.flatMap((plan) => [...plan.parts]));
  for (const wanted of registrations.filter(({ key }) => !stopped.has(key))) {
    if (!clients.has(wanted.key)) {
      clients.set(wanted.key, diffRegistration(wanted, observation.found.get(wanted.key)));
    }
    for (const part of wanted.parts) {
      if (!parts.has(part.address)) parts.set(part.address, diffPart(part, observation.parts.get(part.address)));
    }
  }
  return {
    observation: { ...observation, problems, coverage: [...observation.coverage, ...coverage] },
    registrations: clients,
    parts,
  };
}
