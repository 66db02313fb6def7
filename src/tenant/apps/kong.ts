import { z } from "zod";
import { line } from "../../workspace/scalars.ts";
/** What a connection on an app of kind `kong` may say of itself. */
export interface KongEntry {
  /** Name of the route that the plugin is on; exactly one of route and service. */
  readonly route?: string | undefined;
  readonly service?: string | undefined;
}

export const kongEntry = z.strictObject({
  route: line(128).optional(),
  service: line(128).optional(),
});
