import type { FileApp } from "../../workspace/apps/file.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";

/** The connection records of an app of kind `file`. */
export async function openFileApp(options: AppOpenOptions<FileApp>): Promise<AppAdapter> {
  throw new TypeError(`${options.app.name}: not there yet`);
}
