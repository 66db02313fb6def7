import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";

/** SSO connections of a WorkOS environment. */
export interface WorkosApp extends AppCommon {
  readonly kind: "workos";
  readonly apiKey: Reference;
  /** How connections come to be; `auto`: by API where the environment allows it, else by hand. */
  readonly connections: "auto" | "api" | "handOff";
  /** External id of a tenant's organization; `{tenant}` is filled in. */
  readonly organization: string;
  /** Folder, relative to the workspace, for the rows of connections that are made by hand; absent: none are written. */
  readonly handOff?: string | undefined;
}

/** WorkOS fixes both: a connection has one secret, written with it, and no key of the app's own. */
const { secretSink: _sink, clientKey: _key, clientAuth: _auth, ...keys } = commonKeys;

/** Also takes `private_key_jwt`, but only with a certificate for the key, which a workspace does not hold. */
const workosClientAuth = z.enum(
  ["client_secret_basic", "client_secret_post"],
  "must be client_secret_basic or client_secret_post: WorkOS takes a client's key only with a certificate",
);

export const workosApp = z
  .strictObject({
    kind: z.literal("workos"),
    ...keys,
    // Absent: WorkOS hands the callback out when the connection is made.
    callback: commonKeys.callback.optional(),
    clientAuth: z.array(workosClientAuth).min(1, "must name at least one").optional(),
    apiKey: reference,
    connections: z.enum(["auto", "api", "handOff"]).default("auto"),
    organization: z
      .string()
      .max(70, "must have at most 70 characters")
      .regex(
        /^[A-Za-z0-9._-]*\{tenant\}[A-Za-z0-9._-]*$/,
        "must hold `{tenant}` once, besides letters, digits, `.`, `_` and `-`",
      )
      .default("{tenant}"),
    handOff: line(300)
      .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))/, "must be a path inside the workspace")
      .optional(),
  })
  .refine(({ callback, connections }) => callback === undefined || connections !== "handOff", {
    error: "cannot be set for connections that are made by hand: WorkOS hands their callback out",
    path: ["callback"],
  });

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveWorkosApp(name: string, written: z.output<typeof workosApp>): WorkosApp {
  const { callback = "", apiKey, connections, organization, handOff } = written;
  const common = { ...written, callback, secretSink: undefined, clientKey: undefined };
  return {
    ...resolveCommon(name, common, clientAuthDefault),
    kind: "workos",
    apiKey: referenceOf(apiKey),
    ...{ connections, organization, handOff },
  };
}
