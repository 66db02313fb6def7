import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { compile } from "../desired/compile.ts";
import { withInlineProviders } from "../desired/inline.ts";
import { TenantryError } from "../errors/failure.ts";
import { formatIssue, type Issue, sortIssues } from "../errors/issue.ts";
import { checkEnvironment, checkFleet } from "../rules/check.ts";
import { loadTenants } from "../tenant/load.ts";
import type { Files } from "../workspace/files.ts";
import { loadWorkspace, workspaceFile } from "../workspace/load.ts";
import type { Context } from "./loaded.ts";
import { nodeFiles } from "./node-files.ts";
import { loadPart } from "./part.ts";
import type { Surroundings } from "./terminal.ts";

export type { Context } from "./loaded.ts";

/** Options that every command which reads a workspace takes. */
export interface WorkspaceOptions {
  readonly workspace?: string | undefined;
  readonly env?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The workspace's folder: the one named, or the nearest that holds `tenantry.yaml`, upwards from here. */
export function findRoot(surroundings: Surroundings, named: string | undefined): string {
  if (named !== undefined) {
    const root = resolve(surroundings.cwd, named);
    if (existsSync(join(root, workspaceFile))) return root;
    throw new TenantryError("WORKSPACE_NOT_FOUND", `there is no ${workspaceFile} in ${named}`);
  }
  for (let folder = surroundings.cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, workspaceFile))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new TenantryError("WORKSPACE_NOT_FOUND", `there is no ${workspaceFile} in this folder or above it`);
}

/**
 * Reads and checks all files; every issue of every file at once.
 *
 * @param every whether the rules are held in all environments. What breaks them in another one only says so.
 */
export function checkFiles(
  root: string,
  environment: string | undefined,
  today: string,
  files: Files = nodeFiles(root),
  every = false,
): { readonly context?: Context; readonly tenants: number; readonly issues: readonly Issue[] } {
  const loaded = loadWorkspace(files, root, environment);
  const { tenants, issues } = loadTenants(files);
  const own = [...issues, ...checkFleet(tenants)];
  if (loaded.workspace === undefined) {
    return { tenants: tenants.length, issues: sortIssues([...loaded.issues, ...own]) };
  }
  const { workspace, environments } = loaded;
  const connections = compile(workspace, tenants, today);
  const here = checkEnvironment({ workspace, environments, tenants, connections });
  const said = new Set(here.map(formatIssue));
  const others = every ? environments.filter((name) => name !== workspace.environment) : [];
  const elsewhere = others.flatMap((name) => {
    const other = loadWorkspace(files, root, name).workspace;
    if (other === undefined) return [];
    const input = { workspace: other, environments, tenants, connections: compile(other, tenants, today) };
    return checkEnvironment(input)
      .filter((issue) => !said.has(formatIssue(issue)))
      .map((issue) => ({ ...issue, message: `${issue.message} (in the environment \`${name}\`)` }));
  });
  const all = sortIssues([...own, ...here, ...elsewhere]);
  if (all.length > 0) return { tenants: tenants.length, issues: all };
  const whole = withInlineProviders(workspace, tenants);
  return { context: { workspace: whole, environments, tenants, connections }, tenants: tenants.length, issues: [] };
}

/**
 * The workspace for a command that works with it.
 *
 * @param part tenants or connection keys that the command is about, when it needs no others: then only what concerns
 *   them is read and checked, as far as that is possible
 * @throws TenantryError CLI_FILES_INVALID with every issue
 */
export function loadContext(
  surroundings: Surroundings,
  options: WorkspaceOptions,
  now: number,
  part: readonly string[] = [],
): Context {
  const root = findRoot(surroundings, options.workspace);
  const today = new Date(now).toISOString().slice(0, 10);
  const some = part.length === 0 ? undefined : loadPart(nodeFiles(root), root, options.env, today, part);
  if (some !== undefined) return some;
  const { context, issues } = checkFiles(root, options.env, today);
  if (context === undefined) throw new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues });
  return context;
}
