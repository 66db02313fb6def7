import { z } from "zod";
import type { ClientAuth, ClientKey, PublicKey } from "../client-auth.ts";
import { parseReference, type Reference } from "../reference.ts";
import { clientAuth, httpsBase, line, reference } from "../scalars.ts";
import { secretSink } from "../secret-sink.ts";

// What apps of all kinds have in common in `tenantry.yaml`.

/** What every app has, whatever its kind. */
export interface AppCommon {
  readonly name: string;
  /** Origin (and optional path) of the app, https, without a trailing slash. */
  readonly baseUrl: string;
  /** Path template of the redirect URI: `{id}`, `{tenant}`, `{signIn}` are filled in. */
  readonly callback: string;
  /** Path template of the page that starts a sign-in; makes the app half provable. */
  readonly start?: string | undefined;
  /** Paths where the idp may send people after sign-out. */
  readonly postLogout: readonly string[];
  /** What the app can do, in its order of preference. */
  readonly clientAuth: readonly ClientAuth[];
  /** The app's key for `private_key_jwt`; one for all its connections. */
  readonly clientKey?: ClientKey | undefined;
  /** Where the secret is put for the app, instead of into the record: a reference with `{tenant}`, `{app}`, `{signIn}`. */
  readonly secretSink?: string | undefined;
}

/** A path at the app; `{id}`, `{tenant}` and `{signIn}` are filled in. */
export const pathTemplate = z
  .string()
  .max(500, "must have at most 500 characters")
  .regex(
    /^\/([A-Za-z0-9._~/-]|\{(id|tenant|signIn)\})*$/,
    "must be a path that begins with `/`; only `{id}`, `{tenant}` and `{signIn}` are filled in",
  )
  .refine((text) => !/\/\/|\/\.{1,2}(\/|$)/.test(text), "must not hold `//`, `/./` or `/../`");

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,1500}$/, "must be base64url, as in a JSON Web Key");

/** The one algorithm of ECDSA that a curve can sign with (RFC 7518, section 3.4). */
const algorithmOfCurve = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" } as const;

const publicKey = z.discriminatedUnion("kty", [
  z.strictObject({
    kty: z.literal("RSA"),
    kid: line(100),
    alg: z.enum(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]).default("RS256"),
    use: z.literal("sig").optional(),
    n: base64url.min(342, "must be a modulus of at least 2048 bits"),
    e: base64url,
  }),
  z
    .strictObject({
      kty: z.literal("EC"),
      kid: line(100),
      alg: z.enum(["ES256", "ES384", "ES512"]).optional(),
      use: z.literal("sig").optional(),
      crv: z.enum(["P-256", "P-384", "P-521"]),
      x: base64url,
      y: base64url,
    })
    .refine(({ alg, crv }) => alg === undefined || alg === algorithmOfCurve[crv], {
      error: "must be the algorithm of the curve: ES256 for P-256, ES384 for P-384, ES512 for P-521",
      path: ["alg"],
    }),
]);

const clientKey = z.strictObject({ publicKey, privateKey: reference });

/** The keys of every app whose callback is a path that the workspace names. */
export const commonKeys = {
  baseUrl: httpsBase,
  callback: pathTemplate,
  start: pathTemplate.optional(),
  postLogout: z.array(pathTemplate).max(20).default([]),
  clientAuth: z.array(clientAuth).min(1, "must name at least one").optional(),
  clientKey: clientKey.optional(),
  secretSink: secretSink.optional(),
};

type WrittenCommon = z.output<z.ZodObject<typeof commonKeys>>;

/** The common keys of a written app, resolved. */
export function resolveCommon(
  name: string,
  written: WrittenCommon,
  clientAuthDefault: readonly ClientAuth[],
): AppCommon {
  const { baseUrl, callback, start, postLogout, secretSink } = written;
  return {
    ...{ name, baseUrl, callback, start, postLogout, secretSink },
    clientAuth: written.clientAuth ?? clientAuthDefault,
    clientKey:
      written.clientKey === undefined
        ? undefined
        : {
            publicKey: resolvePublicKey(written.clientKey.publicKey),
            privateKey: referenceOf(written.clientKey.privateKey),
          },
  };
}

function resolvePublicKey(key: z.output<typeof publicKey>): PublicKey {
  return key.kty === "EC" ? { ...key, alg: key.alg ?? algorithmOfCurve[key.crv] } : key;
}

/** The schema has accepted it, so it parses. */
export function referenceOf(text: string): Reference {
  const found = parseReference(text);
  if (found === undefined) throw new TypeError("a reference that the schema accepted does not parse");
  return found;
}

/** A reference where the text is one, or the text. */
export function referenceOrText(text: string): Reference | string {
  return parseReference(text) ?? text;
}
