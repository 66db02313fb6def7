import { compile } from "../../desired/compile.ts";
import type { Connection } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { type Issue, type Position, sortIssues } from "../../errors/issue.ts";
import { checkRules } from "../../rules/check.ts";
import { loadTenants, tenantsFolder } from "../../tenant/load.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import { writeTenant } from "../../tenant/write.ts";
import type { Files } from "../../workspace/files.ts";
import { loadWorkspace } from "../../workspace/load.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { type Answers, commentsOf, tenantOf } from "./answers.ts";

/** The workspace that a new tenant comes into. Free of issues; it may have no tenant yet. */
export interface Surrounding {
  readonly workspace: Workspace;
  readonly environments: readonly string[];
  readonly tenants: readonly Tenant[];
  readonly connections: readonly Connection[];
}

/**
 * Reads the folder as it is, before anything is asked.
 *
 * @throws TenantryError CLI_FILES_INVALID: among files with issues nobody can say whether a new one is right
 */
export function readSurrounding(
  files: Files,
  root: string,
  environment: string | undefined,
  today: string,
): Surrounding {
  const loaded = loadWorkspace(files, root, environment);
  const read = loadTenants(files);
  const issues = [...loaded.issues, ...read.issues.filter(({ code }) => code !== "TENANT_NONE")];
  if (loaded.workspace === undefined || issues.length > 0) throw invalid(issues);
  const { workspace, environments } = loaded;
  const { tenants } = read;
  const connections = compile(workspace, tenants, today);
  const broken = checkRules({ workspace, environments, tenants, connections });
  if (broken.length > 0) throw invalid(broken);
  return { workspace, environments, tenants, connections };
}

function invalid(issues: readonly Issue[]): TenantryError {
  return new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues: sortIssues(issues) });
}

/** A new tenant's file and what it comes to among the others. */
export interface Checked {
  readonly file: string;
  readonly text: string;
  readonly connections: readonly Connection[];
  /** Of the new file only. */
  readonly issues: readonly Issue[];
}

/** What `validate` would say of the file that the answers come to. Reads and writes nothing. */
export function checkAnswers(answers: Answers, surrounding: Surrounding, today: string): Checked {
  const { workspace, environments, tenants } = surrounding;
  const file = tenantFile(answers.slug);
  const text = writeTenant(tenantOf(answers, workspace), commentsOf(answers, workspace));
  const bytes = new TextEncoder().encode(text);
  const loaded = loadTenants({
    list: () => [{ name: file.slice(tenantsFolder.length + 1), kind: "file" }],
    read: (_path, limit) => ({ bytes: bytes.subarray(0, limit), size: bytes.length }),
  });
  const added = loaded.tenants.map(atTheEnd);
  const connections = compile(workspace, added, today);
  const broken = checkRules({
    workspace,
    environments,
    tenants: [...tenants, ...added],
    connections: [...surrounding.connections, ...connections],
  });
  const own = broken.filter((issue) => issue.file === behindAll).map((issue) => ({ ...issue, file }));
  return { file, text, connections, issues: sortIssues([...loaded.issues, ...own]) };
}

/** Sorts after every file: of two that clash the later one is named, and that is to be the new one. */
const behindAll = "\uffff";

function atTheEnd(tenant: Tenant): Tenant {
  const moved = (position: Position): Position => ({ ...position, file: behindAll });
  return {
    ...tenant,
    connections: tenant.connections.map((entry) => ({ ...entry, position: moved(entry.position) })),
    positionOf: (path) => moved(tenant.positionOf(path)),
  };
}

/** Where a tenant's file is, from the workspace's folder. */
function tenantFile(slug: string): string {
  return `${tenantsFolder}/${slug}.yaml`;
}

/** The folder with one more file in it, which is not there yet. */
export function withFile(files: Files, path: string, text: string): Files {
  const bytes = new TextEncoder().encode(text);
  const cut = path.lastIndexOf("/");
  return {
    read: (asked, limit) =>
      asked === path ? { bytes: bytes.subarray(0, limit), size: bytes.length } : files.read(asked, limit),
    list(folder) {
      const entries = files.list(folder);
      if (folder !== path.slice(0, cut)) return entries;
      if ("reason" in entries && entries.reason !== "ENOENT") return entries;
      return [...("reason" in entries ? [] : entries), { name: path.slice(cut + 1), kind: "file" }];
    },
  };
}
