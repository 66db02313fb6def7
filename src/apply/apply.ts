import type { Address, Connection, ConnectionKey, Digest } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import { attestedChecks } from "../verify/verify.ts";
import { addressesOf, laneOf, partsOf } from "./addresses.ts";
import { applyConnection } from "./apply-connection.ts";
import type { Planned } from "./make-plan.ts";
import { domainsOnTheMove, inOrder } from "./order.ts";
import { type Applied, type ConnectionOutcome, isUnfinished } from "./outcome.ts";
import type { ChangesByAddress } from "./recheck.ts";
import { inWaves, turnsOf } from "./waves.ts";
import type { RecordingWorld } from "./world.ts";

/** So many connections are under way at once, unless said otherwise. */
const defaultParallelism = 8;

const stopAsked = "the run was asked to stop";

/** How a plan is carried out. */
export interface ApplyOptions {
  /** At most so many connections at once; a whole number of at least 1. */
  readonly parallelism?: number | undefined;
  /** Checksum of the saved plan that this is: it begins once. */
  readonly savedPlan?: Digest | undefined;
}

/**
 * Carries a plan out, resumable after an interruption at any point. The first connection of each identity provider and
 * app goes alone, through its activation; then the others, some at once. A failed activation stops those behind it; what
 * is switched off waits for nobody. When the store is lost nothing more is begun.
 *
 * @throws TenantryError STORE_… when the run could not be recorded, PLAN_SAVED_APPLIED when the saved plan was begun
 *   before; nothing was done then
 */
export async function applyPlan(
  world: RecordingWorld,
  planned: Planned,
  { parallelism = defaultParallelism, savedPlan }: ApplyOptions = {},
): Promise<Applied> {
  const judged: ChangesByAddress = Map.groupBy(planned.plan.changes, (change) => change.address);
  const due = planned.connections
    .filter(({ key }) => (planned.held.get(key)?.by ?? "provider") === "provider")
    .filter((connection) => addressesOf(connection, planned).some((address) => judged.has(address)));
  const work = inOrder(due, planned.plan.changes);
  const leftOut = outcomesOfHeld(planned, work);
  if (work.length === 0) return { outcomes: leftOut };
  const notAttempted = ({ key }: Connection, because: string): ConnectionOutcome => ({
    key,
    outcome: "not-attempted",
    because,
  });
  // Nothing is begun then, so that a saved plan can still be applied.
  if (world.stopping()) return { outcomes: [...work.map((each) => notAttempted(each, stopAsked)), ...leftOut] };
  const actor = world.holder.name;
  const run = await world.store.beginRun({ planDigest: planned.plan.digest, actor, savedPlan });
  await world.store.audit({ actor, event: "apply.started", detail: { run, plan: planned.plan.digest } });

  let lost: TenantryError | undefined;
  /** Writes history; what cannot be written ends the run without hiding what became of it. */
  const record = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (!isStoreLost(error)) throw error;
      lost ??= error;
    }
  };
  const moving = domainsOnTheMove(planned.plan.changes);
  const turns = turnsOf(work, laneOf, (connection) => [
    ...addressesOf(connection, planned),
    ...(moving.get(connection.tenant) ?? []).map((domain) => `domain ${domain}`),
  ]);
  // How many of the connections that share a part are not done yet.
  const waiting = new Map<Address, number>();
  for (const address of work.flatMap(partsOf)) waiting.set(address, (waiting.get(address) ?? 0) + 1);

  const carryOut = async (connection: Connection): Promise<ConnectionOutcome> => {
    const own = partsOf(connection);
    const unproven = new Set(own.filter((address) => (waiting.get(address) ?? 0) > 1));
    const outcome = await applyConnection(world, run, connection, planned, judged, unproven);
    if (!isUnfinished(outcome)) for (const address of own) waiting.set(address, (waiting.get(address) ?? 0) - 1);
    if (outcome.outcome === "failed" && isStoreLost(outcome.error)) lost ??= outcome.error;
    await record(() =>
      world.store.audit({
        actor,
        event: `apply.${outcome.outcome}`,
        key: connection.key,
        address: connection.record.address,
        detail: { run, ...detailOf(outcome) },
      }),
    );
    return outcome;
  };
  const done = await inWaves<ConnectionOutcome>(turns, {
    parallelism,
    halted: () =>
      world.stopping()
        ? stopAsked
        : lost && `the store could not be used any more (${lost.code}), and without it nothing is applied`,
    carryOut: ({ connection }) => carryOut(connection),
    notAttempted: ({ connection }, because) => notAttempted(connection, because),
    meaning: (outcome) => {
      if (outcome.outcome !== "failed") return outcome.outcome === "active" ? "opens" : "nothing";
      return isOwnAffair(outcome.error, planned, outcome.key) ? "nothing" : "stops";
    },
  });
  const outcomes = [...done, ...leftOut];
  const result = outcomes.some(isUnfinished) ? "failed" : "done";
  await record(() => world.store.finishRun(run, result));
  await record(() => world.store.audit({ actor, event: "apply.finished", detail: { run, outcome: result } }));
  return { outcomes, ...(lost === undefined ? {} : { unrecorded: lost }) };
}

/** The held connections that there is nothing to do for: each fails with what holds it. */
export function outcomesOfHeld({ held }: Planned, work: readonly Connection[] = []): readonly ConnectionOutcome[] {
  const tried = new Set(work.map(({ key }) => key));
  return [...held]
    .filter(([key]) => !tried.has(key))
    .map(([key, { error, by }]) =>
      by === "server"
        ? { key, outcome: "waiting" as const, steps: [{ when: "before" as const, text: afterServer }] }
        : { key, outcome: "failed" as const, error },
    );
}

/** For who applies a saved plan, which knows nothing of what comes after the server. */
const afterServer = "plan again: its authorization server is there now, and with it the issuer";

/** What the audit log says of an outcome besides its name. */
function detailOf(outcome: ConnectionOutcome): Readonly<Record<string, Json>> {
  if (outcome.outcome === "failed") return { code: outcome.error.code };
  const attested = outcome.outcome === "active" ? attestedChecks(outcome.evidence.checks) : [];
  return attested.length === 0 ? {} : { attested };
}

/** Whether what failed says nothing of others: somebody is at work on that object, or has changed it. */
function isOwnAffair({ code }: TenantryError, { held }: Planned, key: ConnectionKey): boolean {
  return held.has(key) || ownAffairs.has(code);
}

const ownAffairs: ReadonlySet<string> = new Set([
  "STORE_LOCKED",
  "STORE_LOCK_LOST",
  "PLAN_STALE",
  "PLAN_RECORD_FOREIGN",
]);

/** Whether the store itself is what failed; a lock of another run is no loss of it. */
function isStoreLost(error: unknown): error is TenantryError {
  return error instanceof TenantryError && error.code.startsWith("STORE_") && !ownAffairs.has(error.code);
}
