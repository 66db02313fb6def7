import { rmSync } from "node:fs";
import { join } from "node:path";
import type { AppName } from "../crash/serving.ts";
import { appFile } from "./app-file.ts";
import type { Command, Sequence } from "./commands.ts";
import { converge } from "./convergence.ts";
import { callbacks, type Edit, edited, type Folder, type TenantFile } from "./fleet.ts";
import { beside, clientOf, type Deed, isApp, toClient, toRecord } from "./hands.ts";
import { everything, Proofs } from "./looks.ts";
import {
  apply,
  command,
  cutShort,
  killed,
  meddledWith,
  type RunReport,
  twoRunners,
  withFailedWrite,
  withFault,
} from "./runs.ts";
import type { Tally } from "./tally.ts";
import { ModelWorld } from "./world.ts";

/** What one sequence came to. */
export interface Outcome {
  /** What was done, a line for each command. */
  readonly story: readonly string[];
  readonly violations: readonly string[];
}

/** Carries a sequence out in a world of its own. Ends at the first command after which something does not hold. */
export async function carryOut({ tenants, applied, commands }: Sequence, tally: Tally): Promise<Outcome> {
  tally.began();
  const world = await ModelWorld.open(tenants);
  const story: string[] = [`${tenants} tenants${applied ? ", applied" : ""}`];
  try {
    const proofs = new Proofs();
    const model = new Model(world, proofs, tally);
    const steps: readonly Command[] = [...(applied ? [{ do: "apply" } as const] : []), ...commands];
    for (const [index, step] of steps.entries()) {
      const done = await model.carryOut(step);
      tally.did(step.do, done.told !== undefined);
      if (done.told !== undefined) story.push(`${index + (applied ? 0 : 1)}. ${step.do}: ${done.told}`);
      if (done.faults.length > 0) return { story, violations: done.faults };
    }
    story.push("convergence");
    return { story, violations: await converge(world, proofs) };
  } finally {
    await world.close();
  }
}

interface Done {
  /** Undefined when there was nothing to do it to. */
  readonly told: string | undefined;
  readonly faults: readonly string[];
}

const nothing: Done = { told: undefined, faults: [] };

class Model {
  readonly #world: ModelWorld;
  readonly #proofs: Proofs;
  readonly #tally: Tally;
  /** A clean apply was the last that changed anything. */
  #settled = false;

  constructor(world: ModelWorld, proofs: Proofs, tally: Tally) {
    this.#world = world;
    this.#proofs = proofs;
    this.#tally = tally;
  }

  async carryOut(step: Command): Promise<Done> {
    const edits = "edits" in step ? step.edits.flatMap((edit) => this.#edit(edit).told ?? []) : [];
    const done = await this.#carryOut(step);
    return edits.length === 0 ? done : { ...done, told: `${edits.join(", ")}; ${done.told ?? ""}` };
  }

  #edit(edit: Edit): Done {
    const folder = edited(this.#world.folder, edit);
    if (folder === undefined) return nothing;
    const before = this.#world.folder;
    this.#world.folder = folder;
    this.#world.write();
    this.#settled = false;
    return { told: editText(edit, before, folder), faults: [] };
  }

  async #carryOut(step: Command): Promise<Done> {
    const world = this.#world;
    const proofs = this.#proofs;
    switch (step.do) {
      case "edit":
        return this.#edit(step.edit);
      case "hand on client":
        return this.#hand((key) => toClient(world.workspace, step.deed, key), step.who);
      case "hand on record":
        return this.#hand((key, app) => toRecord(world.workspace, step.deed, app, key), step.who);
      case "hand beside":
        return this.#handBeside(step);
      case "mend": {
        const obstacle = world.obstacles[step.who % Math.max(1, world.obstacles.length)];
        if (obstacle === undefined) return nothing;
        world.mend(obstacle);
        this.#settled = false;
        return { told: `${obstacle.what} of ${obstacle.of}`, faults: [] };
      }
      case "lose store": {
        world.loseStore();
        if (!step.rebuild) return { told: "", faults: [] };
        return this.#onlyLooks(
          () => command(world, proofs, "status", "--rebuild"),
          "rebuilt",
          () => true,
        );
      }
      case "take file away":
        return this.#takeFileAway(step.who);
      case "apply":
        return this.#apply();
      case "plan":
        return this.#onlyLooks(
          () => command(world, proofs, "plan", "--exit-code"),
          "",
          (end) => !this.#settled || end === 0,
        );
      case "verify":
        return this.#onlyLooks(
          () => command(world, proofs, "verify"),
          "",
          (end) => !this.#settled || world.handOver.size > 0 || end === 0,
        );
      case "two runners":
        return this.#run(await twoRunners(world, proofs, step), "kills", (ends) =>
          ends.every((end) => end === 0 || end === 4 || end === "SIGKILL"),
        );
      case "cut off":
        return this.#run(await cutShort(world, proofs, step.cut), "cuts");
      case "kill":
        return this.#run(await killed(world, proofs, step.cut), "kills");
      case "fault": {
        const { effect, of, times } = step.fault;
        const report = await withFault(world, proofs, step.fault);
        // Whether a client was made is looked up, so that a lost reply is nobody's concern.
        const mayFail = of !== "creates" || times > 1 || effect === "stale";
        return this.#run(report, "faults", (ends) => mayFail || ends[0] === 0);
      }
      case "write fails":
        return this.#run(await withFailedWrite(world, proofs, step), "failed writes");
      case "meddle":
        return this.#meddle(step);
      default:
        return step satisfies never;
    }
  }

  async #apply(): Promise<Done> {
    const world = this.#world;
    const report = await apply(world, this.#proofs);
    const [end] = report.ends;
    const faults = [...report.faults];
    if (world.obstacles.length === 0 && end !== 0) {
      faults.push(`an apply with nothing in its way ended with ${end}: ${report.text.slice(-1200)}`);
    }
    for (const { what, of } of world.obstacles) {
      if (what !== "marker doubled" || this.#stateOf(of) === "absent") continue;
      if (end === 0 || !/_DUPLICATE|PLAN_/.test(report.text)) {
        faults.push(`${of} has two clients, and the apply ended with ${end}: ${report.text.slice(-600)}`);
      }
    }
    this.#settled = end === 0;
    return { told: `ended with ${end}`, faults };
  }

  /** @param isRight whether it may end so when nothing is in the way */
  #run(
    { ends, faults, struck, text }: RunReport,
    counted: "kills" | "cuts" | "faults" | "failed writes" | "meddled",
    isRight: (ends: RunReport["ends"]) => boolean = () => true,
  ): Done {
    if (struck.length > 0) this.#tally.struck(counted);
    this.#settled = false;
    const wrong = this.#world.obstacles.length === 0 && (ends.includes(2) || !isRight(ends));
    return {
      told: `ended with ${ends.join(" and ")}${struck.length === 0 ? "" : `, struck at ${struck.join("; ")}`}`,
      faults: wrong ? [...faults, `it ended with ${ends.join(" and ")}: ${text.slice(-1500)}`] : faults,
    };
  }

  async #onlyLooks(
    work: () => Promise<RunReport>,
    told: string,
    isRight: (end: number | string | undefined) => boolean,
  ): Promise<Done> {
    const before = everything(this.#world);
    const { ends, faults, text } = await work();
    const changed = everything(this.#world) === before ? [] : ["it changed something"];
    const wrong = isRight(ends[0]) ? [] : [`it ended with ${ends[0]}: ${text.slice(-900)}`];
    return { told: `${told} ended with ${ends[0]}`.trim(), faults: [...faults, ...changed, ...wrong] };
  }

  #hand(deed: (key: string, app: AppName) => Deed | undefined, who: number): Done {
    const world = this.#world;
    const all = world.connections.filter(({ key, tenant }) => {
      return !world.obstacles.some(({ of }) => of === key || of === tenant);
    });
    const connection = all[who % Math.max(1, all.length)];
    const done = connection === undefined ? undefined : deed(connection.key, connection.app as AppName);
    return this.#noted(done);
  }

  #noted(done: Deed | undefined): Done {
    if (done === undefined) return nothing;
    this.#world.note(done);
    this.#world.learnSecrets();
    this.#proofs.accept(this.#world);
    this.#settled = false;
    return { told: done.what, faults: [] };
  }

  #handBeside({ deed, who }: Extract<Command, { readonly do: "hand beside" }>): Done {
    const world = this.#world;
    const { connections } = world;
    const key = connections[who % Math.max(1, connections.length)]?.key;
    const next = ["otter", "heron", "lynx", "marten", "stoat"].find(
      (slug) => !world.folder.tenants.some((tenant) => tenant.slug === slug),
    );
    if (key === undefined || next === undefined) return nothing;
    return this.#noted(beside(world.workspace, deed, { name: world.freshName(), key, next }));
  }

  async #takeFileAway(who: number): Promise<Done> {
    const world = this.#world;
    const there = world.connections.filter(({ key, app }) => {
      const row = appFile(world.workspace, app).get("select state, managed_by from sso_connection where key = ?", key);
      const ours = row !== undefined && row.state !== "tombstone" && row.managed_by === "acme/sandbox";
      return ours || clientOf(world.workspace, key) !== undefined;
    });
    const connection = there[who % Math.max(1, there.length)];
    if (connection === undefined) return nothing;
    const { tenant } = connection;
    rmSync(join(world.workspace.root, `tenants/${tenant}.yaml`));
    const done = await this.#onlyLooks(
      () => command(world, this.#proofs, "apply", "--yes"),
      tenant,
      (end) => end !== 0,
    );
    world.write();
    return done;
  }

  async #meddle({ at, own, who, deed }: Extract<Command, { readonly do: "meddle" }>): Promise<Done> {
    const world = this.#world;
    const { connections } = world;
    let what = "nothing";
    const report = await meddledWith(world, this.#proofs, { at, own }, (due, id) => {
      const all = connections.filter(
        ({ key, tenant }) => !world.obstacles.some(({ of }) => of === key || of === tenant),
      );
      const telling = all.filter(({ key }) => due.includes(key));
      const among = telling.length > 0 ? telling : all;
      const connection =
        id === undefined
          ? among[who % Math.max(1, among.length)]
          : all.find(({ key }) => idOf(clientOf(world.workspace, key)) === id);
      if (connection === undefined) return undefined;
      const { key } = connection;
      const app = connection.app as AppName;
      const object = idOf(clientOf(world.workspace, key));
      const done =
        deed === "claimed"
          ? toRecord(world.workspace, "claimed", app, key)
          : deed === "redirect"
            ? toRecord(world.workspace, "callback", app, key)
            : deed === "suspend record"
              ? toRecord(world.workspace, "disabled", app, key)
              : toClient(world.workspace, deed, key);
      if (done === undefined) return undefined;
      what = done.what;
      world.note(done);
      world.learnSecrets();
      const objects = object === undefined ? [] : [object];
      // Who reads the one does not see that there is another.
      return deed === "marker doubled"
        ? { keys: [key], objects: [], unknowable: objects }
        : { keys: [key], objects, unknowable: [] };
    });
    const done = this.#run(report, "meddled");
    return { ...done, told: `${what}; ${done.told}` };
  }

  #stateOf(key: string): string | undefined {
    return this.#world.connections.find((each) => each.key === key)?.record.state;
  }
}

function idOf(client: ReturnType<typeof clientOf>): string | undefined {
  return client === undefined || isApp(client) ? client?.id : client.clientId;
}

/** What an edit has changed, in the words of the model. */
function editText({ kind }: Edit, before: Folder, after: Folder): string {
  const changed = after.tenants.flatMap((tenant) => {
    const old: Partial<TenantFile> = before.tenants.find(({ slug }) => slug === tenant.slug) ?? {};
    const names = (Object.keys(tenant) as (keyof TenantFile)[]).filter((name) => old[name] !== tenant[name]);
    return names.length === 0 ? [] : [`${tenant.slug} ${names.map((name) => `${name} ${tenant[name]}`).join(" ")}`];
  });
  return `${kind} ${before.callback === after.callback ? changed.join(", ") : callbacks[after.callback]}`;
}
