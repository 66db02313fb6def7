import { relative, resolve, sep } from "node:path";
import { openRecordingWorld } from "../../apply/open.ts";
import { selectConnections } from "../../apply/select.ts";
import { verifyConnections } from "../../apply/verify-connections.ts";
import type { Connection } from "../../desired/connection.ts";
import type { Link } from "../../store/evidence.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { type Context, loadContext } from "../context.ts";
import { type Run, recordingOptions } from "../run.ts";
import { stopSignal } from "../stop-signal.ts";
import type { ProbeFlags, VerifyOptions } from "./options.ts";
import { placeOf } from "./place.ts";
import { proofProgress } from "./proof-progress.ts";
import type { Placed } from "./report.ts";

/** The connections that a run is about, and how their proofs are had. */
export interface Fleet {
  readonly environment: string;
  readonly connections: readonly Connection[];
  /** Links besides the usual ones that something may be known of. */
  readonly links: readonly Link[];
  /** Proves them and gives each as it comes. @throws TenantryError of the workspace's store */
  prove(take: (placed: Placed) => void): Promise<void>;
}

/** What is asked of somebody's workspace, on top of `verify`'s own options. */
export type FleetOptions = Omit<VerifyOptions, "json">;

const stopping = "stopping: what is proven is kept, the rest is told as interrupted; once more to stop at once";

/**
 * The tenants or connections that are named, all when none is.
 *
 * @throws TenantryError WORKSPACE_NOT_FOUND, CLI_FILES_INVALID, PLAN_UNKNOWN_TENANT
 */
export function openFleet(run: Run, only: readonly string[], options: FleetOptions): Fleet {
  const context = loadContext(run.surroundings, options, run.now(), only);
  const connections = selectConnections(context.connections, only);
  const tenants = new Map(context.tenants.map((tenant) => [tenant.tenant, tenant]));
  const byKey = new Map(connections.map((connection) => [connection.key, connection]));
  const links: Link[] = [
    ...(connections.some(({ startUrl }) => startUrl !== undefined) ? (["app"] as const) : []),
    ...(connections.some(({ appTenant }) => appTenant.domains.length > 0) ? (["domain"] as const) : []),
  ];
  return {
    environment: context.workspace.environment,
    connections,
    links,
    async prove(take) {
      const workspace = withFlags(context.workspace, options);
      const own: Context = { ...context, workspace };
      const reach = { connections, access: "read", whole: false } as const;
      const world = await openRecordingWorld(recordingOptions(run, own, reach));
      const stop = stopSignal(run.terminal, stopping);
      const progress = proofProgress(run.terminal, connections.length);
      try {
        const proofs = verifyConnections(world, {
          connections,
          secretProbe: options.secretProbe,
          wrongSecretControl: options.wrongSecretControl ?? "unlessSeen",
          alarmingProbes: options.alarmingProbes,
          appProbe: options.appProbe,
          appCode: options.appCode,
          since: options.since,
          concurrency: options.concurrency,
          budget: workspace.verify.budget,
          signal: stop.interrupted,
          begun: progress.begun,
          ended: progress.ended,
        });
        for await (const proof of proofs) {
          const connection = byKey.get(proof.key);
          if (connection === undefined) continue;
          const tenant = tenants.get(connection.tenant);
          take({ proof, at: connection.position, placeOf: (check) => placeOf(connection, tenant, check) });
        }
      } finally {
        stop.dispose();
        await world.close();
      }
    },
  };
}

/** The workspace with what the command line says of its probes. */
function withFlags(workspace: Workspace, flags: ProbeFlags & Pick<VerifyOptions, "concurrency">): Workspace {
  const { verify } = workspace;
  return {
    ...workspace,
    verify: {
      ...verify,
      allowPrivate: [...verify.allowPrivate, ...(flags.allowPrivate ?? [])],
      resolvers: flags.resolver ?? verify.resolvers,
      proxy: flags.proxy ?? verify.proxy,
      budget: flags.budget ?? verify.budget,
    },
  };
}

/** Names of the workspace's files as whoever stands in `cwd` knows them: a checkout's root, for code scanning. */
export function seenFrom(cwd: string, root: string): (file: string) => string {
  const folder = relative(cwd, root);
  if (folder === "" || folder.startsWith("..")) return (file) => file;
  return (file) => relative(cwd, resolve(root, file)).split(sep).join("/");
}
