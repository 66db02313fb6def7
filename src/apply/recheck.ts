import type { Address, Connection } from "../desired/connection.ts";
import { canonicalJson } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Change } from "../plan/change.ts";
import { type DocumentCache, discover } from "../verify/verify.ts";
import { withHandedOut } from "./callbacks.ts";
import { unroutedDomains } from "./domains.ts";
import { errorOf } from "./held.ts";
import { issuerSourceOf, sourceKey } from "./issuer-source.ts";
import type { Planned } from "./make-plan.ts";
import { isNamed } from "./select.ts";
import { connectionChanges, type Sight } from "./sight.ts";
import type { Places, RecordingWorld } from "./world.ts";

/** The changes of a plan, by what they are about. */
export type ChangesByAddress = ReadonlyMap<Address, readonly Change[]>;

/** What was seen under the locks, and the documents it rests on: the proof uses the very same. */
export interface Rechecked {
  /** The connection, with the callback that its app has handed out meanwhile. */
  readonly connection: Connection;
  readonly sight: Sight;
  readonly documents: DocumentCache;
  /** What is in the way at the identity provider of a connection that is wanted off: nothing is done there. */
  readonly heldBy?: TenantryError | undefined;
}

/**
 * Looks again, under the locks, at the one connection that is about to be changed, and refuses when more would be done
 * than the plan says: somebody may have changed something since, and the guards have judged the plan, not this. The
 * issuer's discovery document must still be the one of the plan, so that no secret goes to another endpoint.
 *
 * @throws TenantryError PLAN_STALE; or the error of a system that cannot be read
 */
export async function recheck(
  world: RecordingWorld,
  told: Connection,
  { engine, app }: Places,
  planned: Planned,
  judged: ChangesByAddress,
): Promise<Rechecked> {
  const [connection = told] = await withHandedOut(world, [told]);
  const documents: DocumentCache = new Map();
  const source = issuerSourceOf(connection.record);
  const wantedOn = connection.record.state === "active";
  const unread = planned.observation.unread.has(connection.registration.idp);
  const fresh = unread ? undefined : await engine.plan([connection.registration], "single");
  const engineSees = fresh?.observation;
  const appSees = await app.observe([connection.record], false);
  const [foreign] = appSees.foreign;
  if (foreign !== undefined) throw new TenantryError("PLAN_RECORD_FOREIGN", foreign.message);
  const inApp = appSees.problems?.find(({ key }) => key === connection.key);
  if (inApp !== undefined && wantedOn) throw new TenantryError(inApp.code, inApp.message, { hint: inApp.hint });
  const [problem] = engineSees?.problems ?? [];
  const heldBy = problem === undefined ? undefined : errorOf(problem);
  if (heldBy !== undefined && wantedOn) throw heldBy;
  const sight: Sight = {
    registration: engineSees?.found.get(connection.key),
    parts: engineSees?.parts ?? new Map(),
    planned: fresh,
    appTenant: appSees.tenants.get(connection.tenant),
    record: appSees.records.get(connection.key),
    discovery: wantedOn ? await discover(source, world.verifyIo, { documents }) : undefined,
  };
  const domains = await unroutedDomains(world, [connection], () => sight.appTenant);
  const expected = planned.observation.discovery.get(sourceKey(source));
  if (wantedOn && canonicalJson(sight.discovery) !== canonicalJson(expected)) {
    throw stale(connection, `the discovery document of ${connection.record.issuer} is not the one of the plan`);
  }
  if (sight.record?.state === "tombstone" && connection.record.state !== "tombstone") {
    throw stale(connection, "its record has become a tombstone");
  }
  const handOver = isNamed(connection, planned.plan.handOver);
  const { registration, parts, appTenant, record } = connectionChanges(
    connection,
    { ...sight, proven: domains.get(connection.appTenant.address)?.proven },
    handOver,
  );
  const atProvider = heldBy === undefined ? [registration, ...parts] : [];
  const differences = [...atProvider, appTenant, record];
  const more = differences
    .flatMap((difference) => difference.changes)
    .flatMap((change) => beyond(change, judged.get(change.address) ?? []));
  if (more.length > 0) throw stale(connection, `${more.join("; ")} was not in the plan`);
  return { connection, sight, documents, heldBy };
}

/** What a change does beyond those planned for its address, in words. Handing over the secret that is current is what every apply does. */
function beyond(change: Change, planned: readonly Change[]): readonly string[] {
  const same = planned.find((other) => other.action === change.action);
  if (change.action === "update") {
    const known = same?.action === "update" ? same : undefined;
    const differing = change.paths.filter(
      (path) =>
        path !== "clientSecretId" &&
        !isOnTheWay(change, known, path) &&
        (canonicalJson(change.before[path]) !== canonicalJson(known?.before[path] ?? null) ||
          canonicalJson(change.after[path]) !== canonicalJson(known?.after[path] ?? null) ||
          known?.paths.includes(path) !== true),
    );
    return differing.map((path) => `${path} of ${change.address}`);
  }
  if (same === undefined) return [`${change.action} ${change.address}`];
  if (change.action === "create" && same.action === "create") {
    const { clientSecretId: _now, ...now } = change.after;
    const { clientSecretId: _then, ...then } = same.after;
    return canonicalJson(now) === canonicalJson(then) ? [] : [`the values of ${change.address}`];
  }
  return [];
}

/** An organization that this run has widened for another connection, and narrows when all are proven. */
function isOnTheWay(now: Update, then: Update | undefined, path: string): boolean {
  const sorted = (...lists: readonly unknown[]) => canonicalJson([...new Set(lists.flat())].sort());
  return (
    path === "enabledConnections" &&
    then?.paths.includes(path) === true &&
    canonicalJson(now.after[path]) === canonicalJson(then.after[path]) &&
    sorted(now.before[path]) === sorted(then.before[path], then.after[path])
  );
}

type Update = Extract<Change, { readonly action: "update" }>;

function stale(connection: Connection, what: string): TenantryError {
  return new TenantryError("PLAN_STALE", `${connection.key} was left alone: ${what}`, {
    hint: `look at it with \`tenantry plan --only ${connection.key}\`, then apply again`,
  });
}
