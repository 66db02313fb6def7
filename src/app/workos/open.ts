import type { WorkosApp } from "../../workspace/apps/workos.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `workos`. */
export async function openWorkosApp(options: AppOpenOptions<WorkosApp>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
