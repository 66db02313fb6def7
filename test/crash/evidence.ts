import { createHmac } from "node:crypto";
import type { AppRecord } from "./serving.ts";
import type { SyncDatabase } from "./sql.ts";

/** Evidence as it stands in the store. */
export type StoredEvidence = Readonly<Record<string, unknown>>;

/** All evidence of a connection, newest first. */
export function evidenceOf(store: SyncDatabase, key: string): readonly StoredEvidence[] {
  const rows = store.prepare("select body from tenantry_evidence where key = ? order by seq desc").all(key);
  return rows.map(({ body }) => JSON.parse(String(body)) as StoredEvidence);
}

/** In what the evidence is not a proof of this very record with this secret; nothing when it is one. */
export function unbound(
  store: SyncDatabase,
  evidence: StoredEvidence,
  record: AppRecord,
  secret: string | undefined,
): readonly string[] {
  const wanted: StoredEvidence = {
    verdict: "pass",
    specDigest: record.spec_digest,
    clientId: record.client_id,
    issuer: record.issuer,
    authorizationEndpoint: record.authorization_endpoint,
    tokenEndpoint: record.token_endpoint,
    jwksUri: record.jwks_uri,
    ...(secret === undefined ? {} : { secretFingerprint: fingerprint(store, secret) }),
  };
  return Object.keys(wanted).filter((name) => evidence[name] !== wanted[name]);
}

function fingerprint(store: SyncDatabase, secret: string): string {
  const row = store.prepare("select value from tenantry_meta where name = 'fingerprint_key'").get();
  return createHmac("sha256", Buffer.from(String(row?.value), "hex"))
    .update(secret, "utf8")
    .digest("hex");
}
