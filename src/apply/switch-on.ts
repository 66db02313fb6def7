// Taking one connection from its registration to a proven sign-in (design, section 3).
//
// Terms. The *candidate* is the wanted record with the client and the secret that the identity provider holds now. What
// *serves* a live record is a registration that the record's own values still work with.
//
// Premise. Nobody who can sign in now is put out. While an active record is being changed, the registration serves the
// old record and the candidate at once; only when the new record is proven and active is it narrowed to what is wanted.
// When a proof fails, the record is as it was and the registration goes on serving it.
//
// Every step may be repeated: each looks at what is there and does only what is missing. That is what makes a run that
// was killed anywhere go on with the same call.

import type { AppAdapter, RecordWrite } from "../app/app.ts";
import type { Connection, Registration } from "../desired/connection.ts";
import { canonicalJson } from "../desired/json.ts";
import type { Engine } from "../engine/engine.ts";
import type { ClientSecret } from "../idp/identity-provider.ts";
import type { Fields, ObservedRecord } from "../plan/observed.ts";
import type { Evidence } from "../store/evidence.ts";
import { toEvidence, type Verification, verifySubject } from "../verify/verify.ts";
import type { ClientAuth } from "../workspace/workspace.ts";
import { ProofError } from "./proof-error.ts";
import { proveRecord } from "./prove-record.ts";
import type { Steps } from "./steps.ts";
import { candidateSubject } from "./subject.ts";
import type { RecordingWorld } from "./world.ts";

/** Where one connection's two halves are. */
export interface Places {
  readonly engine: Engine;
  readonly app: AppAdapter;
}

/**
 * Registers, proves, hands over, reads back and activates one connection.
 *
 * @throws TenantryError APPLY_PROOF_FAILED or APPLY_PROOF_INCONCLUSIVE when a link does not hold, APPLY_RECORD_DIFFERS
 *   when the record read back is another; or the error of an outside system
 */
export async function switchOn(
  world: RecordingWorld,
  connection: Connection,
  places: Places,
  found: ObservedRecord | undefined,
  steps: Steps,
): Promise<Evidence> {
  const { engine, app } = places;
  const live = found?.state === "active" ? found : undefined;
  const transitional = serveBoth(connection.registration, live);

  const registered = await steps.run("register", async () => {
    const result = await engine.apply(transitional);
    if (result === undefined) throw new TypeError("an engine made no client for an active registration");
    await world.store.rememberId(connection.registration.address, result.id);
    return { result, detail: { id: result.id } };
  });
  const clientId = String(registered.fields.clientId ?? connection.record.clientId);
  const candidate: Connection = { ...connection, record: { ...connection.record, clientId } };

  const { secret, verification, evidence } = await steps.run("prove-idp", async () => {
    try {
      return { result: await proveIdp(world, candidate, engine, registered) };
    } catch (error) {
      // The record was not touched; see that the registration goes on serving it.
      if (live !== undefined) await engine.apply(serveOld(connection.registration, live, live.fields));
      throw error;
    }
  });

  const write = recordWrite(candidate, verification, secret);
  await steps.run("hand-over", async () => {
    await app.writeTenant(candidate.appTenant);
    await app.write(write);
    return { result: undefined, detail: { specDigest: candidate.specDigest, previous: live !== undefined } };
  });
  const proof = await steps.run("prove-app", async () => {
    try {
      return { result: await proveRecord(world, app, write, evidence, connection.startUrl) };
    } catch (error) {
      await app.restore(candidate.key);
      if (live !== undefined) {
        await engine.apply(serveOld(connection.registration, live, live.previous ?? live.fields));
      }
      throw error;
    }
  });
  await steps.run("activate", async () => {
    await app.activate(candidate.key);
    await app.settle(candidate.key);
    return { result: undefined };
  });
  if (canonicalJson(transitional) !== canonicalJson(connection.registration)) {
    await steps.run("tidy", async () => {
      await engine.apply(connection.registration);
      return { result: undefined };
    });
  }
  return proof;
}

/**
 * The wanted registration, made wide enough for the live record too: its callback stays (and that of the old values,
 * which a restore would bring back), and PKCE is not demanded before the app's own record says so. Client
 * authentication cannot be wide: Okta holds one method per client.
 */
function serveBoth(wanted: Registration, live: ObservedRecord | undefined): Registration {
  const inUse = [live?.fields, live?.previous].filter((fields) => fields !== undefined);
  const callbacks = inUse.map((fields) => fields.redirectUri).filter((uri) => typeof uri === "string");
  return {
    ...wanted,
    redirectUris: [...new Set([...wanted.redirectUris, ...callbacks])],
    pkce: inUse.some((fields) => fields.pkce === "off") ? "off" : wanted.pkce,
  };
}

/** As wide as `serveBoth`, with the client authentication of the values that are in use again. */
function serveOld(wanted: Registration, live: ObservedRecord, inUse: Fields): Registration {
  const { clientAuth } = inUse;
  return {
    ...serveBoth(wanted, live),
    ...(typeof clientAuth === "string" ? { clientAuth: clientAuth as ClientAuth } : {}),
  };
}

async function proveIdp(
  world: RecordingWorld,
  connection: Connection,
  engine: Engine,
  registered: Parameters<Engine["secretOf"]>[0],
): Promise<{
  readonly secret: ClientSecret | undefined;
  readonly verification: Verification;
  readonly evidence: Evidence;
}> {
  const secret = await engine.secretOf(registered);
  const idp = world.workspace.identityProviders.get(connection.registration.idp);
  const subject = candidateSubject(connection, idp, connection.record.clientId, secret?.secret);
  const verification = await verifySubject(subject, world.verifyIo, {
    secretProbe: true,
    wrongSecretControl: world.workspace.verify.wrongSecretControl,
  });
  const fingerprint = secret === undefined ? undefined : await world.store.fingerprint(secret.secret);
  const evidence = toEvidence(subject, verification, fingerprint, world.verifyIo);
  await world.store.addEvidence(evidence);
  if (verification.verdict !== "pass") throw new ProofError(evidence);
  return { secret, verification, evidence };
}

function recordWrite(
  connection: Connection,
  verification: Verification,
  secret: ClientSecret | undefined,
): RecordWrite {
  if (verification.discovery === undefined) throw new TypeError("a verification passed without a discovery document");
  return {
    record: connection.record,
    discovery: verification.discovery,
    specDigest: connection.specDigest,
    ...(secret === undefined ? {} : { secret: { id: secret.id, value: secret.secret } }),
  };
}
