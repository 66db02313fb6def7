import type { Registration } from "../../src/desired/connection.ts";
import { directEngine } from "../../src/engine/direct.ts";
import type { Engine, EnginePlan } from "../../src/engine/engine.ts";
import type { Depth, IdentityProviderAdapter } from "../../src/idp/identity-provider.ts";
import type { Change } from "../../src/plan/change.ts";

/** A plan with its changes in one list: those of what clients share, then those of the clients. */
export interface ListedPlan extends EnginePlan {
  readonly changes: readonly Change[];
  /** Clients that are as they are wanted. */
  readonly unchanged: number;
}

/** The direct engine, its plans with their changes in one list. */
export interface ListingEngine extends Engine {
  plan(registrations: readonly Registration[], depth: Depth): Promise<ListedPlan>;
}

export function listingEngine(adapter: IdentityProviderAdapter): ListingEngine {
  const engine = directEngine(adapter);
  return {
    ...engine,
    async plan(registrations, depth) {
      const plan = await engine.plan(registrations, depth);
      const clients = [...plan.registrations.values()];
      return {
        ...plan,
        changes: [...plan.parts.values(), ...clients].flatMap(({ changes }) => changes),
        unchanged: clients.filter(({ unchanged }) => unchanged).length,
      };
    },
  };
}
