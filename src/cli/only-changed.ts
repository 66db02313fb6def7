import type { ExitCode } from "../errors/code.ts";
import { visibleText } from "../errors/visible.ts";
import { changedSince } from "./changed.ts";
import { findRoot, type WorkspaceOptions } from "./context.ts";
import { nodeFiles } from "./node-files.ts";
import { printJson } from "./outcome.ts";
import type { Run } from "./run.ts";

/** What `--only` and `--changed` were given. */
export interface Choice extends WorkspaceOptions {
  readonly only?: readonly string[] | undefined;
  /** The commit to compare with; true: the default branch. */
  readonly changed?: string | true | undefined;
}

/** So many tenants are named; the plan that follows names them all. */
const named = 10;

/**
 * Which tenants a command is about, said on the way. Nothing has changed: that is the command's result, and its exit code
 * is given.
 *
 * @throws TenantryError CLI_CHANGED_…, WORKSPACE_NOT_FOUND
 */
export async function onlyChanged(
  run: Run,
  command: "plan" | "apply",
  options: Choice,
): Promise<{ readonly only: readonly string[] } | { readonly exit: ExitCode }> {
  const { terminal, surroundings } = run;
  const root = findRoot(surroundings, options.workspace);
  const ref = typeof options.changed === "string" ? options.changed : undefined;
  const { since, tenants, because } = await changedSince(nodeFiles(root), root, options.env, ref, surroundings);
  const when = `since ${visibleText(since.ref)} (${since.commit.slice(0, 7)})`;
  if (tenants === undefined) {
    terminal.err(`${because} ${when}: everything is looked at\n`);
    return { only: [] };
  }
  if (tenants.length === 0) {
    if (options.json === true) printJson(terminal, command, { since, plan: null });
    else terminal.out(`Nothing to ${command}: no tenant has changed ${when}.\n`);
    return { exit: 0 };
  }
  const more = tenants.length - named;
  const list = `${tenants.slice(0, named).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  terminal.err(
    `${tenants.length === 1 ? "1 tenant has" : `${tenants.length} tenants have`} changed ${when}: ${list}\n`,
  );
  return { only: tenants };
}
