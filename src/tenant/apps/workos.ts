import { z } from "zod";

/** What a connection on an app of kind `workos` may say of itself: nothing yet. */
export type WorkosEntry = Readonly<Record<string, never>>;

export const workosEntry = z.strictObject({});
