// Taking one connection from its registration to a proven sign-in (design, section 3).
//
// Terms. The *candidate* is the wanted record with the client and the secret that the identity provider holds now. What
// *serves* a live record is a registration that the record's own values still work with.
//
// Premise. Nobody who can sign in now is put out. While an active record is being changed, the registration serves the
// old record and the candidate at once, with every way in that is there; only when the new record is proven and active is
// it narrowed to what is wanted. When a proof fails, the record is as it was and the registration goes on serving it.
//
// Every step may be repeated: each looks at what is there and does only what is missing. That is what makes a run that
// was killed anywhere go on with the same call.

import type { HandedOut, ProvenDomains, RecordWrite } from "../app/app.ts";
import type { ManualStep } from "../desired/app-kind.ts";
import type { Address, Connection } from "../desired/connection.ts";
import { canonicalJson } from "../desired/json.ts";
import type { Engine } from "../engine/engine.ts";
import { TenantryError } from "../errors/failure.ts";
import { compareText } from "../errors/issue.ts";
import type { ClientSecret } from "../idp/identity-provider.ts";
import type { ObservedRegistration, RoutedDomain } from "../plan/observed.ts";
import type { Evidence } from "../store/evidence.ts";
import { type DocumentCache, judge, toEvidence, type Verification, verifySubject } from "../verify/verify.ts";
import { proveBothHalves } from "./app-half.ts";
import { awaitsCallback, withCallback } from "./callbacks.ts";
import { proveDomains } from "./domains.ts";
import { checkClientKey } from "./key-pair.ts";
import { ProofError } from "./proof-error.ts";
import { proveRecord } from "./prove-record.ts";
import { fingerprintOf } from "./proven-secret.ts";
import type { Rechecked } from "./recheck.ts";
import { isServedHere, narrowed, offAgain, serveBoth, serveOld } from "./serving.ts";
import type { Sight } from "./sight.ts";
import { isInterruption, type Steps } from "./steps.ts";
import { candidateSubject } from "./subject.ts";
import type { Places, RecordingWorld } from "./world.ts";

/**
 * Registers, proves, hands over, reads back and activates one connection. When a step fails, the sign-in that was there
 * before goes on: the old record is back and the registration serves it.
 *
 * @param unproven what it shares with connections of this run whose change is not proven: it stays as wide as it is
 * @throws TenantryError APPLY_KEY_ID_TAKEN or VERIFY_CLIENT_KEY_… before anything is done, APPLY_PROOF_FAILED or
 *   APPLY_PROOF_INCONCLUSIVE when a link does not hold, APPLY_RECORD_DIFFERS when the record read back is another; or
 *   the error of an outside system
 */
export async function switchOn(
  world: RecordingWorld,
  told: Connection,
  places: Places,
  { sight, documents }: Rechecked,
  steps: Steps,
  unproven: ReadonlySet<Address> = new Set(),
): Promise<Evidence | { readonly waiting: readonly ManualStep[] }> {
  const { engine, app } = places;
  // Both become others when the app hands the callback out.
  let connection = told;
  let wanted = connection.registration;
  const live = sight.record?.state === "active" ? sight.record : undefined;
  let transitional = serveBoth(wanted, live, sight);
  checkClientKey(world, connection, transitional, sight);

  /** Does what may fail; when it does, brings back what served before, as far as the locks are still ours. */
  const orBack = async <T>(restore: boolean, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // What the engine's program has done so far serves both, and it can do no more now; or it has done nothing.
      if (isInterruption(error) || isHeldByOthers(error)) throw error;
      await goBack(restore).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : "unknown";
        world.progress({ kind: "note", key: connection.key, message: `could not be brought back whole: ${why}` });
      });
      throw error;
    }
  };
  const goBack = async (restore: boolean): Promise<void> => {
    await steps.hold();
    if (restore) await app.restore(connection.key);
    if (live !== undefined) {
      const inUse = restore ? (live.previous ?? live.fields) : live.fields;
      if (!isServedHere(inUse, connection.record.issuer, sight)) return;
      await engine.apply(serveOld(wanted, live, sight, inUse));
    } else if (sight.record?.state === "disabled") {
      await app.disable(connection.key);
      await engine.apply(offAgain(wanted, sight));
    }
  };

  /** Nobody comes in by a record whose app half did not hold once it was served. */
  const offUnproven = async (): Promise<void> => {
    const message = "switched off again, because the app's half was not proven";
    try {
      await steps.hold();
      await app.disable(connection.key);
      if (sight.record?.state === "disabled") await engine.apply(offAgain(wanted, sight));
      world.progress({ kind: "note", key: connection.key, message });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "unknown";
      world.progress({ kind: "note", key: connection.key, message: `could not be switched off again: ${why}` });
    }
  };

  const register = async () => {
    const result = await engine.apply(transitional);
    if (result === undefined) throw new TypeError("an engine made no client for an active registration");
    await world.store.rememberId(wanted.address, result.id);
    return { result, detail: { id: result.id } };
  };
  const first = await steps.run("register", () => orBack(false, register));
  const asksApp = awaitsCallback(connection);
  if (asksApp) {
    const handed = await steps.run("hand-out", () =>
      orBack(true, async () => ({ result: await askForCallback(connection, places, sight, first) })),
    );
    if ("waiting" in handed) return handed;
    connection = withCallback(connection, handed.redirectUri);
    wanted = connection.registration;
    transitional = serveBoth(wanted, live, sight);
  }
  const registered = asksApp ? await steps.run("register", () => orBack(true, register)) : first;
  const clientId = String(registered.fields.clientId ?? connection.record.clientId);
  const candidate: Connection = { ...connection, record: { ...connection.record, clientId } };

  const { secret, verification, evidence, domains } = await steps.run("prove-idp", () =>
    // A record that was made for its callback is shut again.
    orBack(asksApp, async () => ({
      result: await proveIdp(world, candidate, engine, registered, { documents, routed: sight.appTenant?.routed }),
    })),
  );
  const write = recordWrite(candidate, verification, secret, routedAfter(candidate, sight, domains));
  await steps.run("hand-over", () =>
    orBack(true, async () => {
      await app.writeTenant(candidate.appTenant, domains);
      await app.write(write);
      return { result: undefined, detail: { specDigest: candidate.specDigest, previous: live !== undefined } };
    }),
  );
  const proven = await steps.run("prove-app", () =>
    orBack(true, async () => {
      const recorded = await proveRecord(world, app, write, evidence);
      const state = live === undefined && app.gate === "staged" ? "pending" : "active";
      return { result: await proveBothHalves(world, candidate, write, recorded, state) };
    }),
  );
  const proof = await steps.run("activate", async () => {
    const { notServedYet, recorded, evidence: whole } = proven;
    await app.activate(candidate.key, notServedYet);
    const { evidence: served } = notServedYet
      ? await proveBothHalves(world, candidate, write, recorded, "active", offUnproven)
      : { evidence: whole };
    await app.settle(candidate.key);
    return { result: served };
  });
  if (canonicalJson(transitional) !== canonicalJson(wanted)) {
    await steps.run("tidy", async () => {
      await engine.apply(narrowed(wanted, transitional, unproven));
      return { result: undefined };
    });
  }
  return proof;
}

/** Makes the record, unproven, at an app that hands the callback out with it. */
async function askForCallback(
  { record, specDigest, appTenant }: Connection,
  { app, engine }: Places,
  sight: Sight,
  registered: ObservedRegistration,
): Promise<HandedOut> {
  const { discovery } = sight;
  if (app.handOut === undefined || discovery === undefined) {
    throw new TypeError(`${app.name} hands no callbacks out`);
  }
  const secret = await engine.secretOf(registered);
  await app.writeTenant(appTenant);
  return app.handOut({
    record: { ...record, clientId: String(registered.fields.clientId ?? record.clientId) },
    ...{ discovery, specDigest, appTenant },
    routed: (sight.appTenant?.routed ?? []).map(({ domain }) => domain),
    ...(secret === undefined ? {} : { secret: { id: secret.id, value: secret.secret } }),
  });
}

/** Whether somebody else has the state of the engine's program, so that it has not begun. */
function isHeldByOthers(error: unknown): boolean {
  return error instanceof TenantryError && error.code === "ENGINE_STATE_LOCKED";
}

async function proveIdp(
  world: RecordingWorld,
  connection: Connection,
  engine: Engine,
  registered: Parameters<Engine["secretOf"]>[0],
  known: { readonly documents: DocumentCache; readonly routed: readonly RoutedDomain[] | undefined },
): Promise<{
  readonly secret: ClientSecret | undefined;
  readonly verification: Verification;
  readonly evidence: Evidence;
  /** Those that the app may route from now on. */
  readonly domains: ProvenDomains;
}> {
  const secret = await engine.secretOf(registered);
  const subject = candidateSubject(world, connection, connection.record.clientId, secret?.secret);
  const verification = await verifySubject(subject, world.verifyIo, {
    secretProbe: true,
    wrongSecretControl: world.workspace.verify.wrongSecretControl && connection.proof.wrongSecretControl,
    documents: known.documents,
  });
  const { proven, results } = await proveDomains(world, connection, known.routed);
  const fingerprint = await fingerprintOf(world.store, subject);
  const judged = judge([...verification.checks, ...results], connection.proof.attest, world.verifyIo.clock());
  const evidence = toEvidence(subject, { ...verification, ...judged }, fingerprint, world.verifyIo);
  await world.store.addEvidence(evidence);
  if (judged.verdict !== "pass" && judged.verdict !== "attested") throw new ProofError(evidence);
  return { secret, verification, evidence, domains: proven };
}

/** The domains that the app may send here once the record is written: routed before and still the tenant's, or proven. */
function routedAfter({ appTenant }: Connection, { appTenant: there }: Sight, proven: ProvenDomains): readonly string[] {
  const before = (there?.routed ?? []).map(({ domain }) => domain);
  return appTenant.domains.filter((domain) => before.includes(domain) || proven.has(domain)).sort(compareText);
}

function recordWrite(
  connection: Connection,
  verification: Verification,
  secret: ClientSecret | undefined,
  routed: readonly string[],
): RecordWrite {
  if (verification.discovery === undefined) throw new TypeError("a verification passed without a discovery document");
  return {
    record: connection.record,
    discovery: verification.discovery,
    specDigest: connection.specDigest,
    appTenant: connection.appTenant,
    routed,
    ...(secret === undefined ? {} : { secret: { id: secret.id, value: secret.secret } }),
  };
}
