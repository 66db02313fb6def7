import { z } from "zod";
import { line } from "../../workspace/scalars.ts";
/** What a connection on an app of kind `mendix` may say of itself. */
export interface MendixEntry {
  /** The alias that people choose in the app; the slug of the tenant when absent. */
  readonly alias?: string | undefined;
}

export const mendixEntry = z.strictObject({
  alias: line(100).optional(),
});
