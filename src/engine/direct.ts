import type { Registration } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { IdentityProviderAdapter } from "../idp/identity-provider.ts";
import { diffPart, diffRegistration } from "../plan/diff.ts";
import type { Engine } from "./engine.ts";

/**
 * Carries registrations out with the vendor's own SDK: needs nothing installed and keeps no state of its own. A
 * registration with a problem (missing group, foreign or doubled object) has no changes and is not counted as unchanged.
 */
export function directEngine(adapter: IdentityProviderAdapter): Engine {
  return {
    idp: adapter.name,

    async plan(registrations, depth) {
      const observation = await adapter.observe(registrations, depth);
      const stopped = new Set(observation.problems.map((problem) => problem.key));
      const going = registrations.filter((registration) => !stopped.has(registration.key));
      const parts = going.flatMap((registration) => registration.parts);
      return {
        observation,
        registrations: new Map(
          going.map((wanted) => [wanted.key, diffRegistration(wanted, observation.found.get(wanted.key))]),
        ),
        parts: new Map(parts.map((part) => [part.address, diffPart(part, observation.parts.get(part.address))])),
      };
    },

    async apply(registration) {
      const { found, parts, problems } = await adapter.observe([registration], "single");
      const [problem] = problems;
      if (problem !== undefined) throw new TenantryError(problem.code, problem.message);
      const due = registration.parts.filter((part) => diffPart(part, parts.get(part.address)).changes.length > 0);
      // What clients stand on comes before them, and goes after them.
      for (const part of due) if (part.state === "active") await adapter.settlePart(part);
      const result = await carryOut(adapter, registration, found.get(registration.key));
      for (const part of due) if (part.state !== "active") await adapter.settlePart(part);
      return result;
    },

    ...(adapter.serverId === undefined ? {} : { serverId: (wanted) => serverId(adapter, wanted) }),
    settlePart: (part) => adapter.settlePart(part),
    secretOf: (found) => adapter.secretOf(found),
    budget: async (work) => adapter.budget(work),
    close: () => adapter.close(),
  };
}

async function serverId(adapter: IdentityProviderAdapter, wanted: Registration): Promise<string | undefined> {
  return adapter.serverId?.(wanted);
}

async function carryOut(
  adapter: IdentityProviderAdapter,
  wanted: Registration,
  found: Parameters<IdentityProviderAdapter["remove"]>[0] | undefined,
) {
  const [change] = diffRegistration(wanted, found).changes;
  switch (change?.action) {
    case undefined:
      // Keys that are kept, or were, are not all among the fields that are compared.
      return found === undefined || wanted.keepKeys === undefined ? found : adapter.update(wanted, found);
    case "create":
      return adapter.create(wanted);
    case "update":
      return found === undefined ? adapter.create(wanted) : adapter.update(wanted, found);
    case "delete":
      if (found !== undefined) await adapter.remove(found);
      return undefined;
    case "replace":
    case "activate":
      throw new Error(`a registration is never changed by ${change.action}`);
    default:
      return change satisfies never;
  }
}
