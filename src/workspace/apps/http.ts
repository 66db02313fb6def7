import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { endpointUrl, httpsBase, line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";

/** How Tenantry proves itself to an app's receiver. */
export type HttpAuth =
  | { readonly kind: "hmac"; readonly keyId: string; readonly secret: Reference }
  | {
      readonly kind: "oauth";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Reference;
      readonly scope?: string | undefined;
    };

/** An app that takes connection records by a small contract over HTTP. */
export interface HttpApp extends AppCommon {
  readonly kind: "http";
  /** Address of the receiver; the contract's paths begin behind it with `/tenantry/v1`. */
  readonly receiver: string;
  readonly auth: HttpAuth;
}

/** Stands in a header between quotes. */
const keyId = z
  .string()
  .regex(/^[A-Za-z0-9._~:/-]{1,100}$/, "must be letters, digits and `. _ ~ : / -`, at most 100 of them");

export const httpApp = z.strictObject({
  kind: z.literal("http"),
  ...commonKeys,
  receiver: httpsBase,
  auth: z.union(
    [
      z.strictObject({ hmac: z.strictObject({ keyId, secret: reference }) }),
      z.strictObject({
        oauth: z.strictObject({
          tokenUrl: endpointUrl,
          clientId: line(255),
          clientSecret: reference,
          scope: line(500).optional(),
        }),
      }),
    ],
    "must be `{ hmac: { keyId: …, secret: env:NAME } }` or `{ oauth: { tokenUrl: …, clientId: …, clientSecret: env:NAME } }`",
  ),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveHttpApp(name: string, written: z.output<typeof httpApp>): HttpApp {
  const { receiver, auth } = written;
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "http",
    receiver,
    auth:
      "hmac" in auth
        ? { kind: "hmac", keyId: auth.hmac.keyId, secret: referenceOf(auth.hmac.secret) }
        : { kind: "oauth", ...auth.oauth, clientSecret: referenceOf(auth.oauth.clientSecret) },
  };
}
