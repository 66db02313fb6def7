import type { Connection } from "../desired/connection.ts";
import type { Issue } from "../errors/issue.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** A workspace in one environment with its tenants, free of issues. */
export interface Context {
  readonly workspace: Workspace;
  readonly environments: readonly string[];
  readonly tenants: readonly Tenant[];
  readonly connections: readonly Connection[];
  /** What is known of the folder's other tenants, when only some were read. */
  readonly rest?: Rest | undefined;
}

/** The tenants of a folder whose files were not read, or only so far as the rules over several tenants need. */
export interface Rest {
  /** By the names of their files. */
  readonly tenants: ReadonlySet<string>;
  /** How many of them have a sign-in to lose. Reads files on which the text alone leaves a doubt. */
  withSignIn(): number;
  /** What was seen to be wrong with their files, and is no business of those that were read. */
  readonly issues: readonly Issue[];
}
