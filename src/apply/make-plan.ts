import { isOurs } from "../desired/capability.ts";
import type { Address, Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Issue } from "../errors/issue.ts";
import type { Depth, RegistrationProblem } from "../idp/identity-provider.ts";
import type { Change } from "../plan/change.ts";
import type { Difference } from "../plan/diff.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import type { SignIn, Tenant } from "../tenant/tenant.ts";
import { budgetOf } from "./call-budget.ts";
import { coverageOfHeld, findHeld, type Held } from "./held.ts";
import { changesOfLeftBehind, findLeftBehind, type LeftBehind, type LeftBehindLook } from "./left-behind.ts";
import { member, type Observation, observe } from "./observe.ts";
import { isNamed, selectConnections } from "./select.ts";
import { connectionChanges, sightOf } from "./sight.ts";
import type { World } from "./world.ts";

/** Up to so many connections every part is read; a larger fleet is read by lists unless `deep` is asked for. */
const readWhole = 20;

export interface PlanRequest {
  readonly tenants: readonly Tenant[];
  readonly connections: readonly Connection[];
  /** Tenants or connection keys; empty: all. */
  readonly only: readonly string[];
  readonly deep: boolean;
  /** Tenants or connection keys whose secret is handed over again, even when nothing differs. */
  readonly handOver: readonly string[];
  /**
   * Whether a client of a connection without any record is looked for by search alone, so that no list of the identity
   * provider is read for it. For a plan that is not applied; one that names nothing in `only` reads lists anyway.
   */
  readonly glance?: boolean | undefined;
  /** Tenants that have a file here and whose connections are not among those given: what is theirs is declared. */
  readonly others?: ReadonlySet<string> | undefined;
}

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
  const connections = selectConnections(request.connections, request.only);
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
  const observation = await lookCloser(world, connections, lists, depth);
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
  const held = findHeld(connections, observation);
  const unpriced = assemble(world, request, connections, observation, leftBehind, held);
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
  });
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
    engines.set(idp, { ...read, observation: { ...read.observation, found, parts, problems, coverage } });
  }
  return { ...lists, engines };
}

function findIssues(
  request: PlanRequest,
  connections: readonly Connection[],
  observation: Observation,
  left: LeftBehindLook,
  environment: string,
): readonly Issue[] {
  const byKey = new Map<string, Connection>(request.connections.map((connection) => [connection.key, connection]));
  const isDeclared = (key: string): boolean => byKey.has(key) || request.others?.has(tenantOfKey(key)) === true;
  const issues: Issue[] = [];
  for (const [idp, engine] of observation.engines) {
    for (const problem of engine.observation.problems) {
      const connection = byKey.get(problem.key);
      // Nothing at an identity provider stops a connection that is wanted off: the app's side closes first.
      if (connection?.record.state === "active") issues.push(problemIssue(request.tenants, connection, problem));
    }
    for (const found of engine.observation.undeclared) {
      const declared = byKey.get(found.key);
      if (declared === undefined && isDeclared(found.key)) continue;
      if (left.problems.some(({ key }) => key === found.key)) continue;
      if (declared?.registration.idp !== idp && left.found.get(found.key)?.registration.idp !== idp) {
        const moved = declared !== undefined && !connections.includes(declared);
        const what = `the client of ${found.key} at ${idp}`;
        issues.push(moved ? notMovedYet(declared, idp) : undeclared(what, found.key, request.tenants, environment));
      }
    }
  }
  for (const problem of left.problems) {
    const connection = byKey.get(problem.key);
    if (connection !== undefined) issues.push(problemIssue(request.tenants, connection, problem));
  }
  for (const [name, app] of observation.apps) {
    for (const { key, message } of app.foreign) {
      const connection = byKey.get(key);
      if (connection === undefined) continue;
      issues.push(at(connection, "PLAN_RECORD_FOREIGN", message, "Tenantry never changes what it does not own"));
    }
    for (const found of app.undeclared) {
      if (!isDeclared(found.key) && found.state !== "tombstone") {
        const what = `the ${found.state} record of ${found.key} in ${name}`;
        issues.push(undeclared(what, found.key, request.tenants, environment));
      }
    }
  }
  for (const connection of connections) {
    const id = observation.apps.get(connection.app)?.tenants.get(connection.tenant)?.fields.id;
    if (id === undefined || id === connection.appTenant.id) continue;
    issues.push(
      at(
        connection,
        "PLAN_ID_CHANGED",
        `the public id of ${connection.tenant} is ${String(id)} in ${connection.app}, and the file says another`,
        "put the old id back: it stands in callbacks and never changes",
      ),
    );
  }
  for (const connection of connections) {
    const state = observation.apps.get(connection.app)?.records.get(connection.key)?.state;
    if (state !== "tombstone" || connection.record.state === "tombstone") continue;
    const message = `${connection.key} was taken away for good; a retired slug is never used again`;
    issues.push(at(connection, "PLAN_RETIRED", message, "use a new file with a new slug and a new public id"));
  }
  for (const connection of connections.filter(({ status }) => status === "draft")) {
    const registered = observation.engines.get(connection.registration.idp)?.observation.found.has(connection.key);
    const state = observation.apps.get(connection.app)?.records.get(connection.key)?.state;
    if (registered !== true && (state === undefined || state === "tombstone")) continue;
    issues.push(
      at(
        connection,
        "PLAN_DRAFT_EXISTS",
        `${connection.key} is a draft in the file, but its ${registered ? "client" : "record"} exists`,
        "use `status: suspended` to switch it off, or `status: offboarded` to take it away",
      ),
    );
  }
  return issues;
}

function problemIssue(tenants: readonly Tenant[], connection: Connection, problem: RegistrationProblem): Issue {
  switch (problem.kind) {
    case "missing": {
      const tenant = tenants.find((candidate) => candidate.tenant === connection.tenant);
      const signIn = tenant?.signIns.get(connection.signIn);
      const field = problem.field ?? "groups";
      const index = namesIn(signIn, field).indexOf(problem.subject);
      const path = ["signIns", connection.signIn, field, ...(index < 0 ? [] : [index])];
      const hint =
        field === "groups"
          ? `correct the name, create the group there first, or write \`{ name: ${problem.subject}, create: true }\``
          : "correct the name, or create it there first";
      return {
        ...at(connection, problem.code, problem.message, hint),
        ...(tenant === undefined ? {} : tenant.positionOf(path)),
        path,
      };
    }
    case "foreign":
      return at(
        connection,
        problem.code,
        problem.message,
        "look at that object; Tenantry never changes what it does not own",
      );
    case "duplicate":
      return at(
        connection,
        problem.code,
        problem.message,
        "find out which one the app uses, and remove the marker from the other",
      );
    case "renamed":
      return at(
        connection,
        problem.code,
        problem.message,
        "put the old `organizationName` back, or rename the organization there first; of two, remove the one that nobody uses",
      );
    case "immutable":
      return at(
        connection,
        problem.code,
        problem.message,
        "leave it as it is, or declare a second sign-in of another name, which gets a client of its own",
      );
    default:
      return problem.kind satisfies never;
  }
}

/** The names of a field that is a list; a field of one name has no places in it. */
function namesIn(signIn: SignIn | undefined, field: NonNullable<RegistrationProblem["field"]>): readonly string[] {
  if (field === "groups") return signIn?.assignment?.everyone === false ? signIn.assignment.groups : [];
  return field === "enabledConnections" ? (signIn?.enabledConnections ?? []) : [];
}

function at(connection: Connection, code: Issue["code"], message: string, hint: string): Issue {
  return { code, ...connection.position, path: ["connections"], message, hint };
}

/** A connection that was not asked for, and whose client would lose what it shares with one that was. */
function notMovedYet(connection: Connection, idp: string): Issue {
  return at(
    connection,
    "PLAN_UNDECLARED",
    `the client of ${connection.key} at ${idp} exists, and its file names another identity provider`,
    `apply both together, with \`--only ${connection.tenant}\``,
  );
}

/** Says how to go on with it: by the file that is gone, by the connection that is gone from it, or by its `environments:`. */
function undeclared(what: string, key: string, tenants: readonly Tenant[], environment: string): Issue {
  const tenant = tenantOfKey(key);
  const file = `tenants/${tenant}.yaml`;
  const present = tenants.find((candidate) => candidate.tenant === tenant);
  const [path, message, hint] =
    present === undefined
      ? [[], `${what} exists, but no file declares it; removing a file deletes nothing`, `put ${file} back`]
      : present.environments?.includes(environment) === false
        ? [["environments"], `${what} exists, but the file is not for ${environment}`, `add ${environment} again`]
        : [["connections"], `${what} exists, but the file declares it no more`, "put the connection back"];
  return {
    code: "PLAN_UNDECLARED",
    ...(present === undefined ? { file, line: 1, column: 1 } : present.positionOf(path)),
    path,
    message,
    hint: `${hint}, with \`status: offboarded\` when its people shall come in no more`,
  };
}

function tenantOfKey(key: string): string {
  return key.slice(0, key.indexOf("/"));
}
