import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";

/** How the constants reach a Mendix app. */
export type MendixCarrier =
  | { readonly kind: "environment"; readonly file: string; readonly form: "MX" | "CONSTANTS" }
  | { readonly kind: "kubernetes"; readonly file: string }
  | {
      readonly kind: "deployApi";
      readonly appId: string;
      readonly environment: string;
      readonly username: string;
      readonly apiKey: Reference;
    };

/** Deploy-time constants of the OIDC SSO module of a Mendix app. */
export interface MendixApp extends AppCommon {
  readonly kind: "mendix";
  /** Version of the module, such as `4.7`. */
  readonly module: string;
  readonly carrier: MendixCarrier;
}

export const mendixApp = z.strictObject({
  kind: z.literal("mendix"),
  ...commonKeys,
  callback: commonKeys.callback.default("/oauth/v2/callback"),
  module: z
    .string()
    .regex(/^[2-4]\.\d{1,2}(\.\d{1,3})?$/, "must be a version such as `4.7`")
    .default("4.7"),
  carrier: z.union(
    [
      z.strictObject({
        environment: z.strictObject({ file: line(300), form: z.enum(["MX", "CONSTANTS"]).default("MX") }),
      }),
      z.strictObject({ kubernetes: z.strictObject({ file: line(300) }) }),
      z.strictObject({
        deployApi: z.strictObject({
          appId: line(100),
          environment: line(100),
          username: line(200),
          apiKey: reference,
        }),
      }),
    ],
    "must be one of `{ environment: … }`, `{ kubernetes: … }` and `{ deployApi: … }`",
  ),
});

const clientAuthDefault: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];

/** The app as later rooms work with it. */
export function resolveMendixApp(name: string, written: z.output<typeof mendixApp>): MendixApp {
  return {
    ...resolveCommon(name, written, clientAuthDefault),
    kind: "mendix",
    module: written.module,
    carrier: resolveCarrier(written.carrier),
  };
}

function resolveCarrier(written: z.output<typeof mendixApp>["carrier"]): MendixCarrier {
  if ("environment" in written) return { kind: "environment", ...written.environment };
  if ("kubernetes" in written) return { kind: "kubernetes", ...written.kubernetes };
  return { kind: "deployApi", ...written.deployApi, apiKey: referenceOf(written.deployApi.apiKey) };
}
