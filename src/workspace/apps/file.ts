import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import { line } from "../scalars.ts";
import { type AppCommon, commonKeys, resolveCommon } from "./common.ts";

/** An app that reads connection records from files. */
export interface FileApp extends AppCommon {
  readonly kind: "file";
  /** Path template, relative to the workspace; `{tenant}`, `{app}`, `{signIn}`, `{workspace}`, `{environment}` are filled in. */
  readonly path: string;
  readonly format: "json" | "dotenv" | "kubernetes";
  /** Path of a template of the format, relative to the workspace. */
  readonly template?: string | undefined;
  /** Whether secrets may stand in the file in plain text; only where git ignores it. */
  readonly plainSecrets: boolean;
}

const relativePath = line(300)
  .refine((text) => !text.startsWith("/") && !text.includes("\\") && !text.includes("\0"), {
    error: "must be a path relative to the workspace, with `/` between its parts",
  })
  .refine((text) => text.split("/").every((part) => part !== ".." && part !== "" && part !== "."), {
    error: "must not hold `..`, `.` or an empty part",
  });

const placeholder = /\{(tenant|app|signIn|workspace|environment)\}/g;

const pathTemplate = relativePath
  .refine((text) => !/[{}*?<>|"]/.test(text.replace(placeholder, "")), {
    error: 'must not hold `{` but in `{tenant}`, `{app}`, `{signIn}`, `{workspace}` and `{environment}`, nor `*?<>|"`',
  })
  .refine((text) => text.includes("{tenant}"), "must hold `{tenant}`: every tenant has a file of its own");

export const fileApp = z
  .strictObject({
    kind: z.literal("file"),
    ...commonKeys,
    path: pathTemplate,
    format: z.enum(["json", "dotenv", "kubernetes"]),
    template: relativePath.optional(),
    plainSecrets: z.boolean().default(false),
  })
  .refine(({ plainSecrets, secretSink }) => !plainSecrets || secretSink === undefined, {
    error: "must not be `true` beside `secretSink`: the secret goes to one place",
    path: ["plainSecrets"],
  })
  .refine(
    ({ plainSecrets, secretSink, clientAuth = clientAuthDefault }) =>
      plainSecrets || secretSink !== undefined || !clientAuth.some((method) => method.startsWith("client_secret")),
    {
      error: "must say where secrets go, or `plainSecrets: true` must say that they may stand in the file",
      path: ["secretSink"],
    },
  );

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveFileApp(name: string, written: z.output<typeof fileApp>): FileApp {
  const { path, format, template, plainSecrets } = written;
  return { ...resolveCommon(name, written, clientAuthDefault), kind: "file", path, format, template, plainSecrets };
}
