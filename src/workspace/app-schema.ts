import { z } from "zod";
import type { App } from "./app.ts";
import { auth0App, resolveAuth0App } from "./apps/auth0.ts";
import { fileApp, resolveFileApp } from "./apps/file.ts";
import { httpApp, resolveHttpApp } from "./apps/http.ts";
import { kongApp, resolveKongApp } from "./apps/kong.ts";
import { mendixApp, resolveMendixApp } from "./apps/mendix.ts";
import { resolveSqlApp, sqlApp } from "./apps/sql.ts";
import { resolveWorkosApp, workosApp } from "./apps/workos.ts";

/** One entry of `apps:`. */
export const appSchema = z.discriminatedUnion("kind", [
  sqlApp,
  auth0App,
  kongApp,
  workosApp,
  mendixApp,
  httpApp,
  fileApp,
]);

/**
 * An app as later rooms work with it.
 *
 * @param hostOf where people sign in at an identity provider of the workspace; empty when there is none of that name
 */
export function resolveApp(name: string, written: z.output<typeof appSchema>, hostOf: (idp: string) => string): App {
  switch (written.kind) {
    case "sql":
      return resolveSqlApp(name, written);
    case "auth0":
      return resolveAuth0App(name, written, hostOf(written.identityProvider));
    case "kong":
      return resolveKongApp(name, written);
    case "workos":
      return resolveWorkosApp(name, written);
    case "mendix":
      return resolveMendixApp(name, written);
    case "http":
      return resolveHttpApp(name, written);
    case "file":
      return resolveFileApp(name, written);
    default:
      return written satisfies never;
  }
}
