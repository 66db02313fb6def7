import type { ProvenDomains } from "../app/app.ts";
import { appKind } from "../desired/app-kinds.ts";
import type { Address, Connection } from "../desired/connection.ts";
import type { EnginePlan } from "../engine/engine.ts";
import type { Change } from "../plan/change.ts";
import { type Difference, diffAppTenant, diffPart, diffRecord, diffRegistration } from "../plan/diff.ts";
import type {
  DiscoverySnapshot,
  ObservedAppTenant,
  ObservedPart,
  ObservedRecord,
  ObservedRegistration,
} from "../plan/observed.ts";
import { issuerSourceOf, sourceKey } from "./issuer-source.ts";
import type { Observation } from "./observe.ts";

/** What is there of one connection. */
export interface Sight {
  readonly registration?: ObservedRegistration | undefined;
  /** What is there of the registration's parts. */
  readonly parts: ReadonlyMap<Address, ObservedPart>;
  /** What the engine would do, as it says itself; without it that is worked out from what is there. */
  readonly planned?: Pick<EnginePlan, "registrations" | "parts"> | undefined;
  readonly appTenant?: ObservedAppTenant | undefined;
  /** Domains of the tenant that the app may route now, of those that it does not route yet. */
  readonly proven?: ProvenDomains | undefined;
  readonly record?: ObservedRecord | undefined;
  /** Read only for a connection that is wanted active. */
  readonly discovery?: DiscoverySnapshot | undefined;
}

/** The part of an observation that is about one connection. */
export function sightOf(observation: Observation, connection: Connection): Sight {
  const app = observation.apps.get(connection.app);
  const planned = observation.engines.get(connection.registration.idp);
  const idp = planned?.observation;
  return {
    registration: idp?.found.get(connection.key),
    parts: idp?.parts ?? new Map(),
    planned,
    appTenant: app?.tenants.get(connection.tenant),
    proven: observation.domains?.get(connection.appTenant.address)?.proven,
    record: app?.records.get(connection.key),
    discovery: observation.discovery.get(sourceKey(issuerSourceOf(connection.record))),
  };
}

/** The changes of one connection, part by part. */
export interface ConnectionChanges {
  readonly registration: Difference;
  /** Shared by registrations of the identity provider: a plan takes each address once. */
  readonly parts: readonly Difference[];
  /** Shared by the tenant's connections on the app: a plan takes it once. */
  readonly appTenant: Difference;
  readonly record: Difference;
}

/**
 * What has to change for one connection. The one place where it is worked out: for the plan of the whole folder, and
 * again under the locks before anything is done.
 */
export function connectionChanges(connection: Connection, sight: Sight, handOver: boolean): ConnectionChanges {
  const clientId = sight.registration?.fields.clientId;
  const record = { ...connection.record, ...(typeof clientId === "string" ? { clientId } : {}) };
  const { planned } = sight;
  const registration =
    planned?.registrations.get(connection.key) ?? diffRegistration(connection.registration, sight.registration);
  const difference = diffRecord(record, sight.record, {
    discovery: sight.discovery,
    secretId: sight.registration?.secretId,
    handOver,
  });
  // What no sign-in has used yet, such as the client of an interrupted first apply, can put nobody out.
  const unused = sight.record === undefined || sight.record.state === "pending";
  return {
    registration: unused ? cooled(registration) : registration,
    parts: connection.registration.parts.map(
      (part) => planned?.parts.get(part.address) ?? diffPart(part, sight.parts.get(part.address)),
    ),
    // A connection that is wanted off makes no row for its tenant; one that is there is kept up to date.
    appTenant:
      appKind(connection.record.kind).tenantRow &&
      (connection.record.state === "active" || sight.appTenant !== undefined)
        ? diffAppTenant(connection.appTenant, sight.appTenant, new Set(sight.proven?.keys()))
        : { changes: [], unchanged: false },
    record: unused ? cooled(difference) : difference,
  };
}

function cooled(difference: Difference): Difference {
  return { ...difference, changes: difference.changes.map(cool) };
}

/** Letting everyone in is acknowledged always: that a record is missing may be the mistake. */
function cool(change: Change): Change {
  if (!("hot" in change) || ("after" in change && change.after.assignment === "everyone")) return change;
  return { ...change, hot: [] };
}
