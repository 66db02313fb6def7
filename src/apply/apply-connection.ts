import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Lock, StepName } from "../store/store.ts";
import { addressesOf } from "./addresses.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { Planned } from "./make-plan.ts";
import { member } from "./observe.ts";
import type { ConnectionOutcome } from "./outcome.ts";
import { ProofError } from "./proof-error.ts";
import { type ChangesByAddress, type Rechecked, recheck } from "./recheck.ts";
import { isInterruption, journaledSteps, type Steps, StopAsked } from "./steps.ts";
import { switchOn } from "./switch-on.ts";
import type { Places, RecordingWorld } from "./world.ts";

/**
 * Takes one connection through its steps, under the locks on all that it touches.
 *
 * @param unproven what it shares with connections of this run whose change is not proven yet
 * @returns what became of it; a failure of an outside system, a proof or a rule is an outcome
 */
export async function applyConnection(
  world: RecordingWorld,
  run: string,
  connection: Connection,
  planned: Planned,
  judged: ChangesByAddress,
  unproven: ReadonlySet<Address>,
): Promise<ConnectionOutcome> {
  const locks: Lock[] = [];
  const { key } = connection;
  let steps: Steps | undefined;
  try {
    for (const address of addressesOf(connection, planned)) locks.push(await world.store.lock(address, world.holder));
    await tellWhatWasLeft(world, key, locks);
    const { store, progress, stopping } = world;
    steps = journaledSteps({ store, run, key, locks, progress, stopping });
    const places: Places = {
      engine: member(world.engines, connection.registration.idp),
      app: member(world.apps, connection.app),
    };
    const rechecked = await recheck(world, connection, places, planned, judged);
    if (connection.record.state === "active") {
      const switched = await switchOn(world, rechecked.connection, places, rechecked, steps, unproven);
      if ("waiting" in switched) return { key, outcome: "waiting", steps: switched.waiting };
      await retire(world, planned.leftBehind.get(key), steps);
      return { key, outcome: "active", evidence: switched };
    }
    await switchOff(world, connection, places, steps, rechecked);
    await retire(world, planned.leftBehind.get(key), steps);
    return { key, outcome: connection.record.state === "tombstone" ? "removed" : "off" };
  } catch (error) {
    const inStep = world.stopping() && isInterruption(error);
    if (error instanceof StopAsked || inStep) {
      const done = steps?.done() ?? [];
      const left = stepsOf(connection, planned).filter((step) => !done.includes(step));
      const during = inStep ? steps?.during() : undefined;
      return { key, outcome: "interrupted", ...(during === undefined ? {} : { during }), done, left };
    }
    if (!(error instanceof TenantryError)) throw error;
    const evidence = error instanceof ProofError ? error.proof : undefined;
    return { key, outcome: "failed", error, ...(evidence === undefined ? {} : { evidence }) };
  } finally {
    for (const lock of locks.reverse()) {
      // What became of the connection must not be hidden by a lock that lapses anyway.
      await lock.release().catch(() => {
        const message = `the lock on ${lock.address} could not be released; it lapses within a minute`;
        world.progress({ kind: "note", key, message });
      });
    }
  }
}

/** The steps that a connection takes, as far as that is known before; `tidy` shows on the way. */
function stepsOf({ key, record }: Connection, { leftBehind }: Planned): readonly StepName[] {
  const retire = leftBehind.has(key) ? (["retire"] as const) : [];
  switch (record.state) {
    case "active":
      return ["register", "prove-idp", "hand-over", "prove-app", "activate", ...retire];
    case "tombstone":
      return ["switch-off", "delete", ...retire];
    default:
      return ["switch-off", ...retire];
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
