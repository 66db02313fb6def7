import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import { slug } from "../scalars.ts";
import { type AppCommon, commonKeys, resolveCommon } from "./common.ts";

/** Enterprise connections of the platform's own Auth0 tenant. */
export interface Auth0App extends AppCommon {
  readonly kind: "auth0";
  /** Name of the identity provider of kind auth0 in this workspace whose tenant it is: domain and credentials are its. */
  readonly identityProvider: string;
}

const { clientKey, clientAuth, secretSink: _none, baseUrl: _base, callback: _callback, ...common } = commonKeys;

export const auth0App = z.strictObject({
  kind: z.literal("auth0"),
  ...common,
  clientKey,
  clientAuth,
  identityProvider: slug,
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_post"];

/**
 * The app as later rooms work with it.
 *
 * @param host where people sign in at the Auth0 tenant; empty when there is no such identity provider
 */
export function resolveAuth0App(name: string, written: z.output<typeof auth0App>, host: string): Auth0App {
  const at = { ...written, baseUrl: `https://${host}`, callback: "/login/callback" };
  return {
    ...resolveCommon(name, at, clientAuthDefault),
    kind: "auth0",
    identityProvider: written.identityProvider,
  };
}
