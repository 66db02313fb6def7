import type { MendixApp } from "../../workspace/apps/mendix.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `mendix`. */
export async function openMendixApp(options: AppOpenOptions<MendixApp>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
