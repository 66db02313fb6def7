import { join } from "node:path";
import type { Context } from "./context.ts";

/** The environment of tenantry.yaml that reaches the sandbox. */
export const sandboxEnvironment = "sandbox";

/** Where the sandbox of a workspace keeps what it writes. */
export function sandboxFolder(root: string): string {
  return join(root, ".tenantry", "sandbox");
}

/** The port that the workspace's `connect:` names; undefined when it has none. */
export function sandboxPort(context: Context): number | undefined {
  return context.workspace.connect?.port;
}
