import { z } from "zod";
import { endpointUrl, line } from "../../workspace/scalars.ts";

/** What a connection on an app of kind `workos` may say of itself. */
export interface WorkosEntry {
  /** The redirect URI that the WorkOS dashboard shows for a connection that was made by hand. */
  readonly callback?: string | undefined;
  /** Custom attributes of WorkOS by name: the claim of the ID token that each is filled from. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export const workosEntry = z.strictObject({
  callback: endpointUrl.optional(),
  attributes: z.record(line(100), line(200)).optional(),
});
