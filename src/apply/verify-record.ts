import type { AppAdapter } from "../app/app.ts";
import type { Connection } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { ObservedRecord, RoutedDomain } from "../plan/observed.ts";
import type { CheckResult } from "../store/evidence.ts";
import type { VerifySubject } from "../verify/subject.ts";
import {
  attestedChecks,
  controlLookBack,
  controlledAt,
  type DocumentCache,
  judge,
  toEvidence,
  verifySubject,
} from "../verify/verify.ts";
import { type AppProbeOptions, proveAppHalf } from "./app-half.ts";
import type { ConnectionProof } from "./connection-proof.ts";
import { proveDomains } from "./domains.ts";
import { freshProof } from "./fresh-proof.ts";
import { member } from "./observe.ts";
import { fingerprintOf } from "./proven-secret.ts";
import {
  movedEndpoints,
  otherIssuer,
  recordDoesNotOpen,
  recordHides,
  recordOpens,
  sameEndpoints,
  withMend,
} from "./record-checks.ts";
import { recordSubject } from "./subject.ts";
import type { RecordingWorld } from "./world.ts";

/** What the proof of a record may send, and what it may leave out. */
export interface RecordProbes extends AppProbeOptions {
  /** False: no secret is sent anywhere. */
  readonly secretProbe: boolean;
  /**
   * Whether a wrong secret is tried too, so that a server that accepts any is found out. `unlessSeen`: only where stored
   * evidence does not show that it was refused before. What a file switches off stays off.
   */
  readonly wrongSecretControl: boolean | "unlessSeen";
  /** Whether probes are sent that the product's monitoring takes for an attack. */
  readonly alarmingProbes?: boolean | undefined;
  /** Milliseconds: a connection whose newest proof is younger, holds and is bound to the same values is skipped. */
  readonly since?: number | undefined;
}

/** What is known before the proof of a record. */
export interface KnownBefore {
  readonly documents: DocumentCache;
  /** The domains of the tenant that the app routes. */
  readonly routed?: readonly RoutedDomain[] | undefined;
}

/**
 * Proves the links of one record and stores the evidence.
 *
 * @throws TenantryError of the app or the store, and the reason of `signal`
 */
export async function verifyRecord(
  world: RecordingWorld,
  probes: RecordProbes,
  connection: Connection,
  found: ObservedRecord,
  { documents, routed }: KnownBefore,
  signal: AbortSignal,
): Promise<ConnectionProof> {
  const { key } = connection;
  const app = member(world.apps, connection.app);
  let secret: VerifySubject["secret"];
  let opened: CheckResult;
  try {
    secret = await shownSecret(world, connection, app, probes.secretProbe);
    const hidden = !app.showsSecret && usesSecret(connection);
    opened = hidden ? recordHides(connection.app) : recordOpens(connection.app, secret !== undefined);
  } catch (error) {
    if (!(error instanceof TenantryError) || !error.code.startsWith("SECRET_SEAL")) throw error;
    opened = recordDoesNotOpen(connection.app, key, error);
  }
  const subject = recordSubject(world, connection, found, secret);
  const fingerprint = await fingerprintOf(world.store, subject);
  if (probes.since !== undefined && opened.verdict !== "fail") {
    const fresh = await freshProof(world, connection, found, fingerprint, probes.since);
    if (fresh !== undefined) return fresh;
  }
  const issuer = otherIssuer(connection, found);
  const moved = issuer === undefined ? await movedEndpoints(world, connection, found, documents) : [];
  const control = world.workspace.verify.wrongSecretControl && connection.proof.wrongSecretControl;
  const verification = await verifySubject(subject, world.verifyIo, {
    // The secret goes only to the token endpoint that the app itself uses, of the issuer that the file names.
    secretProbe: probes.secretProbe && opened.verdict !== "fail" && issuer === undefined && (moved ?? []).length === 0,
    wrongSecretControl: control && probes.wrongSecretControl !== false,
    controlledAt: probes.wrongSecretControl === "unlessSeen" ? await seenRefused(world, found, fingerprint) : undefined,
    alarmingProbes: probes.alarmingProbes,
    documents,
    signal,
  });
  const endpoints = issuer ?? sameEndpoints(moved, connection);
  const state = found.state === "pending" ? "pending" : "active";
  const { authorizationEndpoint } = found.fields;
  const authorizationAt = String(authorizationEndpoint ?? verification.discovery?.authorizationEndpoint);
  // The deployed app redeems the code at the record's token endpoint: not where that is not the issuer's.
  const appCode = probes.appCode === true && issuer === undefined && moved?.length === 0;
  const half = await proveAppHalf(
    ...([world, connection, subject, authorizationAt, verification.checks] as const),
    { appProbe: probes.appProbe, appCode, state },
    signal,
  );
  const { results: domains } = await proveDomains(world, connection, routed);
  const results = [
    ...verification.checks.map((check) => withMend(connection, check)),
    ...[opened, endpoints, ...half.checks, ...domains],
  ];
  const { verdict, checks } = judge(results, connection.proof.attest, world.verifyIo.clock());
  const evidence = {
    ...toEvidence(subject, { ...verification, verdict, checks }, fingerprint, world.verifyIo),
    ...(half.appSecret ? { appSecret: true } : {}),
  };
  signal.throwIfAborted();
  // A run that asked less than it could proves less than a gate needs; it must not look like a newer proof.
  if (probes.secretProbe && probes.appProbe !== false) await world.store.addEvidence(evidence);
  await world.store.audit({
    actor: world.holder.name,
    event: `verify.${verdict}`,
    key,
    address: connection.record.address,
    detail: {
      failed: checks.filter((check) => check.verdict === "fail").map((check) => check.id),
      ...(verdict === "attested" ? { attested: attestedChecks(checks) } : {}),
    },
  });
  return { key, state: found.state, verdict, evidence };
}

function usesSecret({ record }: Connection): boolean {
  return record.clientAuth.startsWith("client_secret");
}

/** The secret as the app has it; where it never shows that, the one that the identity provider would hand over. */
async function shownSecret(
  world: RecordingWorld,
  connection: Connection,
  app: AppAdapter,
  mayAsk: boolean,
): Promise<VerifySubject["secret"]> {
  if (app.showsSecret) {
    const shown = await app.secretOf(connection.key);
    return shown === undefined ? undefined : { value: shown.value, copy: "record" };
  }
  if (!usesSecret(connection) || !mayAsk) return undefined;
  const { registration, key } = connection;
  const engine = member(world.engines, registration.idp);
  const { found } = (await engine.plan([registration], "single")).observation;
  const there = found.get(key);
  const secret = there === undefined ? undefined : await engine.secretOf(there);
  return secret === undefined ? undefined : { value: secret.secret, copy: "idp" };
}

/** When a wrong secret was refused for what the record holds, as stored evidence says. */
async function seenRefused(
  world: Pick<RecordingWorld, "store">,
  { key, fields }: ObservedRecord,
  secretFingerprint: string | undefined,
): Promise<string | undefined> {
  const { clientId, issuer, tokenEndpoint } = fields;
  if (typeof clientId !== "string" || typeof issuer !== "string" || typeof tokenEndpoint !== "string") return undefined;
  const before = await world.store.recentEvidence(key, controlLookBack);
  return controlledAt(before, { clientId, issuer, tokenEndpoint, secretFingerprint });
}
