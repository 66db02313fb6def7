import type { RecordWrite } from "../app/app.ts";
import { appKind } from "../desired/app-kinds.ts";
import type { Connection } from "../desired/connection.ts";
import type { CheckResult, Evidence } from "../store/evidence.ts";
import { shownBy } from "../verify/app/subject.ts";
import { type AppVerification, verifyApp } from "../verify/app/verify-app.ts";
import type { VerifySubject } from "../verify/subject.ts";
import { judge } from "../verify/verify.ts";
import { ProofError } from "./proof-error.ts";
import type { RecordingWorld, World } from "./world.ts";

/** What a proof of the app's half may send; both are asked for on the command line. */
export interface AppProbeOptions {
  /** Whether the app is asked at all; true when absent. */
  readonly appProbe?: boolean | undefined;
  /** Whether an invented code goes to the app's callback, so that the deployed app shows that its own secret is right. */
  readonly appCode?: boolean | undefined;
}

/** The values that the app is to sign people in by. */
type Values = Pick<
  VerifySubject,
  "issuer" | "clientId" | "redirectUri" | "scopes" | "acrValues" | "pkce" | "responseMode"
>;

/**
 * Asks the app for its half of a connection (A1 to A9): everything is skipped where it names no start page.
 *
 * @param endpoint the authorization endpoint of the record
 * @param before what the identity provider's half has shown
 * @param state of the record: one that is pending need not be served yet
 */
export function proveAppHalf(
  world: Pick<World, "verifyIo">,
  { key, startUrl, proof, record }: Connection,
  values: Values,
  endpoint: string,
  before: readonly CheckResult[],
  { appProbe = true, appCode = false, state }: AppProbeOptions & { readonly state: "pending" | "active" },
  signal?: AbortSignal | undefined,
): Promise<AppVerification> {
  const { issuer, clientId = "", redirectUri = "", scopes, acrValues, pkce, responseMode } = values;
  return verifyApp(
    {
      ...{ key, startUrl, preset: proof.preset, authorizationEndpoint: endpoint },
      hosts: appKind(record.kind).signInHosts,
      ...{ issuer, clientId, redirectUri, scopes, acrValues, pkce, responseMode },
    },
    world.verifyIo,
    {
      appProbe,
      appCode,
      pending: state === "pending",
      shown: shownBy(before),
      signal,
    },
  );
}

/** Evidence of both halves. */
interface BothHalves {
  readonly evidence: Evidence;
  /** The identity provider's half and the record alone. */
  readonly recorded: Evidence;
  /** The app shows nothing of the record before it is active: its half is still to be proven. */
  readonly notServedYet: boolean;
}

/**
 * Asks the app for its half of what was written, and stores both halves as one proof.
 *
 * @param unproven what is done first of all when they do not hold
 * @throws ProofError when they do not hold; the store's errors
 */
export async function proveBothHalves(
  world: RecordingWorld,
  connection: Connection,
  { record, discovery }: RecordWrite,
  recorded: Evidence,
  state: "pending" | "active",
  unproven: () => Promise<void> = async () => {},
): Promise<BothHalves> {
  const { checks: before } = recorded;
  let half: AppVerification;
  try {
    half = await proveAppHalf(world, connection, record, discovery.authorizationEndpoint, before, { state });
  } catch (error) {
    await unproven();
    throw error;
  }
  const judged = judge([...before, ...half.checks], connection.proof.attest, world.verifyIo.clock());
  const holds = judged.verdict === "pass" || judged.verdict === "attested";
  if (!holds) await unproven();
  const evidence: Evidence = { ...recorded, ...judged, ...(half.appSecret ? { appSecret: true } : {}) };
  await world.store.addEvidence(evidence);
  if (!holds) throw new ProofError(evidence);
  return { evidence, recorded, notServedYet: half.notServedYet };
}
