import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { withRecordedServer } from "../desired/named-server.ts";
import { TenantryError } from "../errors/failure.ts";
import type { ObservedRecord, RoutedDomain } from "../plan/observed.ts";
import type { DocumentCache } from "../verify/verify.ts";
import type { ConnectionProof, UnprovenConnection } from "./connection-proof.ts";
import { readRecords } from "./read-records.ts";
import { type RecordProbes, verifyRecord } from "./verify-record.ts";
import type { RecordingWorld } from "./world.ts";

export interface VerifyRequest extends RecordProbes {
  readonly connections: readonly Connection[];
  /** How many connections are proven at once; per host the fetcher has a limit of its own. Default 32. */
  readonly concurrency?: number | undefined;
  /** Milliseconds for the whole run; what is not proven by then is inconclusive. Absent: no limit. */
  readonly budget?: number | undefined;
  /** Stops the run: what is under way is left, the rest is not begun. */
  readonly signal?: AbortSignal | undefined;
  /** Told when the proof of a connection begins. */
  readonly begun?: ((key: ConnectionKey) => void) | undefined;
  /** Told when it has ended, in the order in which they end. */
  readonly ended?: ((key: ConnectionKey) => void) | undefined;
}

/** How many connections are proven at once when nobody says. */
const usualConcurrency = 32;

/**
 * Proves what the apps really use: the values and the secret of each record, opened as the app would open it. Gives the
 * proofs in the order of the connections, each as soon as it and those before it are there, so that a run over a fleet
 * need not hold them all. Evidence is stored for each that was looked at in full. A connection without a live record is
 * skipped, with the reason. An app that cannot be asked makes its own connections inconclusive, not the others.
 *
 * @throws TenantryError of the store, when it cannot be reached
 */
export async function* verifyConnections(
  world: RecordingWorld,
  request: VerifyRequest,
): AsyncGenerator<ConnectionProof, void, void> {
  const { connections } = request;
  const stop = stopOf(request);
  const readings = await readApps(world, connections);
  const documents: DocumentCache = new Map();
  const proofs: (ConnectionProof | undefined)[] = [];
  let failed: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  const waiting = connections.entries();
  const worker = async (): Promise<void> => {
    for (const [index, connection] of waiting) {
      if (failed !== undefined) return;
      proofs[index] = await stop.orNot(connection.key, () => {
        request.begun?.(connection.key);
        return proofOf(world, request, connection, readings, documents, stop.signal);
      });
      request.ended?.(connection.key);
      wake();
    }
  };
  const workers = Array.from({ length: request.concurrency ?? usualConcurrency }, () =>
    worker().catch((error: unknown) => {
      failed ??= { error };
      wake();
    }),
  );
  try {
    for (let index = 0; index < connections.length; index += 1) {
      while (proofs[index] === undefined && failed === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      const proof = proofs[index];
      if (proof === undefined) throw failed?.error;
      proofs[index] = undefined;
      yield proof;
    }
    await Promise.all(workers);
  } finally {
    stop.now();
  }
}

/** What reading the records of one connection's app gave. */
interface Reading {
  readonly record?: ObservedRecord | undefined;
  /** The domains of its tenant that the app routes. */
  readonly routed?: readonly RoutedDomain[] | undefined;
  /** Words for a record that stands there and is not ours. */
  readonly foreign?: string | undefined;
  readonly error?: TenantryError | undefined;
}

/** The records, app by app: one that cannot be read says so for its own connections. */
async function readApps(
  world: RecordingWorld,
  connections: readonly Connection[],
): Promise<(connection: Connection) => Reading> {
  const byApp = new Map<string, { records?: Awaited<ReturnType<typeof readRecords>>; error?: TenantryError }>();
  for (const [app, group] of Map.groupBy(connections, (connection) => connection.app)) {
    try {
      byApp.set(app, { records: await readRecords(world, group) });
    } catch (error) {
      if (!(error instanceof TenantryError)) throw error;
      byApp.set(app, { error });
    }
  }
  return ({ app, key, appTenant }) => {
    const { records, error } = byApp.get(app) ?? {};
    const routed = records?.routed.get(appTenant.address);
    return { record: records?.found.get(key), routed, foreign: records?.foreign.get(key), error };
  };
}

async function proofOf(
  world: RecordingWorld,
  request: VerifyRequest,
  connection: Connection,
  readings: (connection: Connection) => Reading,
  documents: DocumentCache,
  signal: AbortSignal,
): Promise<ConnectionProof> {
  const { key } = connection;
  const { record, routed, foreign, error } = readings(connection);
  if (connection.status === "draft") return { key, verdict: "skipped", because: "it is a draft" };
  if (error !== undefined) return unasked(key, error);
  if (foreign !== undefined) return { key, verdict: "inconclusive", because: foreign };
  // Wanted live, and there is nothing live: that is no pass.
  const verdict = connection.record.state === "active" ? "inconclusive" : "skipped";
  if (record === undefined) return { key, verdict, because: "the app has no record of it" };
  if (record.state === "disabled" || record.state === "tombstone") {
    return { key, verdict, because: `its record is ${record.state}` };
  }
  try {
    // A server that the file names by its name: only the org knows its id, and a proof asks no org.
    const served = withRecordedServer(connection, record.fields.issuer);
    return await verifyRecord(world, request, served, record, { documents, routed }, signal);
  } catch (thrown) {
    if (!(thrown instanceof TenantryError) || thrown.code.startsWith("STORE_")) throw thrown;
    return unasked(key, thrown);
  }
}

function unasked(key: ConnectionKey, { code, message, hint }: TenantryError): UnprovenConnection {
  return { key, verdict: "inconclusive", because: message, code, hint };
}

/** What ends a run before its time: somebody who asks it to stop, or the budget. */
function stopOf({ signal, budget }: Pick<VerifyRequest, "signal" | "budget">): {
  readonly signal: AbortSignal;
  /** The work's proof, unless the run is stopped before it is there. */
  orNot(key: ConnectionKey, work: () => Promise<ConnectionProof>): Promise<ConnectionProof>;
  now(): void;
} {
  const ended = new AbortController();
  const timeout = budget === undefined ? undefined : AbortSignal.timeout(budget);
  const any = AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal]), ...(timeout ? [timeout] : [])]);
  const stopped = Promise.withResolvers<"stopped">();
  any.addEventListener("abort", () => stopped.resolve("stopped"), { once: true });
  if (any.aborted) stopped.resolve("stopped");
  const unproven = (key: ConnectionKey): UnprovenConnection =>
    timeout?.aborted === true && signal?.aborted !== true
      ? {
          key,
          verdict: "inconclusive",
          because: "the time for the whole run was used up before it was proven",
          code: "VERIFY_BUDGET_SPENT",
        }
      : {
          key,
          verdict: "inconclusive",
          because: "the run was interrupted before it was proven",
          code: "VERIFY_INTERRUPTED",
        };
  return {
    signal: any,
    async orNot(key, work) {
      if (any.aborted) return unproven(key);
      try {
        const first = await Promise.race([work(), stopped.promise]);
        return first === "stopped" ? unproven(key) : first;
      } catch (error) {
        if (any.aborted && error === any.reason) return unproven(key);
        throw error;
      }
    },
    now: () => ended.abort(),
  };
}
