import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Auth0Member, FleetMember, OktaMember } from "../../sandbox/fleet.ts";
import { compile } from "../desired/compile.ts";
import type { OrganizationPart, Registration } from "../desired/connection.ts";
import { newClient } from "../idp/auth0/client-body.ts";
import { writeMetadata } from "../idp/auth0/organization-metadata.ts";
import { newApp } from "../idp/okta/app-body.ts";
import { tenantsFolder } from "../tenant/load.ts";
import { writeTenant } from "../tenant/write.ts";
import { loadWorkspace, workspaceFile } from "../workspace/load.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { type FleetKinds, fleetTenants } from "./fleet-tenants.ts";
import { nodeFiles } from "./node-files.ts";
import { packageRoot } from "./package-root.ts";
import { sandboxEnvironment } from "./sandbox-folder.ts";

/** A fleet of made-up tenants in a sandbox: how many, and from which seed. */
export interface FleetChoice {
  readonly count: number;
  readonly seed: number;
  /** `mixed` when absent. */
  readonly kinds?: Exclude<FleetKinds, "all"> | undefined;
}

/** Where a fleet's workspace finds the sandbox that has its tenants. */
export interface FleetSandbox {
  readonly port: number;
  /** Absolute path of the folder with `ca.pem` and `env`. */
  readonly folder: string;
}

/** Name of the fleet's workspace: its tenants are nobody's for the workspace that the sandbox is of. */
const fleetName = "fleet";

/** Where the workspace of the fleet of a workspace's sandbox is. */
export function fleetFolder(root: string): string {
  return join(root, ".tenantry", fleetName);
}

/** Writes the `tenantry.yaml` of a fleet, which is the example's but for name and sandbox. */
export function writeFleetWorkspace(folder: string, sandbox: FleetSandbox): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const example = readFileSync(join(packageRoot(), workspaceFile), "utf8");
  const text = example
    .replace(/^# yaml-language-server:.*\n/, "")
    .replace(/^workspace: .*$/m, `workspace: ${fleetName}`)
    .replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${sandbox.port}`)
    .replace("file:.tenantry/sandbox/ca.pem", JSON.stringify(`file:${join(sandbox.folder, "ca.pem")}`))
    // It is looked for below the workspace, whatever it is.
    .replace(
      "envFile: .tenantry/sandbox/env",
      `envFile: ${JSON.stringify(relative(folder, join(sandbox.folder, "env")))}`,
    );
  writeFileSync(join(folder, workspaceFile), text);
}

/** Writes a file for each tenant of a fleet, in the place of all that were there. */
export function writeFleetTenants(folder: string, choice: FleetChoice): void {
  const tenants = join(folder, tenantsFolder);
  rmSync(tenants, { recursive: true, force: true });
  mkdirSync(tenants, { recursive: true, mode: 0o700 });
  for (const tenant of tenantsOf(choice)) writeFileSync(join(tenants, `${tenant.tenant}.yaml`), writeTenant(tenant));
}

/** What the tenants of a fleet have at Okta and Auth0 once they are rolled out, as an apply would send it. */
export function fleetMembers(choice: FleetChoice): readonly FleetMember[] {
  const root = packageRoot();
  const example = loadWorkspace(nodeFiles(root), root, sandboxEnvironment).workspace;
  if (example === undefined) throw new Error("the example's workspace cannot be read");
  const workspace = { ...example, name: fleetName };
  const nowhere = { file: "", line: 1, column: 1 };
  const tenants = [...tenantsOf(choice)].map((tenant) => ({
    ...tenant,
    connections: tenant.connections.map((entry) => ({ ...entry, position: nowhere })),
    positionOf: () => nowhere,
  }));
  return compile(workspace, tenants, "1970-01-01").map(({ registration }) => memberOf(workspace, registration));
}

function tenantsOf({ count, seed, kinds = "mixed" }: FleetChoice) {
  return fleetTenants({ count, seed, kinds, groupOf: (slug) => `${slug}-staff` });
}

function memberOf(workspace: Workspace, registration: Registration): FleetMember {
  const { idp: name, kind, marker, assignment, enabledConnections = [] } = registration;
  const idp = workspace.identityProviders.get(name);
  if (kind === "okta" && idp !== undefined) {
    return {
      kind,
      app: newApp(registration, idp.domain) as OktaMember["app"],
      groups: assignment?.everyone === false ? assignment.groups : [],
    };
  }
  const part = registration.parts.find((each): each is OrganizationPart => each.kind === "organization");
  if (kind !== "auth0" || part === undefined) throw new Error(`${registration.key} is at no sandbox`);
  return {
    kind,
    client: newClient(registration) as Auth0Member["client"],
    connections: enabledConnections,
    organization: (clientId, connectionIds) => ({
      name: part.name,
      display_name: part.displayName,
      metadata: writeMetadata({}, marker, { tenant: part.tenant, clientIds: [clientId], making: [] }),
      enabled_connections: connectionIds.map((id) => ({ connection_id: id, assign_membership_on_login: true })),
    }),
  };
}
