import { closeSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../src/desired/compile.ts";
import type { Connection } from "../src/desired/connection.ts";
import { TenantryError } from "../src/errors/failure.ts";
import { sortIssues } from "../src/errors/issue.ts";
import { checkRules } from "../src/rules/check.ts";
import { loadTenants } from "../src/tenant/load.ts";
import type { Files, FolderEntry, ReadFailure } from "../src/workspace/files.ts";
import { loadWorkspace } from "../src/workspace/load.ts";
import type { Workspace } from "../src/workspace/workspace.ts";

// For programs that the cdktf CLI and the Pulumi CLI start by themselves.

/**
 * The workspace in a folder and what its files come to in one environment.
 *
 * @param environment absent: the one that the file names as its own
 * @param today ISO date (UTC)
 * @throws TenantryError CLI_FILES_INVALID with every issue
 */
export function readConnections(
  root: string,
  environment: string | undefined,
  today: string,
): { readonly workspace: Workspace; readonly connections: readonly Connection[] } {
  const files = plainFiles(root);
  const loaded = loadWorkspace(files, root, environment);
  const { tenants, issues } = loadTenants(files);
  if (loaded.workspace === undefined) throw invalid([...loaded.issues, ...issues]);
  const { workspace, environments } = loaded;
  const connections = compile(workspace, tenants, today);
  const all = [...issues, ...checkRules({ workspace, environments, tenants, connections })];
  if (all.length > 0) throw invalid(all);
  return { workspace, connections };
}

function invalid(issues: Parameters<typeof sortIssues>[0]): TenantryError {
  return new TenantryError("CLI_FILES_INVALID", "the files have issues", { issues: sortIssues(issues) });
}

function plainFiles(root: string): Files {
  return {
    read: (path, limit) =>
      attempt(() => {
        const whole = join(root, path);
        const status = lstatSync(whole);
        if (!status.isFile()) return { reason: "not a plain file" };
        const bytes = new Uint8Array(Math.min(status.size, limit));
        const descriptor = openSync(whole, "r");
        try {
          return { bytes: bytes.subarray(0, readSync(descriptor, bytes)), size: status.size };
        } finally {
          closeSync(descriptor);
        }
      }),
    list: (folder) =>
      attempt(() =>
        readdirSync(join(root, folder), { withFileTypes: true }).map(
          (entry): FolderEntry => ({
            name: entry.name,
            kind: entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other",
          }),
        ),
      ),
  };
}

function attempt<Result>(read: () => Result | ReadFailure): Result | ReadFailure {
  try {
    return read();
  } catch (error) {
    return { reason: error instanceof Error && "code" in error ? String(error.code) : "unreadable" };
  }
}
