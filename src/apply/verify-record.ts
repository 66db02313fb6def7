import type { Connection } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { ObservedRecord, RoutedDomain } from "../plan/observed.ts";
import type { CheckResult } from "../store/evidence.ts";
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
  let secret: Awaited<ReturnType<typeof app.secretOf>>;
  let opened: CheckResult;
  try {
    secret = await app.secretOf(key);
    opened = recordOpens(connection.app, secret !== undefined);
  } catch (error) {
    if (!(error instanceof TenantryError) || !error.code.startsWith("SECRET_SEAL")) throw error;
    opened = recordDoesNotOpen(connection.app, key, error);
  }
  const subject = recordSubject(world, connection, found, secret?.value);
  const fingerprint = await fingerprintOf(world.store, subject);
  if (probes.since !== undefined && opened.verdict === "pass") {
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
  // The deployed app redeems the code at the record's token endpoint: not where that is not the issuer's.
  const appCode = probes.appCode === true && issuer === undefined && moved?.length === 0;
  const half = await proveAppHalf(
    ...([world, connection, subject, String(authorizationEndpoint), verification.checks] as const),
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
