import type { Sleep } from "../../vendor/network.ts";
import type { WorkosConnections } from "../../vendor/workos/connections.ts";
import type { WorkosOrganizations } from "../../vendor/workos/organizations.ts";
import type { WorkosApp } from "../../workspace/apps/workos.ts";
import type { Owner } from "./metadata.ts";

/** Where an adapter works: one app of the workspace and the WorkOS environment behind it. */
export interface WorkosPlace {
  readonly app: WorkosApp;
  readonly owner: Owner;
  readonly organizations: WorkosOrganizations;
  readonly connections: WorkosConnections;
  readonly sleep: Sleep;
  /** Absolute path of the workspace's folder. */
  readonly root: string;
}
