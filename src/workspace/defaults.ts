import type { App, ClientAuth } from "./workspace.ts";

/** What an app of a kind can do when the workspace does not say, in order of preference. */
export const appClientAuthDefault: Readonly<Record<App["kind"], readonly ClientAuth[]>> = {
  sql: ["client_secret_basic", "client_secret_post"],
};
