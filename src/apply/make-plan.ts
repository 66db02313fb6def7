import { isOurs } from "../desired/capability.ts";
import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import { serverPartOf } from "../desired/named-server.ts";
import { TenantryError } from "../errors/failure.ts";
import { compareText } from "../errors/issue.ts";
import type { Depth } from "../idp/identity-provider.ts";
import type { AttestedCheck } from "../plan/attested.ts";
import type { Change } from "../plan/change.ts";
import { type Difference, diffPart } from "../plan/diff.ts";
import type { ManualWork } from "../plan/manual.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import type { UnprovenDomain } from "../plan/unproven.ts";
import { attestationCounts } from "../verify/attest.ts";
import { budgetOf } from "./call-budget.ts";
import { withHandedOut } from "./callbacks.ts";
import { unroutedDomains } from "./domains.ts";
import { coverageOfHeld, findHeld, type Held } from "./held.ts";
import { changesOfLeftBehind, findLeftBehind, type LeftBehind } from "./left-behind.ts";
import { withServers } from "./named-servers.ts";
import { member, type Observation, observe } from "./observe.ts";
import { findIssues } from "./plan-issues.ts";
import type { PlanRequest } from "./plan-request.ts";
import { isNamed, selectConnections } from "./select.ts";
import { connectionChanges, sightOf } from "./sight.ts";
import type { World } from "./world.ts";

/** Up to so many connections every part is read; a larger fleet is read by lists unless `deep` is asked for. */
const readWhole = 20;

export interface Planned {
  readonly plan: Plan;
  readonly observation: Observation;
  readonly connections: readonly Connection[];
  /** Clients at other identity providers that connections had before they moved. */
  readonly leftBehind: ReadonlyMap<ConnectionKey, LeftBehind>;
  /** Connections of which not all could be told. */
  readonly held: ReadonlyMap<ConnectionKey, Held>;
}

/**
 * Looks at what is there and works out what would be done. The same code serves `plan` and `apply`.
 *
 * @throws TenantryError with issues (PLAN_…) when the files and the world cannot be brought together; TENANT_NONE when
 *   no tenant is for the environment; PLAN_OWN_CLIENT; or the error of an outside system that could not be read
 */
export async function planWorld(world: World, request: PlanRequest): Promise<Planned> {
  const selected = await withHandedOut(world, selectConnections(request.connections, request.only));
  const { connections, without } = await withServers(world, selected);
  selectConnections(connections, request.handOver);
  const depth: Depth =
    request.only.length > 0 && connections.length <= readWhole
      ? request.glance === true && !request.deep
        ? "glance"
        : "single"
      : request.deep || connections.length <= readWhole
        ? "deep"
        : "fleet";
  const whole = request.only.length === 0;
  const lists = await observe(world, { connections, depth, whole });
  const closer = await lookCloser(world, connections, lists, depth);
  const rows = ({ app, tenant }: Connection) => closer.apps.get(app)?.tenants.get(tenant);
  const observation = { ...closer, domains: await unroutedDomains(world, connections, rows) };
  const left = await findLeftBehind(world, request.tenants, connections, observation);
  const leftBehind = left.found;
  const issues = findIssues(request, connections, observation, left, world.workspace.environment);
  const [first] = issues;
  if (first !== undefined) {
    throw new TenantryError(first.code, "the files and what is there do not fit together", { issues });
  }
  if (request.connections.length === 0 && (request.others?.size ?? 0) === 0) {
    const message = `no tenant file is for the environment ${world.workspace.environment}`;
    throw new TenantryError("TENANT_NONE", message, { hint: "look at `environments:` of the tenant files" });
  }
  const held = findHeld(connections, observation, without);
  const assembled = assemble(world, request, connections, observation, leftBehind, held);
  const unpriced = { ...assembled, coverage: [...assembled.coverage, ...left.outOfReach] };
  const { changes } = unpriced;
  const budget = await budgetOf(world, { changes, connections, observation, leftBehind, held });
  return { plan: { ...unpriced, budget }, observation, connections, leftBehind, held };
}

function assemble(
  world: World,
  request: PlanRequest,
  connections: readonly Connection[],
  observation: Observation,
  leftBehind: Planned["leftBehind"],
  held: Planned["held"],
): Plan {
  const changes: Change[] = [];
  let unchanged = 0;
  const take = (difference: Difference): void => {
    changes.push(...difference.changes);
    if (difference.unchanged) unchanged += 1;
  };
  const sharedDone = new Set<Address>();
  const takeShared = (address: Address, difference: Difference): void => {
    // One that asks nothing of it does not speak for the others.
    if (sharedDone.has(address) || (difference.changes.length === 0 && !difference.unchanged)) return;
    take(difference);
    sharedDone.add(address);
  };
  for (const connection of connections.filter(({ status }) => status !== "draft")) {
    const by = held.get(connection.key)?.by;
    if (by === "discovery") continue;
    if (by === "server") {
      const part = serverPartOf(connection.registration);
      if (part !== undefined) takeShared(part.address, diffPart(part, undefined));
      continue;
    }
    const sight = sightOf(observation, connection);
    const { registration, parts, appTenant, record } = connectionChanges(
      connection,
      sight,
      isNamed(connection, request.handOver),
    );
    if (by === undefined) {
      for (const [index, part] of connection.registration.parts.entries()) {
        takeShared(part.address, parts[index] ?? { changes: [], unchanged: false });
      }
      // The customer's own client is not ours to change, so it is not counted as unchanged either.
      if (isOurs(connection.registration)) take(registration);
    }
    takeShared(connection.appTenant.address, appTenant);
    take(record);
    const left = leftBehind.get(connection.key);
    for (const change of left === undefined ? [] : changesOfLeftBehind(left)) {
      takeShared(change.address, { changes: [change], unchanged: false });
    }
  }
  const engines = [...observation.engines.values()];
  return makePlan({
    workspace: world.workspace.name,
    environment: world.workspace.environment,
    only: request.only,
    handOver: request.handOver,
    deep: request.deep,
    engines: Object.fromEntries(
      [...observation.engines.keys()].map((name) => [
        name,
        world.workspace.identityProviders.get(name)?.engine ?? "direct",
      ]),
    ),
    changes,
    unchanged,
    coverage: [
      ...engines.flatMap((engine) => engine.observation.coverage),
      ...[...observation.unread].map(([idp, error]) => {
        const total = connections.filter((connection) => connection.registration.idp === idp).length;
        return { what: `idp/${idp} clients (${error.code})`, read: 0, total };
      }),
      ...coverageOfHeld(held),
      ...[...observation.apps.values()].flatMap((app) => app.coverage),
    ],
    budget: [],
    discovery: [...observation.discovery.values()],
    unproven: unprovenIn(observation),
    attested: attestedIn(world, connections, changes),
    manual: manualIn(connections, observation, changes),
  });
}

/** What people have to do for the connections that something is changed for, or that wait for somebody. */
function manualIn(
  connections: readonly Connection[],
  { apps }: Observation,
  changes: readonly Change[],
): readonly ManualWork[] {
  const changed = new Set(changes.flatMap(({ key }) => (key === undefined ? [] : [key])));
  return connections.flatMap(({ key, app, tenant, record, manualSteps }) => {
    const waiting = apps.get(app)?.waiting?.get(key) ?? [];
    const steps = changed.has(key) && record.state === "active" ? manualSteps : [];
    return [...waiting, ...steps].map((step) => ({ tenant, key, ...step }));
  });
}

/** What people stand for of the tenants that something is changed for. */
function attestedIn(
  { verifyIo }: World,
  connections: readonly Connection[],
  changes: readonly Change[],
): readonly AttestedCheck[] {
  const changed = new Set(changes.map(({ tenant }) => tenant));
  const attests = new Map(
    connections
      .filter(({ tenant, record }) => changed.has(tenant) && record.state === "active")
      .map(({ tenant, proof }) => [tenant, proof.attest]),
  );
  return [...attests].flatMap(([tenant, entries]) =>
    entries.map((entry) => {
      const { check, by, expires } = entry;
      return { tenant, check, by, expires, counts: attestationCounts(entry, verifyIo.clock()) };
    }),
  );
}

/** Each domain once, however many apps its tenant has. */
function unprovenIn({ domains }: Observation): readonly UnprovenDomain[] {
  const all = [...(domains?.values() ?? [])].flatMap(({ unproven }) => unproven);
  const first = new Map(all.toReversed().map((each) => [each.domain, each]));
  return [...first.values()].sort((a, b) => compareText(a.tenant, b.tenant) || compareText(a.domain, b.domain));
}

async function lookCloser(
  world: World,
  connections: readonly Connection[],
  seen: Observation,
  depth: Depth,
): Promise<Observation> {
  if (depth === "fleet") return withChanged(world, connections, seen);
  return depth === "glance" ? withHidden(world, connections, seen) : seen;
}

/**
 * A glance shows no client that somebody has renamed. Where a record says that there is one, or where one must be
 * switched off for certain, it is looked for in the lists. Of the others the plan says that they were not.
 */
async function withHidden(world: World, connections: readonly Connection[], glance: Observation): Promise<Observation> {
  const engines = new Map(glance.engines);
  for (const [idp, group] of Map.groupBy(connections, (connection) => connection.registration.idp)) {
    const read = engines.get(idp);
    const unseen = group.filter(
      ({ key, registration }) => isOurs(registration) && read?.observation.found.has(key) === false,
    );
    if (read === undefined || unseen.length === 0) continue;
    const expected = unseen.some(
      ({ key, app, status }) =>
        status === "suspended" || status === "offboarded" || glance.apps.get(app)?.records.has(key) === true,
    );
    if (expected) {
      const registrations = group.map((connection) => connection.registration);
      engines.set(idp, await member(world.engines, idp).plan(registrations, "single"));
      continue;
    }
    const unread = { what: `idp/${idp} clients that no search shows`, read: 0, total: unseen.length };
    const coverage = [...read.observation.coverage, unread];
    engines.set(idp, { ...read, observation: { ...read.observation, coverage } });
  }
  return { ...glance, engines };
}

/**
 * A fleet is read by its lists, which hold no assignments and no secret ids. What the files have changed since it was
 * written (its record says by which spec) is read whole, so that no change of a file goes unseen.
 */
async function withChanged(world: World, connections: readonly Connection[], lists: Observation): Promise<Observation> {
  const changed = connections.filter((connection) => {
    const record = lists.apps.get(connection.app)?.records.get(connection.key);
    return connection.status !== "draft" && record?.specDigest !== connection.specDigest;
  });
  const engines = new Map(lists.engines);
  for (const [idp, group] of Map.groupBy(changed, (connection) => connection.registration.idp)) {
    const read = engines.get(idp);
    if (read === undefined) continue;
    const registrations = group.map((connection) => connection.registration);
    const single = await member(world.engines, idp).plan(registrations, "single");
    const found = new Map([...read.observation.found, ...single.observation.found]);
    const planned = {
      registrations: new Map([...read.registrations, ...single.registrations]),
      parts: new Map([...read.parts, ...single.parts]),
    };
    const asked = new Set(group.map((connection) => connection.key));
    const parts = new Map([...read.observation.parts, ...single.observation.parts]);
    const problems = [
      ...read.observation.problems.filter(({ key }) => !asked.has(key)),
      ...single.observation.problems,
    ];
    // A look at few leaves some things unread too.
    const readNow = new Map(single.observation.coverage.map((entry) => [entry.what, entry.read]));
    const coverage = read.observation.coverage.map((entry) => ({
      ...entry,
      read: Math.min(entry.total, entry.read + (readNow.get(entry.what) ?? 0)),
    }));
    engines.set(idp, { ...planned, observation: { ...read.observation, found, parts, problems, coverage } });
  }
  return { ...lists, engines };
}
