import type { RecordObservation } from "../app/app.ts";
import type { Address, Connection } from "../desired/connection.ts";
import { awaitsServer } from "../desired/named-server.ts";
import type { EnginePlan } from "../engine/engine.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Depth } from "../idp/identity-provider.ts";
import type { DiscoverySnapshot } from "../plan/observed.ts";
import { discover } from "../verify/verify.ts";
import { externalIdp, type Workspace } from "../workspace/workspace.ts";
import type { TenantDomains } from "./domains.ts";
import { issuerSourceOf, sourceKey } from "./issuer-source.ts";
import type { World } from "./world.ts";

/** What is there now, as far as the connections are concerned. */
export interface Observation {
  /** By name of the identity provider. */
  readonly engines: ReadonlyMap<string, EnginePlan>;
  /** By name of the app. */
  readonly apps: ReadonlyMap<string, RecordObservation>;
  /** By `sourceKey`: the issuer, mostly. */
  readonly discovery: ReadonlyMap<string, DiscoverySnapshot>;
  /**
   * Identity providers that could not be read, with the reason: nothing but switching off is wanted there, or they are a
   * customer's own.
   */
  readonly unread: ReadonlyMap<string, TenantryError>;
  /** Documents that could not be had or used, with the reason, by `sourceKey`. */
  readonly undiscovered: ReadonlyMap<string, TenantryError>;
  /** What DNS says of the domains that are not routed yet, by the address of the tenant's row. Absent: not asked. */
  readonly domains?: ReadonlyMap<Address, TenantDomains> | undefined;
}

/** What is to be looked at. */
export interface ObserveRequest {
  readonly connections: readonly Connection[];
  readonly depth: Depth;
  /** Whether every identity provider and app of the workspace is looked at, so that what nobody declares is seen. */
  readonly whole: boolean;
}

/**
 * Reads identity providers, apps and discovery documents. Writes nothing and sends no secret of a tenant anywhere. A
 * document that cannot be had is the business of its issuer's connections alone; the others go on without it.
 *
 * @throws TenantryError of the system that could not be read; of a document, when no connection could go on
 */
export async function observe(world: World, { connections, depth, whole }: ObserveRequest): Promise<Observation> {
  const unread = new Map<string, TenantryError>();
  const byIdp = Map.groupBy(connections, (connection) => connection.registration.idp);
  const engines = [...(whole ? world.engines.keys() : byIdp.keys())].map(
    async (idp): Promise<readonly [string, EnginePlan][]> => {
      if (idp !== externalIdp) world.progress({ kind: "reading", what: `identity provider ${idp}` });
      const group = byIdp.get(idp) ?? [];
      const isCustomers = world.workspace.identityProviders.get(idp)?.tenant !== undefined;
      // Nothing is asked of a customer's own org for a draft: it may not have given us its credentials yet.
      if (isCustomers && group.every(({ status }) => status === "draft")) return [];
      const registrations = group.map((connection) => connection.registration);
      try {
        return [[idp, await member(world.engines, idp).plan(registrations, depth)]];
      } catch (error) {
        // Switching off must not wait for an identity provider that does not answer: the app's side closes first.
        const onlyOff = group.length > 0 && group.every(({ record }) => record.state === "disabled");
        // A customer's own org that cannot be read is the business of that customer's connections alone.
        if (!(error instanceof TenantryError) || error.code === "PLAN_OWN_CLIENT") throw error;
        if (!onlyOff && (!isCustomers || connections.every(({ registration }) => registration.idp === idp)))
          throw error;
        unread.set(idp, error);
        return [];
      }
    },
  );
  const byApp = Map.groupBy(connections, (connection) => connection.app);
  const apps = [...(whole ? world.apps.keys() : byApp.keys())].map(
    async (name): Promise<[string, RecordObservation]> => {
      world.progress({ kind: "reading", what: `app ${name}` });
      const records = (byApp.get(name) ?? []).map((connection) => connection.record);
      const tenants = new Map((byApp.get(name) ?? []).map(({ appTenant }) => [appTenant.address, appTenant]));
      return [name, await member(world.apps, name).observe(records, true, [...tenants.values()])];
    },
  );
  const sources = new Map(
    connections
      .filter((each) => each.record.state === "active" && !awaitsServer(each))
      .map(({ record }) => issuerSourceOf(record))
      .map((source) => [sourceKey(source), source]),
  );
  const discovery = [...sources].map(async ([key, source]): Promise<[string, DiscoverySnapshot]> => {
    // Endpoints from the file are only judged.
    if (source.endpoints === undefined) {
      world.progress({ kind: "reading", what: `discovery of ${source.issuer}` });
    }
    return [key, await discover(source, world.verifyIo)];
  });
  // Settled first, so that no read is left running when another has failed.
  const settled = await Promise.allSettled([...engines, ...apps, ...discovery]);
  const failed = settled.slice(0, engines.length + apps.length).find((result) => result.status === "rejected");
  if (failed !== undefined) throw withSandboxHint(world.workspace, failed.reason);
  // A glance has left it to the documents whether what they are of is there; why one is not, a full look tells.
  if (depth === "glance" && settled.slice(engines.length + apps.length).some(({ status }) => status === "rejected")) {
    return observe(world, { connections, depth: "single", whole });
  }
  const plans = new Map((await Promise.all(engines)).flat());
  const known = serversKnownMissing(connections, plans);
  const documents = new Map<string, DiscoverySnapshot>();
  const undiscovered = new Map<string, TenantryError>();
  for (const [index, key] of [...sources.keys()].entries()) {
    const read = settled[engines.length + apps.length + index] as PromiseSettledResult<[string, DiscoverySnapshot]>;
    if (known.has(key)) continue;
    if (read.status === "fulfilled") {
      documents.set(...read.value);
      continue;
    }
    if (!(read.reason instanceof TenantryError)) throw read.reason;
    undiscovered.set(key, read.reason);
  }
  const [first] = undiscovered.values();
  const isHeld = ({ record }: Connection): boolean =>
    record.state === "active" && undiscovered.has(sourceKey(issuerSourceOf(record)));
  if (first !== undefined && connections.every((each) => each.status === "draft" || isHeld(each))) {
    throw withSandboxHint(world.workspace, first);
  }
  return { engines: plans, apps: new Map(await Promise.all(apps)), discovery: documents, unread, undiscovered };
}

/** Issuers of which the identity provider has said that they are not there: that has a place in a file. */
function serversKnownMissing(
  connections: readonly Connection[],
  plans: ReadonlyMap<string, EnginePlan>,
): ReadonlySet<string> {
  const missing = new Set(
    [...plans.values()].flatMap(({ observation }) =>
      observation.problems.filter(({ field }) => field === "authorizationServer").map(({ key }) => key),
    ),
  );
  return new Set(
    connections.filter(({ key }) => missing.has(key)).map(({ record }) => sourceKey(issuerSourceOf(record))),
  );
}

/** Where everything goes to a sandbox, "cannot be reached" has one likely cause. */
function withSandboxHint(workspace: Workspace, error: unknown): unknown {
  if (workspace.connect === undefined || !(error instanceof TenantryError) || !unreached.has(error.code)) return error;
  const at = `${workspace.connect.host}:${workspace.connect.port}`;
  const hint = /certificate|TLS/.test(error.message)
    ? `What answers at ${at} is not vouched for by ${workspace.connect.ca.text}: end the sandbox of another folder that may run there, then start this one with \`tenantry sandbox --background\`.`
    : `See that the sandbox runs at ${at}: \`tenantry sandbox --background\` starts it.`;
  return new TenantryError(error.code, error.message, { cause: error, hint });
}

const unreached: ReadonlySet<string> = new Set([
  "OKTA_UNREACHABLE",
  "AUTH0_UNREACHABLE",
  "VERIFY_DISCOVERY_UNAVAILABLE",
]);

/** The member of a map that the rules have said must be there. */
export function member<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new TypeError(`nothing is open under the name ${name}`);
  return found;
}
