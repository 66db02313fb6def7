import { join } from "node:path";
import { knowsArgument } from "../../../stacks/okta/provider.ts";
import type { Registration } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Depth, RegistrationObservation } from "../../idp/identity-provider.ts";
import { diffPart, diffRegistration } from "../../plan/diff.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { OktaIdentityProvider } from "../../workspace/workspace.ts";
import type { Engine, ToolEngineOptions } from "../engine.ts";
import { joinedPlan } from "../tenant-plan.ts";
import { Turns } from "../turns.ts";
import { stateBackend } from "./backend.ts";
import { CallsOfRuns } from "./budget.ts";
import { providerEnvironment } from "./credentials.ts";
import { TenantStack } from "./tenant-stack.ts";
import { openTerraform, type TerraformTool } from "./tool.ts";

export interface TerraformEngineOptions extends ToolEngineOptions {
  readonly idp: OktaIdentityProvider;
}

/** Waits before each look for a client that was made a moment ago, milliseconds: Okta's index may be late. */
const looks = [1_000, 2_000, 4_000];

/**
 * Carries registrations at Okta out with Terraform or OpenTofu: a program, a state and a working folder per tenant. What
 * is there, whose it is and its secret are read by the API. The program is looked for when the first tenant needs it.
 */
export function terraformEngine(options: TerraformEngineOptions): Engine {
  const { idp, workspace, adapter, access, tools, sleep } = options;
  const settings = workspace.engines.terraform;
  const turns = new Turns(settings.parallelism);
  const stacks = new Map<string, Promise<TenantStack>>();
  const calls = new CallsOfRuns({
    token: "apiToken" in idp.credentials,
    skipsPolicy: knowsArgument(settings.providerVersion, "skip_authentication_policy"),
  });
  let opened: Promise<Opened> | undefined;

  /** The program that is run, and what makes programs for it: both take their time to load. */
  const open = (): Promise<Opened> => {
    opened ??= Promise.all([openTerraform(options), import("../../../stacks/okta/okta-stack.ts")]).then(
      ([tool, { synthesizeOkta }]) => ({ tool, synthesize: synthesizeOkta }),
    );
    return opened;
  };

  const stackOf = (tenant: string): Promise<TenantStack> => {
    const known = stacks.get(tenant);
    if (known !== undefined) return known;
    const stack = open().then(({ tool, synthesize }) => {
      const subject = `${tenant} at ${idp.name}`;
      const path = join(workspace.root, ".tenantry/engines/terraform", workspace.environment, idp.name, tenant);
      return new TenantStack({
        where: `${tool.title}'s state of ${subject}`,
        provider: { domain: idp.domain, version: settings.providerVersion, share: idp.limits.share },
        backend: stateBackend(workspace, { tenant, idp: idp.name }, tools.ci),
        synthesize,
        folder: (program) => tool.workspace(path, providerEnvironment(idp, program, access, options.resolve), subject),
        access,
        adopt: tools.adopt,
        planned: (program, plan) => calls.planned(program, plan),
      });
    });
    stacks.set(tenant, stack);
    return stack;
  };

  const look = async (tenant: string, registrations: readonly Registration[], there: RegistrationObservation) =>
    turns.take(tenant, async () => (await stackOf(tenant)).look(registrations, there));

  return {
    idp: adapter.name,

    async plan(registrations, depth) {
      const lists = await adapter.observe(registrations, depth);
      const subjects = tenantsOf(unstopped(registrations, lists).filter((wanted) => takesRun(wanted, lists, "deep")));
      // Lists do not show what a state lacks.
      const closeness = tools.adopt ? "deep" : depth;
      const due = unstopped(registrations, lists).filter((wanted) => takesRun(wanted, lists, closeness));
      // Lists hold no assignments; where the tool is run, its plan does.
      const seen = depth === "fleet" && due.length > 0 ? merged(lists, await adapter.observe(due, "single")) : lists;
      const byTenant = tenantsOf(unstopped(due, seen));
      const settled = await Promise.allSettled([...byTenant].map(([tenant, group]) => look(tenant, group, seen)));
      const results = settled.map((result) => {
        if (result.status === "rejected") throw result.reason;
        return result.value;
      });
      const what = `idp/${idp.name} terraform plans`;
      const coverage = subjects.size === 0 ? [] : [{ what, read: byTenant.size, total: subjects.size }];
      return joinedPlan(registrations, seen, results, coverage);
    },

    async apply(registration) {
      const tenant = tenantOfKey(registration.key);
      return turns.take(tenant, async () => {
        const there = await observedAlone(registration);
        const found = there.found.get(registration.key);
        if (registration.state === "inactive" && found === undefined) return undefined;
        const wrote = await (await stackOf(tenant)).apply(registration, there);
        if (wrote && registration.state === "absent") return undefined;
        const after = await afterwards(registration, wrote && found === undefined);
        return settleRest(registration, after, wrote);
      });
    },

    secretOf: (found) => adapter.secretOf(found),
    budget: async (work) => adapter.budget([], calls.foreseen(work)),
    async close() {
      for (const stack of stacks.values()) await (await stack.catch(() => undefined))?.close();
      await adapter.close();
    },
  };

  /** @throws TenantryError what stands in its way at Okta */
  async function observedAlone(registration: Registration): Promise<RegistrationObservation> {
    const there = await adapter.observe([registration], "single");
    const [problem] = there.problems;
    if (problem !== undefined) throw new TenantryError(problem.code, problem.message);
    return there;
  }

  /** What is there once the tool has done its part; a client that it has made is looked for again. */
  async function afterwards(registration: Registration, made: boolean): Promise<RegistrationObservation> {
    let there = await observedAlone(registration);
    if (!made) return there;
    for (const wait of looks) {
      if (there.found.has(registration.key)) break;
      await sleep(wait);
      there = await observedAlone(registration);
    }
    return there;
  }

  /**
   * What the tool does not know of is done by the API: a client that is wanted off and not in its state, the curves of
   * keys that the provider has just written without them, and whatever differs still.
   */
  async function settleRest(
    wanted: Registration,
    { found, parts }: RegistrationObservation,
    wrote: boolean,
  ): Promise<ObservedRegistration | undefined> {
    const there = found.get(wanted.key);
    for (const part of wanted.parts) {
      if (diffPart(part, parts.get(part.address)).changes.length > 0) await adapter.settlePart(part);
    }
    if (there === undefined) {
      if (wanted.state !== "active") return undefined;
      const message = `the client of ${wanted.key} was made, and Okta (${idp.domain}) does not show it yet`;
      throw new TenantryError("OKTA_CREATE_UNCLEAR", message);
    }
    const [change] = diffRegistration(wanted, there).changes;
    if (change?.action === "update" || (wrote && mayLackCurves(wanted))) return adapter.update(wanted, there);
    if (change?.action !== "delete") return there;
    await adapter.remove(there);
    return undefined;
  }
}

interface Opened {
  readonly tool: TerraformTool;
  readonly synthesize: ConstructorParameters<typeof TenantStack>[0]["synthesize"];
}

/** Whether the tool has to be asked about it: of a fleet only about what the lists show to differ. */
function takesRun(wanted: Registration, { found, parts }: RegistrationObservation, depth: Depth): boolean {
  if (!found.has(wanted.key) && wanted.state !== "active") return false;
  if (depth !== "fleet") return true;
  return (
    diffRegistration(wanted, found.get(wanted.key)).changes.length > 0 ||
    wanted.parts.some((part) => diffPart(part, parts.get(part.address)).changes.length > 0)
  );
}

/** Those that nothing at Okta stands in the way of. */
function unstopped(
  registrations: readonly Registration[],
  { problems }: RegistrationObservation,
): readonly Registration[] {
  const stopped = new Set(problems.map(({ key }) => key));
  return registrations.filter(({ key }) => !stopped.has(key));
}

/** Whether the client may have elliptic-curve keys. */
function mayLackCurves({ clientAuth, clientKey, keepKeys, state }: Registration): boolean {
  if (state !== "active" || clientAuth !== "private_key_jwt") return false;
  return clientKey?.kty !== "RSA" || keepKeys === true;
}

function tenantsOf(registrations: readonly Registration[]): ReadonlyMap<string, readonly Registration[]> {
  return Map.groupBy(registrations, ({ key }) => tenantOfKey(key));
}

/** What the lists show, with what a closer look at a few has shown. */
function merged(lists: RegistrationObservation, closer: RegistrationObservation): RegistrationObservation {
  const read = new Map(closer.coverage.map((entry) => [entry.what, entry.read]));
  return {
    ...lists,
    found: new Map([...lists.found, ...closer.found]),
    parts: new Map([...lists.parts, ...closer.parts]),
    problems: [...lists.problems, ...closer.problems],
    coverage: lists.coverage.map((entry) => ({
      ...entry,
      read: Math.min(entry.total, entry.read + (read.get(entry.what) ?? 0)),
    })),
  };
}
