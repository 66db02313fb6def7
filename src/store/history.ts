import type { Kysely } from "kysely";
import { savedPlanApplied } from "../plan/saved.ts";
import { readAuditEntry, readEvidence, readJournalStep, readKept, readRun } from "./rows.ts";
import type { Store } from "./store.ts";
import type { StoreTables } from "./tables.ts";

/** The parts of a store that only grow, and the id cache. */
type History = Omit<Store, "lock" | "locks" | "fingerprint" | "close">;

export interface HistoryContext {
  readonly database: Kysely<StoreTables>;
  /** The store's name in messages. */
  readonly name: string;
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Runs a query; translates what goes wrong into a `TenantryError`. */
  readonly reach: <T>(work: () => Promise<T>) => Promise<T>;
}

export function createHistory({ database, name, clock, random, reach }: HistoryContext): History {
  const now = (): string => new Date(clock()).toISOString();
  const runOfSavedPlan: Store["runOfSavedPlan"] = async (savedPlan) => {
    const row = await reach(() =>
      database
        .selectFrom("tenantry_run")
        .select(["id", "actor", "started_at", "finished_at", "outcome"])
        .where("saved_plan", "=", savedPlan)
        .executeTakeFirst(),
    );
    return row === undefined ? undefined : readRun(row, name);
  };

  const recentEvidence: Store["recentEvidence"] = async (key, limit) => {
    const rows = await reach(() =>
      database
        .selectFrom("tenantry_evidence")
        .select("body")
        .where("key", "=", key)
        .orderBy("seq", "desc")
        .limit(limit)
        .execute(),
    );
    return rows.map(({ body }) => readEvidence(body, name));
  };

  return {
    runOfSavedPlan,
    recentEvidence,

    async rememberId(address, id) {
      const row = { id, at: now() };
      await reach(() =>
        database
          .insertInto("tenantry_id")
          .values({ address, ...row })
          .onConflict((conflict) => conflict.column("address").doUpdateSet(row))
          .execute(),
      );
    },

    async forgetId(address) {
      await reach(() => database.deleteFrom("tenantry_id").where("address", "=", address).execute());
    },

    async idOf(address) {
      const row = await reach(() =>
        database.selectFrom("tenantry_id").select("id").where("address", "=", address).executeTakeFirst(),
      );
      return row?.id;
    },

    async addEvidence(evidence) {
      const { key, at, verdict } = evidence;
      await reach(() =>
        database
          .insertInto("tenantry_evidence")
          .values({ key, at, verdict, body: JSON.stringify(evidence) })
          .execute(),
      );
    },

    async latestEvidence(key) {
      const [newest] = await recentEvidence(key, 1);
      return newest;
    },

    async audit({ actor, event, address, key, detail }) {
      await reach(() =>
        database
          .insertInto("tenantry_audit")
          .values({
            at: now(),
            actor,
            event,
            address: address ?? null,
            key: key ?? null,
            detail: JSON.stringify(detail),
          })
          .execute(),
      );
    },

    async auditLog(limit) {
      const rows = await reach(() =>
        database
          .selectFrom("tenantry_audit")
          .select(["at", "actor", "event", "address", "key", "detail"])
          .orderBy("seq", "desc")
          .limit(limit)
          .execute(),
      );
      return rows.map((row) => readAuditEntry(row, name));
    },

    async beginRun({ planDigest, actor, savedPlan }) {
      const startedAt = now();
      // Sorts by time and says when it was; the rest keeps two of one second apart.
      const id = `${startedAt.slice(0, 19).replace(/[-:]/g, "")}Z-${Buffer.from(random(5)).toString("hex")}`;
      const run = { id, plan_digest: planDigest, saved_plan: savedPlan ?? null, actor, started_at: startedAt };
      const begun = await reach(() =>
        database
          .insertInto("tenantry_run")
          .values({ ...run, finished_at: null, outcome: null })
          .onConflict((conflict) => conflict.column("saved_plan").doNothing())
          .executeTakeFirst(),
      );
      if (begun.numInsertedOrUpdatedRows === 1n) return id;
      const earlier = savedPlan === undefined ? undefined : await runOfSavedPlan(savedPlan);
      if (earlier === undefined) throw new Error("a run was neither begun nor is there");
      throw savedPlanApplied(earlier);
    },

    async keepValues(app, key, values) {
      await reach(() =>
        database
          .insertInto("tenantry_kept")
          .values({ app, key, body: JSON.stringify(values), at: now() })
          .onConflict((conflict) => conflict.columns(["app", "key"]).doNothing())
          .execute(),
      );
    },

    async keptValues(app, key) {
      const row = await reach(() =>
        database
          .selectFrom("tenantry_kept")
          .select("body")
          .where("app", "=", app)
          .where("key", "=", key)
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : readKept(row.body, name);
    },

    async forgetValues(app, key) {
      await reach(() => database.deleteFrom("tenantry_kept").where("app", "=", app).where("key", "=", key).execute());
    },

    async recordStep({ run, key, step, state, detail }) {
      await reach(() =>
        database
          .insertInto("tenantry_journal")
          .values({ run, key, step, state, detail: JSON.stringify(detail), at: now() })
          .execute(),
      );
    },

    async finishRun(run, outcome) {
      await reach(() =>
        database
          .updateTable("tenantry_run")
          .set({ finished_at: now(), outcome })
          .where("id", "=", run)
          .where("finished_at", "is", null)
          .execute(),
      );
    },

    async lastSteps(key) {
      const rows = await reach(() =>
        database
          .selectFrom("tenantry_journal as step")
          .innerJoin("tenantry_run as run", "run.id", "step.run")
          .select(["step.run", "step.key", "step.step", "step.state", "step.detail", "step.at", "run.finished_at"])
          .where("step.key", "=", key)
          .where("run.seq", "=", (query) =>
            query
              .selectFrom("tenantry_journal as touched")
              .innerJoin("tenantry_run as newest", "newest.id", "touched.run")
              .select((select) => select.fn.max("newest.seq").as("seq"))
              .where("touched.key", "=", key),
          )
          .orderBy("step.seq")
          .execute(),
      );
      return {
        finished: rows.every((row) => row.finished_at !== null),
        steps: rows.map(({ finished_at: _, ...row }) => readJournalStep(row, name)),
      };
    },
  };
}
