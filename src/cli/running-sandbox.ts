import type { ReadyFile } from "../../sandbox/ready.ts";
import { TenantryError } from "../errors/failure.ts";
import { findRoot, type WorkspaceOptions } from "./context.ts";
import { isAlive, type Run } from "./run.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

/** The sandbox of a workspace that runs now, as its `ready.json` says. Throws SANDBOX_NOT_RUNNING. */
export async function runningSandbox(run: Run, options: WorkspaceOptions): Promise<ReadyFile> {
  const root = findRoot(run.surroundings, options.workspace);
  const { readReady } = await import("../../sandbox/ready.ts");
  const ready = readReady(sandboxFolder(root));
  if (ready !== undefined && isAlive(ready.pid)) return ready;
  throw new TenantryError("SANDBOX_NOT_RUNNING", "no sandbox of this workspace is running");
}
