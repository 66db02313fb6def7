import { isOurs } from "../desired/capability.ts";
import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import { compareText } from "../errors/issue.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import { externalIdp } from "../workspace/workspace.ts";
import { member } from "./observe.ts";
import { readRecords } from "./read-records.ts";
import type { RecordingWorld } from "./world.ts";

/** What a rebuild found of one connection, by marker. */
export interface RebuiltConnection {
  readonly key: ConnectionKey;
  /** Name of the identity provider, or `external`. */
  readonly idp: string;
  /** The identity provider's own id of the client; of a customer's provider what the file says; null when there is none. */
  readonly clientId: string | null;
  /** Why nothing was written down of the client although there may be one: two with one marker, one that is not ours. */
  readonly problem: string | null;
  /** State of the record in the app; `foreign` when it belongs to somebody else; null when there is none. */
  readonly record: ObservedRecord["state"] | "foreign" | null;
  /** Whether the store holds evidence of it. */
  readonly proven: boolean;
}

export interface Rebuilt {
  readonly connections: readonly RebuiltConnection[];
  /** Clients with our marker that no file declares. */
  readonly undeclared: readonly { readonly idp: string; readonly key: ConnectionKey; readonly clientId: string }[];
}

/**
 * Fills the store's id cache from what carries our markers at identity providers and apps: for a store that was lost, or
 * whose ids somebody has made wrong. Reads lists only, and changes nothing outside the store. History, evidence and
 * locks stand nowhere else and stay lost; control does not, because no command needs them to find what is ours.
 *
 * @throws TenantryError of the system that could not be read, before anything is written; STORE_…
 */
export async function rebuildStore(world: RecordingWorld, connections: readonly Connection[]): Promise<Rebuilt> {
  const { store, holder, progress } = world;
  const byIdp = Map.groupBy(connections, (connection) => connection.registration.idp);
  const unread = new Map<string, TenantryError>();
  const read = await Promise.all(
    [...world.engines.keys()].map(async (idp) => {
      if (idp !== externalIdp) progress({ kind: "reading", what: `identity provider ${idp}` });
      const registrations = (byIdp.get(idp) ?? []).map((connection) => connection.registration);
      try {
        return [[idp, (await member(world.engines, idp).plan(registrations, "fleet")).observation] as const];
      } catch (error) {
        // A customer's own org that cannot be read is the business of that customer's connections alone.
        if (!(error instanceof TenantryError)) throw error;
        if (world.workspace.identityProviders.get(idp)?.tenant === undefined) throw error;
        unread.set(idp, error);
        return [];
      }
    }),
  );
  const observations = new Map(read.flat());
  const { found: present, foreign } = await readRecords(world, connections);

  const rebuilt: RebuiltConnection[] = [];
  for (const { key, registration } of connections) {
    const observation = observations.get(registration.idp);
    const record = present.get(key);
    // Of a customer's client only the file speaks, so it counts from when the app has it.
    const known = isOurs(registration) || record !== undefined;
    const found = known ? observation?.found.get(key) : undefined;
    const problem =
      unread.get(registration.idp) ?? observation?.problems.find((each) => each.key === key && each.kind !== "missing");
    if (found !== undefined) await store.rememberId(registration.address, found.id);
    else if (problem === undefined) await store.forgetId(registration.address);
    rebuilt.push({
      key,
      idp: registration.idp,
      clientId: found?.id ?? null,
      problem: problem?.message ?? null,
      record: record?.state ?? (foreign.has(key) ? "foreign" : null),
      proven: (await store.latestEvidence(key)) !== undefined,
    });
  }
  const declared = new Set(connections.map(({ key, registration }) => `${registration.idp} ${key}`));
  const undeclared = [...observations]
    .flatMap(([idp, observation]) => observation.undeclared.map(({ key, id }) => ({ idp, key, clientId: id })))
    .filter(({ idp, key }) => !declared.has(`${idp} ${key}`))
    .sort((a, b) => compareText(a.key, b.key));
  const clients = rebuilt.filter(({ clientId }) => clientId !== null).length;
  const records = rebuilt.filter(({ record }) => record !== null && record !== "foreign").length;
  const detail = { connections: rebuilt.length, clients, records, undeclared: undeclared.length };
  await store.audit({ actor: holder.name, event: "store.rebuilt", detail });
  return { connections: rebuilt, undeclared };
}
