import type { Connection } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Issue } from "../errors/issue.ts";
import type { Depth, RegistrationProblem } from "../idp/identity-provider.ts";
import type { Change } from "../plan/change.ts";
import { type Difference, diffAppTenant, diffRecord, diffRegistration } from "../plan/diff.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Observation, observe } from "./observe.ts";
import { selectConnections } from "./select.ts";
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
}

export interface Planned {
  readonly plan: Plan;
  readonly observation: Observation;
  readonly connections: readonly Connection[];
}

/**
 * Looks at what is there and works out what would be done. The same code serves `plan` and `apply`.
 *
 * @throws TenantryError with issues (PLAN_…) when the files and the world cannot be brought together; or the error of
 *   an outside system that could not be read
 */
export async function planWorld(world: World, request: PlanRequest): Promise<Planned> {
  const connections = selectConnections(request.connections, request.only);
  selectConnections(connections, request.handOver);
  const depth: Depth =
    request.only.length > 0 && connections.length <= readWhole
      ? "single"
      : request.deep || connections.length <= readWhole
        ? "deep"
        : "fleet";
  const observation = await observe(world, connections, depth);
  const issues = findIssues(request, connections, observation);
  if (issues.length > 0) {
    const first = issues[0];
    if (first !== undefined) {
      throw new TenantryError(first.code, `the files and what is there do not fit together`, { issues });
    }
  }
  return { plan: assemble(world, request, connections, observation), observation, connections };
}

function assemble(
  world: World,
  request: PlanRequest,
  connections: readonly Connection[],
  observation: Observation,
): Plan {
  const changes: Change[] = [];
  let unchanged = 0;
  const take = (difference: Difference): void => {
    changes.push(...difference.changes);
    if (difference.unchanged) unchanged += 1;
  };
  const tenantsDone = new Set<string>();
  for (const connection of connections.filter(({ status }) => status !== "draft")) {
    const found = observation.engines.get(connection.registration.idp)?.observation.found.get(connection.key);
    const app = observation.apps.get(connection.app);
    const state = app?.records.get(connection.key)?.state;
    const registration = diffRegistration(connection.registration, found);
    // What no sign-in has used yet, such as the client of an interrupted first apply, can put nobody out.
    const unused = state === undefined || state === "pending";
    take(unused ? cooled(registration) : registration);
    const row = `${connection.app}/${connection.tenant}`;
    if (!tenantsDone.has(row)) {
      tenantsDone.add(row);
      take(diffAppTenant(connection.appTenant, app?.tenants.get(connection.tenant)));
    }
    const clientId = found?.fields.clientId;
    const record = {
      ...connection.record,
      ...(typeof clientId === "string" ? { clientId } : {}),
    };
    const discovery = observation.discovery.get(record.issuer);
    const handOver = request.handOver.includes(connection.tenant) || request.handOver.includes(connection.key);
    const difference = diffRecord(record, app?.records.get(connection.key), {
      discovery,
      secretId: found?.secretId,
      handOver,
    });
    take(unused ? cooled(difference) : difference);
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
      ...[...observation.apps.values()].flatMap((app) => app.coverage),
    ],
    budget: engines.flatMap((engine) => engine.budget),
    discovery: [...observation.discovery.values()],
  });
}

function cooled(difference: Difference): Difference {
  const changes = difference.changes.map((change) => ("hot" in change ? { ...change, hot: [] } : change));
  return { ...difference, changes };
}

function findIssues(
  request: PlanRequest,
  connections: readonly Connection[],
  observation: Observation,
): readonly Issue[] {
  const byKey = new Map<string, Connection>(request.connections.map((connection) => [connection.key, connection]));
  const issues: Issue[] = [];
  for (const [idp, engine] of observation.engines) {
    for (const problem of engine.observation.problems) {
      const connection = byKey.get(problem.key);
      if (connection !== undefined) issues.push(problemIssue(request.tenants, connection, problem));
    }
    for (const found of engine.observation.undeclared) {
      if (!byKey.has(found.key)) issues.push(undeclared(`the client of ${found.key} at ${idp}`, found.key));
    }
  }
  for (const [name, app] of observation.apps) {
    for (const { key, message } of app.foreign) {
      const connection = byKey.get(key);
      if (connection === undefined) continue;
      issues.push(at(connection, "PLAN_RECORD_FOREIGN", message, "Tenantry never changes what it does not own"));
    }
    for (const found of app.undeclared) {
      if (!byKey.has(found.key) && found.state !== "tombstone") {
        issues.push(undeclared(`the ${found.state} record of ${found.key} in ${name}`, found.key));
      }
    }
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
    case "group-missing": {
      const tenant = tenants.find((candidate) => candidate.tenant === connection.tenant);
      const signIn = tenant?.signIns.get(connection.signIn);
      const index = signIn?.assignment.everyone === false ? signIn.assignment.groups.indexOf(problem.subject) : -1;
      const path = ["signIns", connection.signIn, "groups", ...(index < 0 ? [] : [index])];
      return {
        ...at(connection, problem.code, problem.message, "correct the name, or create the group there first"),
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
    default:
      return problem.kind satisfies never;
  }
}

function at(connection: Connection, code: Issue["code"], message: string, hint: string): Issue {
  return { code, ...connection.position, path: ["connections"], message, hint };
}

function undeclared(what: string, key: string): Issue {
  const tenant = key.slice(0, key.indexOf("/"));
  return {
    code: "PLAN_UNDECLARED",
    file: `tenants/${tenant}.yaml`,
    line: 1,
    column: 1,
    path: [],
    message: `${what} exists, but no file declares it; removing a file deletes nothing`,
    hint: `put tenants/${tenant}.yaml back with the connection and \`status: offboarded\``,
  };
}
