import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { httpsBase, line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";

/** Routes of a Kong gateway, each with the plugin openid-connect. */
export interface KongApp extends AppCommon {
  readonly kind: "kong";
  /** The gateway's Admin API; absent when a decK file carries the records. */
  readonly adminApi?: { readonly url: string; readonly token?: Reference | undefined } | undefined;
  /** Path of the decK file, relative to the workspace; absent with `adminApi`. */
  readonly deck?: { readonly file: string } | undefined;
}

export const kongApp = z.strictObject({
  kind: z.literal("kong"),
  ...commonKeys,
  adminApi: z.strictObject({ url: httpsBase, token: reference.optional() }).optional(),
  deck: z.strictObject({ file: line(300) }).optional(),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveKongApp(name: string, written: z.output<typeof kongApp>): KongApp {
  const { adminApi, deck } = written;
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "kong",
    adminApi: adminApi && {
      url: adminApi.url,
      token: adminApi.token === undefined ? undefined : referenceOf(adminApi.token),
    },
    deck,
  };
}
