import { clientTargets, organizationTargets, subjectOf } from "../../../stacks/auth0/names.ts";
import type { Auth0ProgramInput } from "../../../stacks/auth0/stack.ts";
import type { Registration } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { compareText } from "../../errors/issue.ts";
import { organizationOf } from "../../idp/auth0/organization-keeper.ts";
import { readMetadata } from "../../idp/auth0/organization-metadata.ts";
import type { PresentTenant } from "../../idp/auth0/present.ts";
import type { RegistrationObservation } from "../../idp/identity-provider.ts";
import { diffPart, diffRegistration } from "../../plan/diff.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import { directEngine } from "../direct.ts";
import { isReplacement } from "./changes.ts";
import type { TenantContext } from "./context.ts";
import type { StackState } from "./deployment.ts";
import { isOfClient, type Standing, standingOf } from "./standing.ts";
import type { LimitedProgram, TenantStack } from "./tenant-stack.ts";

/**
 * Brings one registration to what is wanted: by Pulumi, then by the adapter what Pulumi has no resource for. Idempotent.
 *
 * @returns what is there then; undefined when it is wanted absent and gone
 * @throws TenantryError ENGINE_…, those of a problem that an observation tells of, and those of the adapter
 */
export async function applyTenant(
  context: TenantContext,
  stackOf: () => Promise<TenantStack>,
  registration: Registration,
): Promise<ObservedRegistration | undefined> {
  const observation = await observed(context, registration);
  // The provider takes connections away from an organization before it adds others: nobody must stand between the two.
  const wide = widened(registration, observation);
  if (wide === undefined) return settle(context, stackOf, registration, observation);
  await settle(context, stackOf, wide, await observed(context, wide));
  return settle(context, stackOf, registration, await observed(context, registration));
}

/** @throws TenantryError what stands in its way at Auth0 */
async function observed({ adapter }: TenantContext, registration: Registration): Promise<RegistrationObservation> {
  const observation = await adapter.observe([registration], "single");
  const [problem] = observation.problems;
  if (problem !== undefined) throw new TenantryError(problem.code, problem.message);
  return observation;
}

/** Brings one registration to what is wanted, in one go. */
async function settle(
  context: TenantContext,
  stackOf: () => Promise<TenantStack>,
  registration: Registration,
  observation: RegistrationObservation,
): Promise<ObservedRegistration | undefined> {
  const found = observation.found.get(registration.key);
  const part = organizationOf(registration);
  const isSomething = found !== undefined || observation.parts.has(part.address);
  // What was never made needs no stack, to be off or gone.
  if (registration.state !== "active" && !isSomething) return undefined;

  const stack = await stackOf();
  const look = await lookAt(context, stack, registration, observation);
  if (look === undefined) return directEngine(context.adapter).apply(registration);
  const result =
    registration.state === "absent"
      ? await remove(context, stack, registration, observation, look)
      : await bring(context, stack, registration, found !== undefined, look);
  // Not before: it is by them that a client is known whose making was cut short.
  if (look.state.pending.length > 0) await stack.clearPending();
  return result;
}

/** The registration with the organization's old connections besides its new ones; undefined when none comes or none goes. */
function widened(registration: Registration, { parts }: RegistrationObservation): Registration | undefined {
  const part = organizationOf(registration);
  const fields = parts.get(part.address)?.fields;
  if (part.state !== "active" || fields?.active !== true) return undefined;
  const there = textsOf(fields.enabledConnections);
  const coming = part.enabledConnections.filter((name) => !there.includes(name));
  const going = there.filter((name) => !part.enabledConnections.includes(name));
  if (coming.length === 0 || going.length === 0) return undefined;
  const wide = { ...part, enabledConnections: [...part.enabledConnections, ...going].sort(compareText) };
  return { ...registration, parts: registration.parts.map((each) => (each.kind === "organization" ? wide : each)) };
}

/** What the state holds, and how it stood to what is there. */
interface Look {
  /** What it holds once it fits, with what was pending before. */
  readonly state: StackState;
  readonly present: PresentTenant;
  readonly standing: Standing;
}

/** Sees to it that there is a state that fits what is there. Undefined when none of ours holds what is to be closed. */
async function lookAt(
  { adapter, tools, present: tell }: TenantContext,
  stack: TenantStack,
  registration: Registration,
  observation: RegistrationObservation,
): Promise<Look | undefined> {
  const [before, present] = await Promise.all([stack.state(), tell([registration], observation.found)]);
  const standing = standingOf({
    registrations: [registration],
    ...{ observation, present, state: before, adopt: tools.adopt, idp: adapter.name },
  });
  const [problem] = standing.problems;
  if (problem !== undefined) throw new TenantryError(problem.code, problem.message);
  if (standing.unmanaged.has(registration.key)) return undefined;
  if (before === undefined) await stack.create();
  if (standing.displaced.size > 0) await stack.dropGone(clientTargets(registration.key));
  // Any other client that is gone is seen by Pulumi itself; an organization that is gone makes it stop.
  const lost = standing.gone.filter((urn) => !isClient(urn));
  if (lost.length > 0) await stack.forget(lost);
  const changed = standing.displaced.size > 0 || lost.length > 0;
  const after = changed ? await stack.state() : before;
  return { state: { resources: after?.resources ?? [], pending: before?.pending ?? [] }, present, standing };
}

function isClient(urn: string): boolean {
  return /::auth0:index\/(client|connectionClient):/.test(urn);
}

async function bring(
  context: TenantContext,
  stack: TenantStack,
  registration: Registration,
  isThere: boolean,
  { present, standing }: Look,
): Promise<ObservedRegistration | undefined> {
  const { adapter, pluginVersion } = context;
  const { key } = registration;
  // Of one that is off and was never made only what it shares is carried. That goes with the last client only.
  const whole = registration.state === "active" || isThere;
  const carried = withOrganizationKept(whole ? registration : { ...registration, state: "absent" });
  await carry(stack, {
    program: await programOf({ registrations: [carried], present, imports: standing.imports, pluginVersion }),
    targets: [...(whole ? clientTargets(key) : []), ...organizationTargets(tenantOfKey(key))],
  });
  const after = await observed(context, registration);
  const found = after.found.get(registration.key);
  // How a client proves itself, and connections that others have enabled for it.
  const left = diffRegistration(registration, found).changes.length > 0 || registration.keepKeys !== undefined;
  const result = found !== undefined && left ? await adapter.update(registration, found) : found;
  for (const part of carried.parts) {
    if (diffPart(part, after.parts.get(part.address)).changes.length > 0) await adapter.settlePart(part);
  }
  return result;
}

async function remove(
  { adapter, pluginVersion }: TenantContext,
  stack: TenantStack,
  registration: Registration,
  observation: RegistrationObservation,
  { state, present }: Look,
): Promise<undefined> {
  const tenant = tenantOfKey(registration.key);
  const found = observation.found.get(registration.key);
  const part = organizationOf(registration);
  const there = present.organization;
  const named = there === undefined ? [] : (readMetadata(there.metadata, registration.marker, tenant)?.clientIds ?? []);
  const others =
    state.resources.some((each) => subjectOf(each)?.kind === "client" && !isOfClient(each, registration.key)) ||
    named.some((id) => id !== found?.id);
  const whole = part.state === "absent" && !others;
  const going = state.resources.filter(
    (each) =>
      isOfClient(each, registration.key) || (whole && subjectOf(each)?.kind.startsWith("organization") === true),
  );
  await stack.unprotect(going.filter((each) => each.protect).map(({ urn }) => urn));
  if (going.length > 0) {
    // Other clients of the tenant need the organization.
    const kept = whole ? registration : withOrganizationKept(registration);
    await carry(stack, {
      program: await programOf({
        registrations: [kept],
        present,
        leaving: found === undefined ? [] : [found.id],
        pluginVersion,
      }),
      targets: [...clientTargets(registration.key), ...organizationTargets(tenant)],
    });
  }
  // Gone by now, and no longer named by its organization.
  if (found !== undefined) await adapter.remove(found);
  for (const each of registration.parts) if (each.state !== "active") await adapter.settlePart(each);
  if (!whole && part.state === "absent") await forgetOrganization(adapter, stack, registration);
  return undefined;
}

/** When the adapter has found that nothing of the tenant is left, the state lets its organization go too. */
async function forgetOrganization(
  adapter: TenantContext["adapter"],
  stack: TenantStack,
  registration: Registration,
): Promise<void> {
  const { parts } = await adapter.observe([registration], "single");
  if (parts.has(organizationOf(registration).address)) return;
  const state = await stack.state();
  const held = (kind: string) =>
    (state?.resources ?? []).filter((each) => subjectOf(each)?.kind === kind).map(({ urn }) => urn);
  await stack.forget([...held("organizationConnections"), ...held("organization")]);
}

/** Pulumi's own packages take a second to load: only for who uses them. */
async function programOf(input: Auth0ProgramInput): Promise<LimitedProgram["program"]> {
  const { auth0Program } = await import("../../../stacks/auth0/stack.ts");
  return auth0Program(input);
}

/** @throws TenantryError ENGINE_REPLACE, which protection has kept from happening */
async function carry(stack: TenantStack, limited: LimitedProgram): Promise<void> {
  const steps = await stack.up(limited);
  const replaced = steps.find((step) => isReplacement(step) && subjectOf(step)?.kind === "client");
  if (replaced !== undefined) throw new TenantryError("ENGINE_REPLACE", `Pulumi has replaced ${replaced.urn}`);
}

/** The registration with an organization that is switched off, and not gone. */
function withOrganizationKept(registration: Registration): Registration {
  const parts = registration.parts.map((part) =>
    part.kind === "organization" && part.state === "absent" ? { ...part, state: "inactive" as const } : part,
  );
  return { ...registration, parts };
}
