import type { Auth0App } from "../../workspace/apps/auth0.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `auth0`. */
export async function openAuth0App(options: AppOpenOptions<Auth0App>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
