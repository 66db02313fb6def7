import type { KongApp } from "../../workspace/apps/kong.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `kong`. */
export async function openKongApp(options: AppOpenOptions<KongApp>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
