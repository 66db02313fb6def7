import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import { line } from "../scalars.ts";
import { type AppCommon, commonKeys, resolveCommon } from "./common.ts";

/** An app that reads connection records from files. */
export interface FileApp extends AppCommon {
  readonly kind: "file";
  /** Path template, relative to the workspace; `{tenant}`, `{app}`, `{signIn}` are filled in. */
  readonly path: string;
  readonly format: "json" | "dotenv" | "kubernetes";
  /** Path of a template of the format, relative to the workspace. */
  readonly template?: string | undefined;
  /** Whether secrets may stand in the file in plain text; only where git ignores it. */
  readonly plainSecrets: boolean;
}

export const fileApp = z.strictObject({
  kind: z.literal("file"),
  ...commonKeys,
  path: line(300),
  format: z.enum(["json", "dotenv", "kubernetes"]),
  template: line(300).optional(),
  plainSecrets: z.boolean().default(false),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveFileApp(name: string, written: z.output<typeof fileApp>): FileApp {
  const { path, format, template, plainSecrets } = written;
  return { ...resolveCommon(name, written, clientAuthDefault), kind: "file", path, format, template, plainSecrets };
}
