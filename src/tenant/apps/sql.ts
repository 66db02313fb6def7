import { z } from "zod";

/** What a connection on an app of kind `sql` may say of itself: nothing yet. */
export type SqlEntry = Readonly<Record<string, never>>;

export const sqlEntry = z.strictObject({});
