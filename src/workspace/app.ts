import type { Auth0App } from "./apps/auth0.ts";
import type { FileApp } from "./apps/file.ts";
import type { HttpApp } from "./apps/http.ts";
import type { KongApp } from "./apps/kong.ts";
import type { MendixApp } from "./apps/mendix.ts";
import type { SqlApp } from "./apps/sql.ts";
import type { WorkosApp } from "./apps/workos.ts";

/** A place that consumes connection records. */
export type App = SqlApp | Auth0App | KongApp | WorkosApp | MendixApp | HttpApp | FileApp;

export type AppKindName = App["kind"];

/** The kinds that there are, in the order of docs and tables. */
export const appKindNames = [
  "sql",
  "auth0",
  "kong",
  "workos",
  "mendix",
  "http",
  "file",
] as const satisfies AppKindName[];

/** An app of one kind. */
export type AppOf<K extends AppKindName> = Extract<App, { readonly kind: K }>;
