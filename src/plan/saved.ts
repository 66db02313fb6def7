import { z } from "zod";
import type { Digest } from "../desired/connection.ts";
import { digestOf } from "../desired/digest.ts";
import { canonicalJson } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import { visibleText } from "../errors/visible.ts";
import type { Change } from "./change.ts";
import { type Plan, planDigest } from "./plan.ts";

/** How long a saved plan may be applied: 24 hours, in milliseconds. */
export const savedPlanLife = 24 * 3_600_000;

/** How far the clocks of the machine that plans and the one that applies may be apart: 5 minutes, in milliseconds. */
const clockTolerance = 5 * 60_000;

/** A plan on disk: effects only, with what it is bound to. Secret-free. */
export interface SavedPlan {
  readonly tenantry: "saved-plan";
  readonly tenantryVersion: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Commit of the folder when the plan was made, where there is one. */
  readonly commit: string | null;
  readonly plan: Plan;
  /** SHA-256 over all of the above: an edit shows. It is no signature: keep saved plans where only CI can write. */
  readonly checksum: Digest;
}

/** Wraps a plan for saving. */
export function savePlan(
  plan: Plan,
  about: { readonly now: number; readonly version: string; readonly commit: string | null },
): SavedPlan {
  const saved = {
    tenantry: "saved-plan" as const,
    tenantryVersion: about.version,
    createdAt: new Date(about.now).toISOString(),
    expiresAt: new Date(about.now + savedPlanLife).toISOString(),
    commit: about.commit,
    plan,
  };
  return { ...saved, checksum: digestOf(saved) };
}

const fields = z.record(z.string(), z.json());
const of = { address: z.string(), tenant: z.string(), key: z.string().optional() };
const change = z.discriminatedUnion("action", [
  z.strictObject({ ...of, action: z.literal("create"), after: fields, knownAfter: z.array(z.string()) }),
  z.strictObject({
    ...of,
    action: z.literal("update"),
    before: fields,
    after: fields,
    paths: z.array(z.string()),
    hot: z.array(z.string()),
    knownAfter: z.array(z.string()),
  }),
  z.strictObject({
    ...of,
    action: z.literal("replace"),
    before: fields,
    after: fields,
    because: z.array(z.string()),
    hot: z.array(z.string()),
  }),
  z.strictObject({ ...of, action: z.literal("delete"), before: fields }),
  z.strictObject({ ...of, action: z.literal("activate") }),
]);

const savedPlan = z.strictObject({
  tenantry: z.literal("saved-plan"),
  checksum: z.string(),
  tenantryVersion: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  commit: z.string().nullable(),
  plan: z.strictObject({
    version: z.literal(1),
    digest: z.string(),
    workspace: z.string(),
    environment: z.string(),
    only: z.array(z.string()),
    handOver: z.array(z.string()),
    deep: z.boolean(),
    engines: z.record(z.string(), z.string()),
    changes: z.array(change),
    unchanged: z.number(),
    coverage: z.array(z.strictObject({ what: z.string(), read: z.number(), total: z.number() })),
    budget: z.array(
      z.strictObject({
        bucket: z.string(),
        calls: z.number(),
        perMinute: z.number().optional(),
        minutes: z.number().optional(),
      }),
    ),
    discovery: z.array(
      z.strictObject({
        issuer: z.string(),
        authorizationEndpoint: z.string(),
        tokenEndpoint: z.string(),
        userinfoEndpoint: z.string().optional(),
        jwksUri: z.string(),
        endSessionEndpoint: z.string().optional(),
      }),
    ),
    attested: z
      .array(
        z.strictObject({
          tenant: z.string(),
          check: z.string(),
          by: z.string(),
          expires: z.string(),
          counts: z.boolean(),
        }),
      )
      .optional(),
    manual: z
      .array(
        z.strictObject({
          tenant: z.string(),
          key: z.string(),
          when: z.enum(["before", "after"]),
          text: z.string(),
          command: z.string().optional(),
        }),
      )
      .optional(),
    unproven: z
      .array(
        z.strictObject({
          tenant: z.string(),
          domain: z.string(),
          record: z.strictObject({ name: z.string(), type: z.literal("TXT"), value: z.string() }),
          because: z.string(),
        }),
      )
      .optional(),
  }),
});

/**
 * Reads a saved plan and checks that this version made it and nobody has edited it. The version comes first: another
 * one may give a plan another shape.
 *
 * @param file the file's name in messages
 * @param version of this program
 * @throws TenantryError PLAN_SAVED_UNREADABLE, PLAN_SAVED_VERSION, PLAN_SAVED_EDITED
 */
export function parseSavedPlan(text: string, file: string, version: string): SavedPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} is not JSON`, { cause });
  }
  const kind = anySavedPlan.safeParse(value);
  if (!kind.success) throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} is not a saved plan`);
  const { tenantryVersion } = kind.data;
  if (tenantryVersion !== version) {
    const message = `the saved plan was made by Tenantry ${visibleText(tenantryVersion)}, this is ${version}`;
    throw new TenantryError("PLAN_SAVED_VERSION", message);
  }
  const result = checked(value, file);
  if (!result.success) {
    const first = result.error.issues[0];
    const at = first === undefined || first.path.length === 0 ? "" : ` at ${visibleText(first.path.join("."))}`;
    throw new TenantryError("PLAN_SAVED_EDITED", `${file} was edited${at}: no plan is saved like that`);
  }
  const { checksum, ...content } = result.data;
  const { plan } = content;
  const parsed: SavedPlan = {
    ...content,
    checksum: checksum as Digest,
    // The schema has checked the shape; brands and hot-field names are ours.
    plan: { ...plan, digest: plan.digest as Digest, changes: plan.changes as unknown as readonly Change[] },
  };
  if (planDigest(parsed.plan) !== parsed.plan.digest || digestOf(content) !== checksum) {
    throw new TenantryError("PLAN_SAVED_EDITED", `${file} was edited: its content does not give its checksum`);
  }
  return parsed;
}

/** By what a saved plan of any version is known. */
const anySavedPlan = z.looseObject({ tenantry: z.literal("saved-plan"), tenantryVersion: z.string() });

/** The schema goes as deep as the file does; a plan of ours is never so deep that the stack is full. */
function checked(value: unknown, file: string): ReturnType<typeof savedPlan.safeParse> {
  try {
    return savedPlan.safeParse(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TenantryError("PLAN_SAVED_EDITED", `${file} was edited: it is nested too deeply to be a saved plan`, {
      cause,
    });
  }
}

/**
 * Whether a saved plan may be applied here and now, as far as the plan itself tells. Whether it was applied before is
 * for the store to tell (`savedPlanApplied`); the fresh plan is compared by `expectSamePlan`.
 *
 * @throws TenantryError PLAN_SAVED_OTHER, PLAN_SAVED_CLOCK, PLAN_SAVED_EXPIRED
 */
export function expectApplicable(
  saved: SavedPlan,
  here: {
    readonly workspace: string;
    readonly environment: string;
    readonly now: number;
  },
): void {
  const { plan } = saved;
  if (plan.workspace !== here.workspace || plan.environment !== here.environment) {
    throw new TenantryError(
      "PLAN_SAVED_OTHER",
      `the saved plan is for ${plan.workspace} in ${plan.environment}, this is ${here.workspace} in ${here.environment}`,
    );
  }
  if (Date.parse(saved.createdAt) > here.now + clockTolerance) {
    const now = new Date(here.now).toISOString();
    throw new TenantryError("PLAN_SAVED_CLOCK", `the saved plan was made at ${saved.createdAt}, and here it is ${now}`);
  }
  // Whatever expiry stands in the file, a plan lives no longer than a day.
  const end = Math.min(Date.parse(saved.expiresAt), Date.parse(saved.createdAt) + savedPlanLife);
  if (end <= here.now) {
    throw new TenantryError("PLAN_SAVED_EXPIRED", `the saved plan ran out at ${new Date(end).toISOString()}`);
  }
}

/** PLAN_SAVED_APPLIED, with what became of the run that a saved plan was applied by. Times are ISO 8601. */
export function savedPlanApplied(run: {
  readonly actor: string;
  readonly startedAt: string;
  readonly finishedAt?: string | undefined;
  readonly outcome?: "done" | "failed" | undefined;
}): TenantryError {
  const { actor, startedAt, finishedAt, outcome } = run;
  const left = "plan again: what is left is a new plan";
  const message =
    finishedAt === undefined
      ? `this saved plan was begun at ${startedAt} by ${actor} and did not finish, or is being applied now; ${left}`
      : outcome === "done"
        ? `this saved plan was applied at ${startedAt} by ${actor}: all of it is done`
        : `this saved plan was begun at ${startedAt} by ${actor} and did not finish: something failed at ${finishedAt}; ${left}`;
  return new TenantryError("PLAN_SAVED_APPLIED", message);
}

/**
 * What to tell when the folder is at another commit than the plan was made at. No reason to refuse: a rebase changes
 * the commit and nothing that is done, and what is done is compared.
 */
export function commitNote(saved: SavedPlan, commit: string | null): string | undefined {
  if (saved.commit === commit) return undefined;
  const short = (of: string | null): string => (of === null ? "no commit" : `commit ${of.slice(0, 12)}`);
  return `the plan was made at ${short(saved.commit)}, the folder is at ${short(commit)}; what it does is compared`;
}

/** So many differences are named. */
const namedDifferences = 5;

/**
 * Refuses when what would be done now is not what was reviewed.
 *
 * @throws TenantryError PLAN_STALE, naming the first differences
 */
export function expectSamePlan(saved: Plan, fresh: Plan): void {
  if (saved.digest === fresh.digest) return;
  const all = [...changeDifferences(saved, fresh), ...otherDifferences(saved, fresh)];
  const more = all.length - namedDifferences;
  const what = [...all.slice(0, namedDifferences), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  throw new TenantryError("PLAN_STALE", `the reviewed plan no longer holds: ${what}`);
}

/**
 * Refuses a saved plan that was made with other engines than are used now, before anything is planned with these.
 *
 * @param engineOf the engine of an identity provider now
 * @throws TenantryError PLAN_STALE, naming the identity providers
 */
export function expectSameEngines(saved: Plan, engineOf: (idp: string) => string): void {
  const others = Object.entries(saved.engines).filter(([idp, engine]) => engineOf(idp) !== engine);
  if (others.length === 0) return;
  const what = others.map(([idp, engine]) => `the engine of ${idp} was ${engine} and is ${engineOf(idp)}`).join("; ");
  throw new TenantryError("PLAN_STALE", `the reviewed plan no longer holds: ${what}`, {
    hint: "apply it with the --engine or --adopt-into that it was made with, or plan again",
  });
}

function changeDifferences(saved: Plan, fresh: Plan): readonly string[] {
  const named = (plan: Plan) => new Map(plan.changes.map((change) => [`${change.action} ${change.address}`, change]));
  const [before, now] = [named(saved), named(fresh)];
  const gone = [...before.keys()].filter((name) => !now.has(name)).map((name) => `no longer: ${name}`);
  const added = [...now.keys()].filter((name) => !before.has(name)).map((name) => `new: ${name}`);
  const other = [...now].flatMap(([name, change]) => {
    const reviewed = before.get(name);
    const fields = reviewed === undefined ? [] : differingFieldsOf(reviewed, change);
    return fields.length === 0 ? [] : [`other values: ${name} (${fields.join(", ")})`];
  });
  return [...gone, ...added, ...other];
}

/** Names of the fields whose old or new value is not the one that was reviewed. */
function differingFieldsOf(reviewed: Change, now: Change): readonly string[] {
  const parts = (change: Change) => ({
    before: "before" in change ? change.before : {},
    after: "after" in change ? change.after : {},
  });
  const [old, young] = [parts(reviewed), parts(now)];
  const names = new Set([old.before, old.after, young.before, young.after].flatMap((fields) => Object.keys(fields)));
  const differ = (name: string): boolean =>
    (["before", "after"] as const).some((side) => !sameJson(old[side][name], young[side][name]));
  const fields = [...names].filter(differ).sort();
  if (fields.length > 0) return fields;
  return sameJson(reviewed, now) ? [] : ["what is hot or known after"];
}

function otherDifferences(saved: Plan, fresh: Plan): readonly string[] {
  const differences: string[] = [];
  const documents = new Map(fresh.discovery.map((document) => [document.issuer, document]));
  for (const { issuer, ...before } of saved.discovery) {
    const document: Readonly<Record<string, string | undefined>> = { ...documents.get(issuer) };
    const was: Readonly<Record<string, string | undefined>> = before;
    const names = [...new Set([...Object.keys(was), ...Object.keys(document)])].filter(
      (name) => name !== "issuer" && was[name] !== document[name],
    );
    if (!documents.has(issuer)) differences.push(`no longer read: the discovery document of ${issuer}`);
    else if (names.length > 0) differences.push(`the discovery document of ${issuer} (${names.sort().join(", ")})`);
    documents.delete(issuer);
  }
  for (const issuer of documents.keys()) differences.push(`new: the discovery document of ${issuer}`);
  for (const idp of new Set([...Object.keys(saved.engines), ...Object.keys(fresh.engines)])) {
    const [was, is] = [saved.engines[idp] ?? "none", fresh.engines[idp] ?? "none"];
    if (was !== is) differences.push(`the engine of ${idp} was ${was} and is ${is}`);
  }
  const limits = ({ only, handOver, deep }: Plan) => [[...only].sort(), [...handOver].sort(), deep];
  if (!sameJson(limits(saved), limits(fresh))) differences.push("what it is limited to (--only, --hand-over, --deep)");
  const order = (plan: Plan) => plan.changes.map(({ action, address }) => `${action} ${address}`);
  const sameChanges = sameJson(order(saved).sort(), order(fresh).sort());
  if (sameChanges && !sameJson(order(saved), order(fresh))) differences.push("the order of the changes");
  return differences;
}

function sameJson(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
