import { z } from "zod";
import { line } from "../../workspace/scalars.ts";
/** What a connection on an app of kind `auth0` may say of itself. */
export interface Auth0Entry {
  /** Name of the enterprise connection; the key with hyphens when absent. Never changes. */
  readonly name?: string | undefined;
}

export const auth0Entry = z.strictObject({
  name: line(128).optional(),
});
