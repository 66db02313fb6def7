import { z } from "zod";

/** What a connection on an app of kind `http` may say of itself: nothing yet. */
export type HttpEntry = Readonly<Record<string, never>>;

export const httpEntry = z.strictObject({});
