import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";

/** SSO connections of a WorkOS environment. */
export interface WorkosApp extends AppCommon {
  readonly kind: "workos";
  readonly apiKey: Reference;
  /** How connections come to be; `auto`: by API where the environment allows it, else by hand. */
  readonly connections: "auto" | "api" | "handOff";
}

export const workosApp = z.strictObject({
  kind: z.literal("workos"),
  ...commonKeys,
  // Absent: WorkOS hands the callback out when the connection is made.
  callback: commonKeys.callback.optional(),
  apiKey: reference,
  connections: z.enum(["auto", "api", "handOff"]).default("auto"),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveWorkosApp(name: string, written: z.output<typeof workosApp>): WorkosApp {
  return {
    ...resolveCommon(name, { ...written, callback: written.callback ?? "" }, clientAuthDefault),
    kind: "workos",
    apiKey: referenceOf(written.apiKey),
    connections: written.connections,
  };
}
