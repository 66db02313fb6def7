import type { ManualStep } from "../desired/app-kind.ts";
import { isOurs } from "../desired/capability.ts";
import type { Connection, ConnectionKey, ConnectionRecord } from "../desired/connection.ts";
import { isPlaceholder } from "../desired/key.ts";
import { awaitsServer, withRecordedServer } from "../desired/named-server.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import type { ProofVerdict } from "../store/evidence.ts";
import type { TenantStatus } from "../tenant/tenant.ts";
import { attestedChecks, lapsedAttestation } from "../verify/verify.ts";
import { type DomainStatus, domainStatuses } from "./domain-status.ts";
import { readRecords } from "./read-records.ts";
import type { RecordingWorld } from "./world.ts";

/** How one connection stands, from its file, its record and its newest evidence. */
export interface ConnectionStatus {
  readonly key: ConnectionKey;
  readonly tenant: string;
  readonly app: string;
  readonly signIn: string;
  /** Where people sign in: name of the identity provider, or `external`. */
  readonly idp: string;
  /** What the file says. */
  readonly status: TenantStatus;
  /** State of the record in the app; `foreign` when it belongs to somebody else; null when there is none. */
  readonly record: ObservedRecord["state"] | "foreign" | null;
  /** Whether a change of the record was begun and not finished. */
  readonly unfinished: boolean;
  /** What the customer has not handed over yet; only a draft may wait. */
  readonly waitingFor: readonly HandedOver[];
  /** What a person has to do at the app before it can go on; the next apply sees that it was done. */
  readonly handOff: readonly ManualStep[];
  /** Null when nobody knows it yet. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  /** The identity provider's own id of the client, as far as this store has seen it. */
  readonly registrationId: string | null;
  /** Null until the app has handed it out. */
  readonly redirectUri: string | null;
  /** The newest evidence; `current` when it was made for the values that the record has. */
  readonly proof: ProofStatus | null;
  /** How the tenant's domains stand at the app. */
  readonly domains: readonly DomainStatus[];
}

/** What the newest evidence says. */
export interface ProofStatus {
  readonly verdict: ProofVerdict;
  readonly at: string;
  readonly current: boolean;
  /** Ids of the checks that a person stands for. */
  readonly attested: readonly string[];
  /** Why what was attested counts no more, as a sentence; null while it does. */
  readonly lapsed: string | null;
  /** Which copy of the secret was proven; null where none was, or there is none. */
  readonly secretCopy: "idp" | "record" | null;
  /** Whether the deployed app itself showed that its copy is right. */
  readonly appSecret: boolean;
}

/** What a customer with a provider of their own hands over. */
export type HandedOver = "issuer" | "clientId" | "clientSecret";

/** The callback that the app has handed out where it does, or that of the file. */
function callbackOf({ redirectUri }: ConnectionRecord, found: ObservedRecord | undefined): string | null {
  if (!isPlaceholder(redirectUri)) return redirectUri;
  const told = found?.fields.redirectUri;
  return typeof told === "string" && told !== "" ? told : null;
}

/** The issuer of the file, or that of the record where the file only names an authorization server. */
function issuerOf(connection: Connection, found: ObservedRecord | undefined): string | null {
  const served = withRecordedServer(connection, found?.fields.issuer);
  return awaitsServer(served) ? null : served.record.issuer || null;
}

/** What is missing of it. */
function waitingFor({ registration, record }: Connection): readonly HandedOver[] {
  if (isOurs(registration)) return [];
  const secret = record.clientAuth.startsWith("client_secret") && registration.clientSecret === undefined;
  return [
    ...(record.issuer === "" ? (["issuer"] as const) : []),
    ...(record.clientId === "" ? (["clientId"] as const) : []),
    ...(secret ? (["clientSecret"] as const) : []),
  ];
}

/** Reads apps and store; asks no identity provider. */
export async function readStatus(
  world: RecordingWorld,
  connections: readonly Connection[],
): Promise<readonly ConnectionStatus[]> {
  const { found: records, foreign, routed, waiting } = await readRecords(world, connections);
  const rows: ConnectionStatus[] = [];
  for (const connection of connections) {
    const { key, tenant, app, signIn, status, record } = connection;
    const found = records.get(key);
    const evidence = await world.store.latestEvidence(key);
    const clientId = typeof found?.fields.clientId === "string" ? found.fields.clientId : record.clientId || null;
    rows.push({
      key,
      tenant,
      app,
      signIn,
      idp: connection.registration.idp,
      status,
      record: found?.state ?? (foreign.has(key) ? "foreign" : null),
      unfinished: found?.previous !== undefined,
      waitingFor: waitingFor(connection),
      handOff: status === "active" ? (waiting.get(key) ?? []) : [],
      issuer: issuerOf(connection, found),
      clientId,
      registrationId: (await world.store.idOf(connection.registration.address)) ?? null,
      redirectUri: callbackOf(record, found),
      proof:
        evidence === undefined
          ? null
          : {
              verdict: evidence.verdict,
              at: evidence.at,
              current: evidence.specDigest === (found?.specDigest ?? connection.specDigest),
              attested: attestedChecks(evidence.checks.filter(({ level }) => level === "must")),
              lapsed: lapsedAttestation(evidence.checks, world.verifyIo.clock()) ?? null,
              secretCopy: evidence.secretCopy ?? null,
              appSecret: evidence.appSecret ?? false,
            },
      domains: domainStatuses(world.workspace.name, connection, routed.get(connection.appTenant.address)),
    });
  }
  return rows;
}
