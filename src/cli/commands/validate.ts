import type { ExitCode } from "../../errors/code.ts";
import { formatIssue } from "../../errors/issue.ts";
import { checkFiles, findRoot, type WorkspaceOptions } from "../context.ts";
import { printJson } from "../outcome.ts";
import type { Run } from "../run.ts";

/** Checks all files without any network or secret. Issues are the result, so they go to stdout. */
export async function validate(run: Run, options: WorkspaceOptions): Promise<ExitCode> {
  const root = findRoot(run.surroundings, options.workspace);
  const today = new Date(run.now()).toISOString().slice(0, 10);
  const { context, tenants, issues } = checkFiles(root, options.env, today, undefined, options.env === undefined);
  if (options.json === true) {
    printJson(run.terminal, "validate", {
      valid: issues.length === 0,
      tenants,
      connections: context?.connections.length ?? null,
      issues,
    });
    return issues.length === 0 ? 0 : 2;
  }
  if (context === undefined) {
    run.terminal.out(`${issues.map(formatIssue).join("\n")}\n`);
    run.terminal.out(`\n${issues.length} ${issues.length === 1 ? "issue" : "issues"}\n`);
    return 2;
  }
  const { workspace, connections } = context;
  run.terminal.out(
    `${count(tenants, "tenant")} with ${count(connections.length, "connection")} in ${workspace.environment}: no issues\n`,
  );
  return 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
