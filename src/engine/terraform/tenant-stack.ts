// One tenant's registrations at one org through Terraform or OpenTofu: what a run would do, and doing it.
//
// Terms. A *look* is what was found out about some registrations of the tenant: what the tool would do for each, which
// stand in the way, and the plan that would do it. The *program* is the text of `cdk.tf.json`, made for those
// registrations only; targets keep the run to them, so that the tenant's other connections are left alone.
//
// Premise. A look changes nothing, the state included. A plan file serves once, for the very program that it was made
// of; it stays in the tenant's working folder and is deleted when it was used or is of no use any more. Another run may
// work in the same folder: a plan file is known by its fingerprint, and one that is not ours is never carried out.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { addressesOf, groupAddress } from "../../../stacks/okta/addresses.ts";
import type { OktaStackInput } from "../../../stacks/okta/okta-stack.ts";
import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { diffPart, diffRegistration } from "../../plan/diff.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { TerraformBackend } from "../../workspace/workspace.ts";
import type { TenantPlan } from "../tenant-plan.ts";
import { clientDifference, partDifference, takenOver } from "./changes.ts";
import {
  type Draft,
  draftOf,
  inputOf,
  isEmpty,
  programmable,
  staged,
  type There,
  targetsOf,
  withoutPolicies,
} from "./draft.ts";
import { otherRun, type TerraformFolder } from "./folder.ts";
import { keptOf } from "./kept.ts";
import type { PlanJson } from "./plan-json.ts";
import { changeAt, changesOf, hasWork } from "./plan-reading.ts";
import { stagesOf } from "./stages.ts";
import {
  type Import,
  importsOf,
  inTheWay,
  isOther,
  type Standing,
  type StateAddresses,
  standingOf,
  standingProblem,
} from "./standing.ts";

/** What a tenant's stack is run with. */
export interface TenantStackOptions {
  /** How sentences name its state, such as `Terraform's state of whiterabbit at workforce`. */
  readonly where: string;
  readonly provider: OktaStackInput["provider"];
  readonly backend: TerraformBackend;
  readonly synthesize: (input: OktaStackInput) => string;
  /** The working folder, for runs of this program. */
  readonly folder: (program: string) => TerraformFolder;
  readonly access: "read" | "manage";
  /** Whether what does not fit the state is taken over. */
  readonly adopt: boolean;
  /** Told of each plan that was made. */
  readonly planned: (program: string, plan: PlanJson) => void;
}

/** A plan of the tool's, in its file too, and what it was made of. */
interface Ready {
  readonly program: string;
  readonly targets: readonly string[];
  readonly plan: PlanJson;
  /** Of the plan file as it was made. */
  readonly fingerprint: string | undefined;
}

/** How registrations stand, and the program for those that the tool can be asked about. */
interface Sorted {
  readonly standings: ReadonlyMap<ConnectionKey, Standing>;
  readonly draft: Draft;
  readonly state: StateAddresses;
}

/** The name of the plan file. */
const planFile = "tenant.tfplan";

export class TenantStack {
  readonly #options: TenantStackOptions;
  #ready: Ready | undefined;

  constructor(options: TenantStackOptions) {
    this.#options = options;
  }

  /**
   * What would be done for registrations of the tenant, none of which has a problem at Okta.
   *
   * @throws TenantryError ENGINE_…
   */
  async look(registrations: readonly Registration[], there: There): Promise<TenantPlan> {
    try {
      return await this.#look(registrations, there);
    } finally {
      await this.#folder(there).shut();
    }
  }

  async #look(registrations: readonly Registration[], there: There): Promise<TenantPlan> {
    const subjects = registrations.filter(({ key, state }) => there.found.has(key) || state === "active");
    if (subjects.length === 0) return directLook(registrations, there);
    const sorted = await this.#sort(subjects, there);
    const { problems, others } = inTheWay(subjects, there.found, sorted.standings, this.#options);
    const held = new Set(problems.map(({ key }) => key));
    const open = directLook(
      registrations.filter(({ key }) => !held.has(key)),
      there,
    );
    const result = { registrations: new Map(open.registrations), parts: new Map(open.parts), problems };
    for (const wanted of others) result.registrations.set(wanted.key, takenOver(wanted, there.found.get(wanted.key)));
    if (isEmpty(sorted.draft)) return result;
    const ready = await this.#planOrStrangers(sorted, there);
    if (Array.isArray(ready)) return this.#without(ready, registrations, there);
    const asked = new Set([...sorted.draft.registrations, ...sorted.draft.gone].map(({ key }) => key));
    for (const wanted of subjects.filter(({ key }) => asked.has(key))) {
      const found = there.found.get(wanted.key);
      const difference = clientDifference(wanted, found, changesOf(ready.plan, wanted.key));
      result.registrations.set(wanted.key, difference);
      for (const part of wanted.parts) {
        const change = part.kind === "group" ? changeAt(ready.plan, groupAddress(part.name)) : undefined;
        result.parts.set(part.address, partDifference(part, there.parts.get(part.address), change));
      }
    }
    return result;
  }

  /**
   * Brings one registration to what is wanted as far as the tool can.
   *
   * @returns whether the tool had anything to do; what is wanted off and not in its state is none of its business
   * @throws TenantryError ENGINE_NOT_IN_STATE, ENGINE_STATE_GONE, ENGINE_REPLACE, ENGINE_PLAN_STALE and the tool's others
   */
  async apply(wanted: Registration, there: There): Promise<boolean> {
    try {
      return await this.#apply(wanted, there);
    } finally {
      await this.close();
      await this.#folder(there).shut();
    }
  }

  async #apply(wanted: Registration, there: There): Promise<boolean> {
    const found = there.found.get(wanted.key);
    let sorted = await this.#sort([wanted], there);
    const standing = sorted.standings.get(wanted.key) ?? "new";
    if (standing === "lost" && (this.#options.adopt || wanted.state !== "active")) {
      sorted = await this.#forget(wanted, sorted.state, there);
      if (wanted.state !== "active") return false;
    } else {
      const [problem] = inTheWay([wanted], there.found, sorted.standings, this.#options).problems;
      if (problem !== undefined) throw new TenantryError(problem.code, problem.message);
    }
    if (isEmpty(sorted.draft)) return false;
    let ready = await this.#planOrStrangers(sorted, there, this.#ready);
    if (Array.isArray(ready)) {
      if (!this.#options.adopt && wanted.state !== "absent") throw this.#other(wanted, found);
      sorted = await this.#forget(wanted, sorted.state, there);
      if (isEmpty(sorted.draft)) return false;
      ready = await this.#planOrStrangers(sorted, there);
      if (Array.isArray(ready)) throw this.#other(wanted, found);
    }
    const stages = stagesOf(wanted, changesOf(ready.plan, wanted.key));
    for (const stage of stages.slice(0, -1)) {
      const interim = await this.#plan({ ...sorted, draft: staged(sorted.draft, stage) }, there);
      await this.#carryOut(interim);
    }
    if (stages.length > 1) ready = await this.#plan(await this.#sort([wanted], there), there);
    if (!hasWork(ready.plan)) return stages.length > 1;
    await this.#carryOut(ready);
    return true;
  }

  /** Deletes a plan file that nothing will use any more. */
  async close(): Promise<void> {
    const ready = this.#ready;
    this.#ready = undefined;
    if (ready !== undefined) await rm(join(this.#options.folder(ready.program).path, planFile), { force: true });
  }

  /** How the registrations stand, by what the state holds. */
  async #sort(subjects: readonly Registration[], there: There): Promise<Sorted> {
    const any = draftOf(
      subjects.filter(({ state }) => state !== "absent"),
      [],
      [],
    );
    const folder = await this.#prepared(this.#program(any, there, new Set()));
    const state: StateAddresses = new Set(await folder.list());
    return this.#sorted(subjects, there, state);
  }

  #sorted(subjects: readonly Registration[], there: There, state: StateAddresses): Sorted {
    const standings = new Map(
      subjects.map((wanted) => [wanted.key, standingOf(wanted, there.found.get(wanted.key), state)]),
    );
    const imports: Import[] = [];
    const present: Registration[] = [];
    const gone: Registration[] = [];
    for (const wanted of subjects) {
      const standing = standings.get(wanted.key);
      const found = there.found.get(wanted.key);
      if (wanted.state === "absent") {
        if (standing === "managed") gone.push(wanted);
      } else if (standing === "new") {
        if (wanted.state === "active") present.push(wanted);
      } else if (found !== undefined && (standing === "managed" || (standing === "unmanaged" && this.#options.adopt))) {
        const inProgram = programmable(wanted, found);
        imports.push(...importsOf(inProgram, found, standing, state));
        present.push(inProgram);
      }
    }
    return { standings, draft: draftOf(present, gone, imports), state };
  }

  /** The look without those whose client in the state is another, or none any more. */
  async #without(
    strangers: readonly Registration[],
    registrations: readonly Registration[],
    there: There,
  ): Promise<TenantPlan> {
    const keys = new Set(strangers.map(({ key }) => key));
    const rest = await this.#look(
      registrations.filter(({ key }) => !keys.has(key)),
      there,
    );
    const standings = new Map(strangers.map(({ key }) => [key, "other" as const]));
    const { problems, others } = inTheWay(strangers, there.found, standings, this.#options);
    const taken = others.map((wanted) => [wanted.key, takenOver(wanted, there.found.get(wanted.key))] as const);
    return {
      registrations: new Map([...rest.registrations, ...taken]),
      parts: new Map(rest.parts),
      problems: [...rest.problems, ...problems],
    };
  }

  /** The plan; or those of which the state holds another app than the one that is there, and there can be none. */
  async #planOrStrangers(sorted: Sorted, there: There, known?: Ready): Promise<Ready | Registration[]> {
    const all = [...sorted.draft.registrations, ...sorted.draft.gone];
    let ready: Ready;
    try {
      ready = await this.#plan(sorted, there, known);
    } catch (error) {
      // Some versions of the provider fail on an app that is gone.
      if (!(error instanceof TenantryError) || error.code !== "ENGINE_STATE_GONE") throw error;
      const outputs = await this.#folder(there).outputs();
      const strangers = all.filter(({ key }) => {
        const id = outputs[addressesOf(key).outputs.id];
        return typeof id === "string" && id !== there.found.get(key)?.id;
      });
      if (strangers.length === 0) throw error;
      return strangers;
    }
    const { plan } = ready;
    const strangers = all.filter(({ key }) => isOther(changesOf(plan, key).app, there.found.get(key)));
    return strangers.length > 0 ? strangers : ready;
  }

  /** The working folder for what needs no program of its own. */
  #folder(there: There): TerraformFolder {
    return this.#options.folder(this.#program(draftOf([], [], []), there, new Set()));
  }

  #other(wanted: Registration, found: ObservedRegistration | undefined): TenantryError {
    const { code, message } = standingProblem(wanted, found, "other", this.#options.where);
    return new TenantryError(code, message);
  }

  /** Takes a client that is gone out of the state, and looks at it anew. */
  async #forget(wanted: Registration, state: StateAddresses, there: There): Promise<Sorted> {
    const { app, assignments } = addressesOf(wanted.key);
    const known = [assignments, app].filter((address) => state.has(address));
    await this.#folder(there).forget(known);
    this.#ready = undefined;
    return this.#sorted([wanted], there, new Set([...state].filter((address) => !known.includes(address))));
  }

  /** The plan for what was sorted; once more without what is of no use to a client that is wanted off. */
  async #plan(sorted: Sorted, there: There, known?: Ready): Promise<Ready> {
    try {
      return await this.#planWhole(sorted, there, known);
    } catch (error) {
      const draft = withoutPolicies(sorted.draft);
      const refused = error instanceof TenantryError && /^ENGINE_(FAILED|STATE_GONE)$/.test(error.code);
      if (!refused || draft === undefined) throw error;
      return this.#planWhole({ ...sorted, draft }, there);
    }
  }

  /**
   * The plan; a second time with what the first one shows that must stay.
   *
   * @param known a plan that will do when it is of the same program
   */
  async #planWhole({ draft, state }: Sorted, there: There, known?: Ready): Promise<Ready> {
    const first = await this.#planned(draft, there, state, known);
    const kept = new Map(
      draft.registrations.flatMap((wanted) => {
        const app = changesOf(first.plan, wanted.key).app;
        const stays = keptOf(wanted, there.found.get(wanted.key), app?.before);
        return stays === undefined || app?.actions.includes("no-op") === true ? [] : [[wanted.key, stays] as const];
      }),
    );
    return kept.size === 0 ? first : this.#planned({ ...draft, kept }, there, state);
  }

  async #planned(draft: Draft, there: There, state: StateAddresses, known?: Ready): Promise<Ready> {
    const program = this.#program(draft, there, state);
    const targets = targetsOf(draft, there, state);
    const same = known?.program === program && known.targets.join() === targets.join();
    if (same && (await this.#options.folder(program).fingerprint(planFile)) === known.fingerprint) return known;
    await this.close();
    const folder = await this.#prepared(program);
    // Reading takes no lock, which a run that may only look may be unable to take.
    const plan = await folder.plan({ targets, out: planFile, lock: this.#options.access === "manage" });
    this.#options.planned(program, plan);
    this.#ready = { program, targets, plan, fingerprint: await folder.fingerprint(planFile) };
    return this.#ready;
  }

  /** Applies a plan, which is of no use after that, whatever comes of it. */
  async #carryOut(ready: Ready): Promise<void> {
    const unwanted = ready.plan.changes.find(
      ({ actions, address, mode }) =>
        mode === "managed" && actions.includes("delete") && (!ready.targets.includes(address) || actions.length > 1),
    );
    if (unwanted !== undefined) {
      const message = `${unwanted.address} in ${this.#options.where} would be deleted or replaced`;
      throw new TenantryError("ENGINE_REPLACE", message);
    }
    this.#ready = undefined;
    const folder = await this.#prepared(ready.program);
    if ((await folder.fingerprint(planFile)) !== ready.fingerprint) throw otherRun(folder.path);
    await folder.applyPlan(planFile);
  }

  async #prepared(program: string): Promise<TerraformFolder> {
    const folder = this.#options.folder(program);
    await folder.write(program);
    await folder.init();
    return folder;
  }

  #program(draft: Draft, there: There, state: StateAddresses): string {
    const { provider, backend, synthesize } = this.#options;
    return synthesize({ provider, backend, ...inputOf(draft, there, state) });
  }
}

/** What `direct` would see and do. */
function directLook(registrations: readonly Registration[], there: There): TenantPlan {
  const parts = registrations.flatMap((wanted) => wanted.parts);
  return {
    registrations: new Map(
      registrations.map((wanted) => [wanted.key, diffRegistration(wanted, there.found.get(wanted.key))]),
    ),
    parts: new Map(parts.map((part) => [part.address, diffPart(part, there.parts.get(part.address))])),
    problems: [],
  };
}
