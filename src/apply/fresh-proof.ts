import type { Connection, Digest } from "../desired/connection.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import { evidenceCovers } from "../verify/verify.ts";
import type { ClientAuth } from "../workspace/workspace.ts";
import type { UnprovenConnection } from "./connection-proof.ts";
import type { RecordingWorld } from "./world.ts";

/**
 * Says that a connection need not be proven again: its newest proof holds, is young enough, and is bound to exactly what
 * the record holds now, as the file wants it. Undefined when it is to be proven.
 *
 * @param fingerprint of what the record's client proves itself with
 * @param since how old the proof may be, in milliseconds
 */
export async function freshProof(
  world: Pick<RecordingWorld, "store" | "verifyIo">,
  { key, specDigest }: Connection,
  { fields, specDigest: recorded }: ObservedRecord,
  fingerprint: string | undefined,
  since: number,
): Promise<UnprovenConnection | undefined> {
  if (recorded !== undefined && recorded !== specDigest) return undefined;
  const evidence = await world.store.latestEvidence(key);
  if (evidence === undefined) return undefined;
  const { clock } = world.verifyIo;
  const gate = evidenceCovers(
    evidence,
    {
      specDigest: (recorded ?? specDigest) as Digest,
      clientId: text(fields.clientId),
      clientAuth: text(fields.clientAuth) as ClientAuth,
      issuer: text(fields.issuer),
      authorizationEndpoint: text(fields.authorizationEndpoint),
      tokenEndpoint: text(fields.tokenEndpoint),
      jwksUri: text(fields.jwksUri),
      secretFingerprint: fingerprint,
    },
    { clock, settings: { maxAge: since } },
  );
  if (!gate.covers) return undefined;
  const attested = evidence.verdict === "attested" ? " (attested)" : "";
  const because = `proven ${lengthOf(clock() - Date.parse(evidence.at))} ago${attested}`;
  return { key, verdict: "skipped", because, provenAt: evidence.at };
}

/** A stretch of time in the unit that fits: `45 s`, `12 min`, `3 h`, `2 d`. */
function lengthOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
