import type { Connection } from "../desired/connection.ts";
import type { Issue } from "../errors/issue.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** Everything a rule may look at. Pure data: a rule does no I/O. */
export interface RuleInput {
  readonly workspace: Workspace;
  /** All environments that the workspace file knows. */
  readonly environments: readonly string[];
  readonly tenants: readonly Tenant[];
  readonly connections: readonly Connection[];
}

/** One rule over the whole folder. Gives every breach, with positions. */
export type Rule = (input: RuleInput) => readonly Issue[];
