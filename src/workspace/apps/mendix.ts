import { z } from "zod";
import type { ClientAuth } from "../client-auth.ts";
import type { Reference } from "../reference.ts";
import { line, reference } from "../scalars.ts";
import { type AppCommon, commonKeys, referenceOf, resolveCommon } from "./common.ts";
import { firstMendixModule, hasMendixConstant, isMendixModule, mendixAppConstants } from "./mendix-constants.ts";

/** How the constants reach a Mendix app. */
export type MendixCarrier =
  | {
      readonly kind: "environment";
      readonly file: string;
      readonly form: "MX" | "CONSTANTS";
      readonly plainSecrets: boolean;
    }
  | {
      readonly kind: "kubernetes";
      readonly file: string;
      /** `metadata.name` of the MendixApp, where the file holds several. */
      readonly name?: string | undefined;
      readonly plainSecrets: boolean;
    }
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
  /** Module of the app that the constants for user onboarding live in. */
  readonly onboardingModule: string;
  /** 32 characters with which the module encrypts what it stores. */
  readonly encryptionKey?: Reference | undefined;
  /** `SameSite` of the nonce's cookie; absent: as the app has it. */
  readonly nonceCookieSameSite?: "Lax" | "None" | "Strict" | undefined;
  /** Hosts that the app also answers under; absent: as the app has it, empty: only its own. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly disableMxAdmin?: boolean | undefined;
  readonly carrier: MendixCarrier;
}

const plainSecrets = z.boolean().default(false);

export const mendixApp = z
  .strictObject({
    kind: z.literal("mendix"),
    ...commonKeys,
    callback: commonKeys.callback.default("/oauth/v2/callback"),
    // A running app reads its constants at its next start: inside an apply its half could never be proven.
    start: z
      .never({ error: "has no place here: the app would have to be restarted before its half could be proven" })
      .optional(),
    module: z
      .string()
      .regex(/^[2-4]\.\d{1,2}(\.\d{1,3})?$/, "must be a version such as `4.7`")
      .refine(
        (text) => !/^[2-4]\./.test(text) || isMendixModule(text, firstMendixModule),
        `must be ${firstMendixModule} or later: older ones read no constants`,
      )
      .default("4.7"),
    onboardingModule: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must be the name of a module, such as `UserCommons` or `OIDC`")
      .default("UserCommons"),
    encryptionKey: reference.optional(),
    nonceCookieSameSite: z.enum(["Lax", "None", "Strict"]).optional(),
    allowedHosts: z
      .array(z.string().regex(/^(\*|\.?[a-z0-9.-]{1,253})$/, "must be a host, `.example.com` for all below it, or `*`"))
      .max(100)
      .optional(),
    disableMxAdmin: z.boolean().optional(),
    carrier: z.union(
      [
        z.strictObject({
          environment: z.strictObject({
            file: line(300),
            form: z.enum(["MX", "CONSTANTS"]).default("MX"),
            plainSecrets,
          }),
        }),
        z.strictObject({
          kubernetes: z.strictObject({
            file: line(300),
            name: line(253).optional(),
            plainSecrets,
          }),
        }),
        z.strictObject({
          deployApi: z.strictObject({
            appId: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "must be the subdomain of the app, such as `service`"),
            environment: z.string().regex(/^[A-Za-z0-9 _-]{1,100}$/, "must be a mode such as `Production`"),
            username: line(200),
            apiKey: reference,
          }),
        }),
      ],
      "must be one of `{ environment: … }`, `{ kubernetes: … }` and `{ deployApi: … }`",
    ),
  })
  .superRefine((written, context) => {
    const tooOld = (path: string, name: keyof typeof mendixAppConstants): void => {
      if (hasMendixConstant(written.module, mendixAppConstants[name])) return;
      const message = `is a constant from version ${mendixAppConstants[name].since} of the module on, and \`module\` is ${written.module}`;
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (written.nonceCookieSameSite !== undefined) tooOld("nonceCookieSameSite", "OIDC.NonceCookieSameSite");
    if (written.allowedHosts !== undefined) tooOld("allowedHosts", "OIDC.AllowedHosts");
    if (written.disableMxAdmin !== undefined) tooOld("disableMxAdmin", "UserCommons.DisableMxAdmin");
    const file =
      "environment" in written.carrier
        ? written.carrier.environment
        : "kubernetes" in written.carrier
          ? written.carrier.kubernetes
          : undefined;
    if (file === undefined) return;
    const place = "environment" in written.carrier ? "environment" : "kubernetes";
    if (file.plainSecrets && written.secretSink !== undefined) {
      const message = "must be false beside `secretSink`: the secret is at one place";
      context.addIssue({ code: "custom", path: ["carrier", place, "plainSecrets"], message });
    }
    if (!file.plainSecrets && written.secretSink === undefined) {
      const message =
        "must be true, with a file that git ignores, or `secretSink` must say where the secret goes instead";
      context.addIssue({ code: "custom", path: ["carrier", place, "plainSecrets"], message });
    }
  });

/** What the module can do, in the order in which it is chosen; with `private_key_jwt` the app has a key pair of its own. */
function clientAuthOf(module: string): readonly ClientAuth[] {
  const secrets: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post"];
  return isMendixModule(module, "4.1") ? [...secrets, "private_key_jwt"] : secrets;
}

/** The app as later rooms work with it. */
export function resolveMendixApp(name: string, written: z.output<typeof mendixApp>): MendixApp {
  const { module, onboardingModule, encryptionKey, nonceCookieSameSite, allowedHosts, disableMxAdmin } = written;
  return {
    ...resolveCommon(name, written, clientAuthOf(module)),
    kind: "mendix",
    ...{ module, onboardingModule, nonceCookieSameSite, allowedHosts, disableMxAdmin },
    encryptionKey: encryptionKey === undefined ? undefined : referenceOf(encryptionKey),
    carrier: resolveCarrier(written.carrier),
  };
}

function resolveCarrier(written: z.output<typeof mendixApp>["carrier"]): MendixCarrier {
  if ("environment" in written) return { kind: "environment", ...written.environment };
  if ("kubernetes" in written) return { kind: "kubernetes", ...written.kubernetes };
  return { kind: "deployApi", ...written.deployApi, apiKey: referenceOf(written.deployApi.apiKey) };
}
