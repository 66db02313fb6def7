import { isOurs } from "../desired/capability.ts";
import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Evidence } from "../store/evidence.ts";
import type { Lock } from "../store/store.ts";
import { addressesOfLeftBehind, type LeftBehind } from "./left-behind.ts";
import type { Planned } from "./make-plan.ts";
import { member } from "./observe.ts";
import { inOrder } from "./order.ts";
import { ProofError } from "./proof-error.ts";
import { type ChangesByAddress, type Rechecked, recheck } from "./recheck.ts";
import { journaledSteps, type Steps } from "./steps.ts";
import { switchOn } from "./switch-on.ts";
import type { Places, RecordingWorld } from "./world.ts";

/** What became of one connection of an apply. */
export type ConnectionOutcome =
  | { readonly key: ConnectionKey; readonly outcome: "active"; readonly evidence: Evidence }
  | { readonly key: ConnectionKey; readonly outcome: "off" | "removed" }
  | {
      readonly key: ConnectionKey;
      readonly outcome: "failed";
      readonly error: TenantryError;
      /** What was proven before it failed, when it came that far. */
      readonly evidence?: Evidence | undefined;
    }
  | { readonly key: ConnectionKey; readonly outcome: "not-attempted"; readonly because: string };

/**
 * Carries a plan out, connection by connection in the order of their keys, resumable after an interruption at any
 * point. A failure of one connection stops the others of the same identity provider and app: what failed for one would
 * likely fail for all.
 *
 * @throws TenantryError STORE_… when the store cannot be reached or an address is locked before anything was done
 */
export async function applyPlan(world: RecordingWorld, planned: Planned): Promise<readonly ConnectionOutcome[]> {
  const judged: ChangesByAddress = Map.groupBy(planned.plan.changes, (change) => change.address);
  const due = planned.connections
    .filter(({ key }) => planned.held.get(key)?.by !== "discovery")
    .filter((connection) => addressesOf(connection, planned).some((address) => judged.has(address)));
  const work = inOrder(due, planned.plan.changes);
  const leftOut = outcomesOfHeld(planned, work);
  if (work.length === 0) return leftOut;
  const actor = world.holder.name;
  const run = await world.store.beginRun({ planDigest: planned.plan.digest, actor });
  await world.store.audit({ actor, event: "apply.started", detail: { run, plan: planned.plan.digest } });
  const outcomes: ConnectionOutcome[] = [];
  const stopped = new Map<string, ConnectionKey>();
  // How many of the connections that share a part are not done yet.
  const waiting = new Map<Address, number>();
  for (const address of work.flatMap(partsOf)) waiting.set(address, (waiting.get(address) ?? 0) + 1);
  for (const connection of work) {
    if (world.stopping()) {
      outcomes.push({ key: connection.key, outcome: "not-attempted", because: "the run was asked to stop" });
      continue;
    }
    const lane = laneOf(connection);
    const failedBefore = stopped.get(lane);
    if (failedBefore !== undefined) {
      const because = `${failedBefore} failed first at the same identity provider and app`;
      outcomes.push({ key: connection.key, outcome: "not-attempted", because });
      continue;
    }
    const own = partsOf(connection);
    const unproven = new Set(own.filter((address) => (waiting.get(address) ?? 0) > 1));
    const outcome = await applyConnection(world, run, connection, planned, judged, unproven);
    outcomes.push(outcome);
    if (outcome.outcome !== "failed") for (const address of own) waiting.set(address, (waiting.get(address) ?? 0) - 1);
    // What is in the way of one object only says nothing of the next.
    if (outcome.outcome === "failed" && !planned.held.has(connection.key)) stopped.set(lane, connection.key);
    await world.store.audit({
      actor,
      event: `apply.${outcome.outcome}`,
      key: connection.key,
      address: connection.record.address,
      detail: outcome.outcome === "failed" ? { run, code: outcome.error.code } : { run },
    });
  }
  outcomes.push(...leftOut);
  const failed = outcomes.some((outcome) => outcome.outcome === "failed" || outcome.outcome === "not-attempted");
  await world.store.finishRun(run, failed ? "failed" : "done");
  await world.store.audit({ actor, event: "apply.finished", detail: { run, outcome: failed ? "failed" : "done" } });
  return outcomes;
}

/** The held connections that there is nothing to do for: each fails with what holds it. */
export function outcomesOfHeld({ held }: Planned, work: readonly Connection[] = []): readonly ConnectionOutcome[] {
  const tried = new Set(work.map(({ key }) => key));
  return [...held]
    .filter(([key]) => !tried.has(key))
    .map(([key, { error }]) => ({ key, outcome: "failed" as const, error }));
}

/** Deletes the client that the connection left behind elsewhere. Last, when nothing can need it any more. */
async function retire(world: RecordingWorld, left: LeftBehind | undefined, steps: Steps): Promise<void> {
  if (left === undefined) return;
  const { registration } = left;
  await steps.run("retire", async () => {
    await member(world.engines, registration.idp).apply(registration);
    await world.store.forgetId(registration.address);
    return { result: undefined, detail: { idp: registration.idp } };
  });
}

/** What a connection shares with others. */
function partsOf({ registration }: Connection): readonly Address[] {
  return registration.parts.map((part) => part.address);
}

/** Where one failure makes the next likely. Customers' own providers have nothing to do with one another. */
function laneOf({ registration, tenant, app }: Connection): string {
  return `${isOurs(registration) ? registration.idp : tenant} ${app}`;
}

/** What changes of a connection are about and its locks are on; parts and its tenant's row are shared with others. */
function addressesOf(connection: Connection, planned: Planned): readonly Address[] {
  const { key, registration, appTenant, record } = connection;
  const left = planned.leftBehind.get(key);
  return [
    ...partsOf(connection),
    registration.address,
    appTenant.address,
    record.address,
    ...(left === undefined ? [] : addressesOfLeftBehind(left)),
  ];
}

async function applyConnection(
  world: RecordingWorld,
  run: string,
  connection: Connection,
  planned: Planned,
  judged: ChangesByAddress,
  unproven: ReadonlySet<Address>,
): Promise<ConnectionOutcome> {
  const locks: Lock[] = [];
  try {
    for (const address of addressesOf(connection, planned)) locks.push(await world.store.lock(address, world.holder));
    await tellWhatWasLeft(world, connection.key, locks);
    const steps = journaledSteps({ store: world.store, run, key: connection.key, locks, progress: world.progress });
    const places: Places = {
      engine: member(world.engines, connection.registration.idp),
      app: member(world.apps, connection.app),
    };
    const rechecked = await recheck(world, connection, places, planned, judged);
    if (connection.record.state === "active") {
      const evidence = await switchOn(world, connection, places, rechecked, steps, unproven);
      await retire(world, planned.leftBehind.get(connection.key), steps);
      return { key: connection.key, outcome: "active", evidence };
    }
    await switchOff(world, connection, places, steps, rechecked);
    await retire(world, planned.leftBehind.get(connection.key), steps);
    return { key: connection.key, outcome: connection.record.state === "tombstone" ? "removed" : "off" };
  } catch (error) {
    if (!(error instanceof TenantryError)) throw error;
    const evidence = error instanceof ProofError ? error.proof : undefined;
    return { key: connection.key, outcome: "failed", error, ...(evidence === undefined ? {} : { evidence }) };
  } finally {
    for (const lock of locks.reverse()) {
      // What became of the connection must not be hidden by a lock that lapses anyway.
      await lock.release().catch(() => {
        const message = `the lock on ${lock.address} could not be released; it lapses by itself`;
        world.progress({ kind: "note", key: connection.key, message });
      });
    }
  }
}

/**
 * Reads the journal before going on after a run that did not end. Nothing is taken from it but words: what is there is
 * looked at again by every step, because a journal tells what was begun and not what became of it.
 */
async function tellWhatWasLeft(world: RecordingWorld, key: ConnectionKey, locks: readonly Lock[]): Promise<void> {
  const { finished, steps } = await world.store.lastSteps(key);
  const last = steps.at(-1);
  if (finished || last === undefined) return;
  const from = locks.find((lock) => lock.takenOverFrom !== undefined)?.takenOverFrom;
  const who = from === undefined ? "an earlier run" : `the run of ${from.name} on ${from.host} (pid ${from.pid})`;
  const message = `${who} did not end; its last step was ${last.step} (${last.state}); going on from what is there`;
  world.progress({ kind: "note", key, message });
  const detail = { left: last.run, step: last.step, state: last.state };
  await world.store.audit({ actor: world.holder.name, event: "apply.resumed", key, detail });
}

/** The app side first, so that nobody is sent to a client that is off; then the identity provider. */
async function switchOff(
  world: RecordingWorld,
  connection: Connection,
  { engine, app }: Places,
  steps: Steps,
  { sight, heldBy }: Rechecked,
): Promise<void> {
  const { key, registration } = connection;
  await steps.run("switch-off", async () => {
    if (sight.appTenant !== undefined) await app.writeTenant(connection.appTenant);
    if (sight.record !== undefined && sight.record.state !== "tombstone") await app.disable(key);
    if (heldBy !== undefined) throw heldBy;
    const left = await engine.apply(
      registration.state === "absent" ? { ...registration, state: "inactive" } : registration,
    );
    if (left?.active === true) throw new TenantryError("APPLY_NOT_OFF", `the client of ${key} is still active`);
    return { result: undefined };
  });
  if (connection.record.state !== "tombstone") return;
  await steps.run("delete", async () => {
    if (sight.record !== undefined) await app.remove(key);
    const left = await engine.apply(registration);
    if (left !== undefined) throw new TenantryError("APPLY_NOT_OFF", `the client of ${key} is still there`);
    await world.store.forgetId(registration.address);
    return { result: undefined };
  });
}
