import type { HttpApp } from "../../workspace/apps/http.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `http`. */
export async function openHttpApp(options: AppOpenOptions<HttpApp>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
