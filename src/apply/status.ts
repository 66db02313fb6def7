import type { Connection, ConnectionKey } from "../desired/connection.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import type { Verdict } from "../store/evidence.ts";
import type { TenantStatus } from "../tenant/tenant.ts";
import { readRecords } from "./read-records.ts";
import type { RecordingWorld } from "./world.ts";

/** How one connection stands, from its file, its record and its newest evidence. */
export interface ConnectionStatus {
  readonly key: ConnectionKey;
  readonly tenant: string;
  readonly app: string;
  readonly signIn: string;
  /** What the file says. */
  readonly status: TenantStatus;
  /** State of the record in the app; `foreign` when it belongs to somebody else; null when there is none. */
  readonly record: ObservedRecord["state"] | "foreign" | null;
  /** Whether a change of the record was begun and not finished. */
  readonly unfinished: boolean;
  readonly issuer: string;
  readonly clientId: string;
  /** The identity provider's own id of the client, as far as this store has seen it. */
  readonly registrationId: string | null;
  readonly redirectUri: string;
  /** The newest evidence; `current` when it was made for the values that the record has. */
  readonly proof: { readonly verdict: Verdict; readonly at: string; readonly current: boolean } | null;
}

/** Reads apps and store; asks no identity provider. */
export async function readStatus(
  world: RecordingWorld,
  connections: readonly Connection[],
): Promise<readonly ConnectionStatus[]> {
  const { found: records, foreign } = await readRecords(world, connections);
  const rows: ConnectionStatus[] = [];
  for (const connection of connections) {
    const { key, tenant, app, signIn, status, record } = connection;
    const found = records.get(key);
    const evidence = await world.store.latestEvidence(key);
    const clientId = typeof found?.fields.clientId === "string" ? found.fields.clientId : record.clientId;
    rows.push({
      key,
      tenant,
      app,
      signIn,
      status,
      record: found?.state ?? (foreign.has(key) ? "foreign" : null),
      unfinished: found?.previous !== undefined,
      issuer: record.issuer,
      clientId,
      registrationId: (await world.store.idOf(connection.registration.address)) ?? null,
      redirectUri: record.redirectUri,
      proof:
        evidence === undefined
          ? null
          : {
              verdict: evidence.verdict,
              at: evidence.at,
              current: evidence.specDigest === (found?.specDigest ?? connection.specDigest),
            },
    });
  }
  return rows;
}
