import type { Connection } from "../desired/connection.ts";
import { tenantOfKey } from "../desired/key.ts";
import type { Issue } from "../errors/issue.ts";
import type { RegistrationProblem } from "../idp/identity-provider.ts";
import type { SignIn, Tenant } from "../tenant/tenant.ts";
import { enginesOf } from "../workspace/workspace.ts";
import type { LeftBehindLook } from "./left-behind.ts";
import type { Observation } from "./observe.ts";
import type { PlanRequest } from "./plan-request.ts";

/** Where the files and what is there cannot be brought together: each with its place in a file and how to mend it. */
export function findIssues(
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
    for (const { key, code, message, hint, path, in: of } of app.problems ?? []) {
      const connection = byKey.get(key);
      // Nothing at an app stops a connection that is wanted off.
      if (connection?.record.state !== "active") continue;
      const tenant = request.tenants.find((candidate) => candidate.tenant === connection.tenant);
      const place = of === "tenant" ? path : ["connections", connection.index, ...path];
      const position = tenant?.positionOf(place) ?? connection.position;
      issues.push({ code, ...position, path: place, message, hint });
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
    case "state":
      return at(connection, problem.code, problem.message, stateHint(connection, problem));
    default:
      return problem.kind satisfies never;
  }
}

/** How what a state does not know, or knows wrongly, is brought in step. */
function stateHint({ registration, tenant }: Connection, { code }: RegistrationProblem): string {
  const [, engine] = registration.kind === "external" ? [] : enginesOf[registration.kind];
  const command = `\`tenantry apply --adopt-into ${engine} --only ${tenant}\``;
  return code === "ENGINE_NOT_IN_STATE"
    ? `see first that \`engines:\` names the backend that was used before, because another state may hold it; then ${command} takes it in, unchanged`
    : `${command} brings the state in step with what is there`;
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
