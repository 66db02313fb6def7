import { clientTargets, organizationTargets, resourceTypes, subjectOf } from "../../../stacks/auth0/names.ts";
import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { organizationOf } from "../../idp/auth0/organization-keeper.ts";
import type { RegistrationObservation } from "../../idp/identity-provider.ts";
import { diffPart, diffRegistration } from "../../plan/diff.ts";
import type { TenantPlan } from "../tenant-plan.ts";
import { clientDifference, organizationDifference } from "./changes.ts";
import type { TenantContext } from "./context.ts";
import { standingOf } from "./standing.ts";
import type { PlannedStep } from "./steps.ts";
import type { TenantStack } from "./tenant-stack.ts";

/**
 * What Pulumi would do for registrations of one tenant, and what the adapter would do after it. Changes nothing: where
 * the state does not fit what is there, that is told, or seen as if it did.
 *
 * @throws TenantryError ENGINE_…
 */
export async function planTenant(
  context: TenantContext,
  stack: TenantStack,
  registrations: readonly Registration[],
  observation: RegistrationObservation,
): Promise<TenantPlan> {
  const { adapter, tools, pluginVersion } = context;
  const [state, present] = await Promise.all([stack.state(), context.present(registrations, observation.found)]);
  const standing = standingOf({ registrations, observation, present, state, adopt: tools.adopt, idp: adapter.name });
  const stopped = new Set(standing.problems.map(({ key }) => key));
  const going = registrations.filter(({ key }) => !stopped.has(key));
  // Of one in whose place the state holds another Pulumi would say that it replaces it.
  const run = going.filter(
    (registration) =>
      isInProgram(registration, observation) &&
      !standing.displaced.has(registration.key) &&
      !standing.unmanaged.has(registration.key),
  );
  const [first] = run;
  let steps: readonly PlannedStep[] = [];
  if (first !== undefined) {
    const tenant = tenantOfKey(first.key);
    // What enables connections for an organization that is gone cannot be read: Pulumi would stop there.
    const lost = standing.gone.some((urn) => urn.includes(`::${resourceTypes.organization}::`));
    const shared = organizationTargets(tenant).filter((target) => !lost || !target.includes("OrganizationConnections"));
    const { auth0Program } = await import("../../../stacks/auth0/stack.ts");
    const program = auth0Program({ registrations: run, present, imports: standing.imports, pluginVersion });
    const targets = [...run.flatMap(({ key }) => clientTargets(key)), ...shared];
    steps = await stack.preview({ program, targets }, state !== undefined);
  }
  return {
    problems: standing.problems,
    registrations: new Map(
      going.map((wanted) => {
        const found = observation.found.get(wanted.key);
        const adopted = standing.adopted.has(wanted.key);
        const told = { steps: steps.filter((step) => isAbout(step, wanted.key)), adopted };
        return [
          wanted.key,
          run.includes(wanted) || adopted ? clientDifference(wanted, found, told) : diffRegistration(wanted, found),
        ];
      }),
    ),
    parts: new Map(
      going.slice(0, 1).map((wanted) => {
        const part = organizationOf(wanted);
        const found = observation.parts.get(part.address);
        const told = { steps: steps.filter(isShared), adopted: standing.adoptsOrganization };
        return [part.address, run.length > 0 ? organizationDifference(part, found, told) : diffPart(part, found)];
      }),
    ),
  };
}

/** Whether a program has to say what it is: not for one that is wanted gone, or that is off and was never made. */
function isInProgram(registration: Registration, { found }: Pick<RegistrationObservation, "found">): boolean {
  return registration.state === "active" || (registration.state === "inactive" && found.has(registration.key));
}

function isAbout(step: PlannedStep, key: ConnectionKey): boolean {
  const subject = subjectOf(step);
  return (subject?.kind === "client" || subject?.kind === "connectionClient") && subject.key === key;
}

function isShared(step: PlannedStep): boolean {
  const kind = subjectOf(step)?.kind;
  return kind === "organization" || kind === "organizationConnections";
}
