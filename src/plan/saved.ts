import { z } from "zod";
import type { Digest } from "../desired/connection.ts";
import { digestOf } from "../desired/digest.ts";
import { TenantryError } from "../errors/failure.ts";
import { visibleText } from "../errors/visible.ts";
import type { Change } from "./change.ts";
import { type Plan, planDigest } from "./plan.ts";

/** How long a saved plan may be applied: 24 hours, in milliseconds. */
export const savedPlanLife = 24 * 3_600_000;

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
    budget: z.array(z.strictObject({ bucket: z.string(), calls: z.number(), perMinute: z.number().optional() })),
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
  }),
});

/**
 * Reads a saved plan and checks that nobody has edited it.
 *
 * @throws TenantryError PLAN_SAVED_UNREADABLE
 */
export function parseSavedPlan(text: string, file: string): SavedPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} is not JSON`, { cause });
  }
  const result = checked(value, file);
  if (!result.success) {
    const first = result.error.issues[0];
    const at = first === undefined || first.path.length === 0 ? "" : ` at ${visibleText(first.path.join("."))}`;
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} is not a saved plan${at}`);
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
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} was edited: its content does not give its checksum`);
  }
  return parsed;
}

/** The schema goes as deep as the file does; a plan of ours is never so deep that the stack is full. */
function checked(value: unknown, file: string): ReturnType<typeof savedPlan.safeParse> {
  try {
    return savedPlan.safeParse(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} is nested too deeply to be a saved plan`, { cause });
  }
}

/**
 * Whether a saved plan may be applied here and now. The fresh plan is compared apart, by `expectSamePlan`.
 *
 * @throws TenantryError PLAN_SAVED_OTHER, PLAN_SAVED_EXPIRED
 */
export function expectApplicable(
  saved: SavedPlan,
  here: {
    readonly workspace: string;
    readonly environment: string;
    readonly version: string;
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
  if (saved.tenantryVersion !== here.version) {
    throw new TenantryError(
      "PLAN_SAVED_OTHER",
      `the saved plan was made by Tenantry ${saved.tenantryVersion}, this is ${here.version}`,
    );
  }
  // Whatever expiry stands in the file, a plan lives no longer than a day.
  const end = Math.min(Date.parse(saved.expiresAt), Date.parse(saved.createdAt) + savedPlanLife);
  if (end <= here.now) {
    throw new TenantryError("PLAN_SAVED_EXPIRED", `the saved plan ran out at ${new Date(end).toISOString()}`);
  }
}

/**
 * Refuses when what would be done now is not what was reviewed.
 *
 * @throws TenantryError PLAN_STALE, naming the first differences
 */
export function expectSamePlan(saved: Plan, fresh: Plan): void {
  if (saved.digest === fresh.digest) return;
  const before = new Set(saved.changes.map((entry) => `${entry.action} ${entry.address}`));
  const now = new Set(fresh.changes.map((entry) => `${entry.action} ${entry.address}`));
  const gone = [...before].filter((entry) => !now.has(entry)).map((entry) => `no longer: ${entry}`);
  const added = [...now].filter((entry) => !before.has(entry)).map((entry) => `new: ${entry}`);
  const differences = [...gone, ...added].slice(0, 5);
  const what = differences.length === 0 ? "the same objects change, but to other values" : differences.join("; ");
  throw new TenantryError("PLAN_STALE", `the reviewed plan no longer holds: ${what}`);
}
