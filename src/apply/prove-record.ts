import type { AppAdapter, RecordWrite } from "../app/app.ts";
import { canonicalJson } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import { recordFields } from "../plan/fields.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import type { CheckResult, Evidence } from "../store/evidence.ts";
import { evidenceCovers } from "../verify/verify.ts";
import { fingerprintOf } from "./proven-secret.ts";
import { recordLink } from "./record-link.ts";
import { clientKeyFor } from "./subject.ts";
import type { RecordingWorld } from "./world.ts";

/**
 * The gate before activation. The record is read back as the app would read it; it must be, value for value and secret
 * for secret, what was written, and the evidence must be fresh and bound to exactly that.
 *
 * @returns the evidence with the record's own check added
 * @throws TenantryError APPLY_RECORD_DIFFERS, APPLY_GATE_CLOSED; SECRET_SEAL_… when the secret does not open
 */
export async function proveRecord(
  world: RecordingWorld,
  app: AppAdapter,
  write: RecordWrite,
  evidence: Evidence,
): Promise<Evidence> {
  const { key } = write.record;
  const found = (await app.observe([write.record], false)).records.get(key);
  if (found === undefined) throw new TenantryError("APPLY_RECORD_DIFFERS", `the record of ${key} is not there`);
  const stored = await app.secretOf(key);
  const { clientAuth } = write.record;
  // Where the app never shows its copy, what it was given stands for it.
  const copy = app.showsSecret ? stored?.value : write.secret?.value;
  const secret = copy === undefined ? undefined : ({ value: copy, copy: "record" } as const);
  const clientKey = clientKeyFor(world, app.name, clientAuth);
  const fingerprint = await fingerprintOf(world.store, { clientAuth, secret, clientKey });
  const differing = differences(write, found);
  if (differing.length > 0) {
    const what = differing.join(", ");
    throw new TenantryError("APPLY_RECORD_DIFFERS", `the record of ${key} was read back with another ${what}`);
  }
  const { record, discovery } = write;
  const gate = evidenceCovers(
    evidence,
    {
      specDigest: write.specDigest,
      clientId: record.clientId,
      clientAuth: record.clientAuth,
      issuer: record.issuer,
      authorizationEndpoint: discovery.authorizationEndpoint,
      tokenEndpoint: discovery.tokenEndpoint,
      jwksUri: discovery.jwksUri,
      secretFingerprint: fingerprint,
    },
    world.verifyIo,
  );
  if (!gate.covers) throw new TenantryError("APPLY_GATE_CLOSED", `${key} was not switched on: ${gate.because}`);
  const readBack: CheckResult = {
    ...recordLink,
    id: "R2",
    title: "The record reads back as it was proven",
    verdict: "pass",
    message: app.showsSecret
      ? `the record in ${app.name} is what was proven, its secret included`
      : `the record in ${app.name} is what was proven; it does not show its secret`,
  };
  return {
    ...evidence,
    secretCopy: app.showsSecret ? (stored === undefined ? undefined : "record") : evidence.secretCopy,
    checks: [...evidence.checks, readBack],
  };
}

function differences(write: RecordWrite, found: ObservedRecord): string[] {
  const wanted = recordFields(write.record, write.discovery);
  // What the app cannot show is not compared.
  const shown = Object.keys(wanted).filter((name) => found.fields[name] !== undefined);
  const differing = shown.filter((name) => canonicalJson(wanted[name]) !== canonicalJson(found.fields[name]));
  if (found.specDigest !== undefined && found.specDigest !== write.specDigest) differing.push("specDigest");
  if (found.secretId !== undefined && (found.secretId ?? undefined) !== write.secret?.id) {
    differing.push("clientSecretId");
  }
  return differing;
}
