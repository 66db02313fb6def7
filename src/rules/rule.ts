import { type Source, sourceOf } from "../desired/capability.ts";
import { stricter } from "../desired/compile.ts";
import type { Connection } from "../desired/connection.ts";
import type { Issue } from "../errors/issue.ts";
import type { ConnectionEntry, SignIn, Tenant, TenantStatus } from "../tenant/tenant.ts";
import type { App, Workspace } from "../workspace/workspace.ts";

/** Everything a rule may look at. Pure data: a rule does no I/O. */
export interface RuleInput {
  readonly workspace: Workspace;
  /** All environments that the workspace file knows. */
  readonly environments: readonly string[];
  /** All tenants, those limited to other environments included: the fleet is one. */
  readonly tenants: readonly Tenant[];
  /** What they come to in the workspace's environment. */
  readonly connections: readonly Connection[];
}

/** One entry of `connections:` with what it names, where that exists, in the workspace's environment. */
export interface Use {
  readonly tenant: Tenant;
  readonly entry: ConnectionEntry;
  readonly signIn: SignIn;
  readonly source: Source;
  readonly app: App;
  /** The stricter of tenant's and entry's. */
  readonly status: TenantStatus;
}

/** One sign-in of a tenant of the workspace's environment, whose source exists. */
export interface UsedSignIn {
  readonly tenant: Tenant;
  readonly signIn: SignIn;
  readonly source: Source;
  /** Whether nothing is made of it yet: every connection by it is a draft. */
  readonly draft: boolean;
}

/** What rules are given: the input, and the two views that most of them need. */
export interface RuleView extends RuleInput {
  readonly uses: readonly Use[];
  readonly signIns: readonly UsedSignIn[];
}

/** One rule over the whole folder in one environment. Gives every breach, with positions. */
export type Rule = (view: RuleView) => readonly Issue[];

/** One rule over the tenants' files, whatever the workspace says. */
export type FleetRule = (fleet: { readonly tenants: readonly Tenant[] }) => readonly Issue[];

/** Whether a tenant is one of the workspace's environment. */
export function isHere(tenant: Tenant, workspace: Pick<Workspace, "environment">): boolean {
  return tenant.environments === undefined || tenant.environments.includes(workspace.environment);
}

/** The input with its views. */
export function viewOf(input: RuleInput): RuleView {
  const { workspace } = input;
  const here = input.tenants.filter((tenant) => isHere(tenant, workspace));
  const uses = here.flatMap((tenant) =>
    tenant.connections.flatMap((entry): readonly Use[] => {
      const signIn = tenant.signIns.get(entry.signIn);
      const app = workspace.apps.get(entry.app);
      const source = signIn === undefined ? undefined : sourceOf(signIn, workspace);
      if (signIn === undefined || app === undefined || source === undefined) return [];
      return [{ tenant, entry, signIn, source, app, status: stricter(tenant.status, entry.status) }];
    }),
  );
  const signIns = here.flatMap((tenant) =>
    [...tenant.signIns.values()].flatMap((signIn): readonly UsedSignIn[] => {
      const source = sourceOf(signIn, workspace);
      if (source === undefined) return [];
      const entries = tenant.connections.filter((entry) => entry.signIn === signIn.name);
      const statuses = entries.map((entry) => stricter(tenant.status, entry.status));
      const draft = statuses.length === 0 ? tenant.status === "draft" : statuses.every((status) => status === "draft");
      return [{ tenant, signIn, source, draft }];
    }),
  );
  return { ...input, uses, signIns };
}
