import { z } from "zod";

/** What a connection on an app of kind `file` may say of itself: nothing yet. */
export type FileEntry = Readonly<Record<string, never>>;

export const fileEntry = z.strictObject({});
