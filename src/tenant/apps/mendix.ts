import { z } from "zod";
import {
  type MendixIdpConstant,
  mendixIdpConstants,
  mendixQualifiedName,
} from "../../workspace/apps/mendix-constants.ts";
import { line } from "../../workspace/scalars.ts";

/** What a connection on an app of kind `mendix` may say of itself. */
export interface MendixEntry {
  /** The alias that people choose in the app; the slug of the tenant when absent. */
  readonly alias?: string | undefined;
  /**
   * The app's own constants that describe this identity provider, where it has several: a template such as
   * `Sso.Whiterabbit_{name}`, or each by its name. Absent: the module's own set, which describes one.
   */
  readonly constants?: string | Readonly<Partial<Record<MendixIdpConstant, string>>> | undefined;
  /** Microflow that makes roles of a token: one of the module's, or `Module.…CustomATP…`. */
  readonly tokenProcessing?: string | undefined;
  readonly tokenType?: "access" | "id" | undefined;
  /** Microflow that finds and makes users: one of the module's, or one of the app's. */
  readonly userParsing?: string | undefined;
  readonly selectedClaims?: readonly string[] | undefined;
  readonly authenticationToken?: boolean | undefined;
  /** Days after which the app's key pair for `private_key_jwt` is renewed. */
  readonly keyExpirationDays?: number | undefined;
  /** Milliseconds. */
  readonly keySetTimeouts?: { readonly connect?: number | undefined; readonly read?: number | undefined } | undefined;
  /** For callers of the app's API alone: nobody signs in by it. */
  readonly clientGrantOnly?: boolean | undefined;
  readonly audienceValidation?: boolean | undefined;
  readonly users?:
    | {
        readonly entity?: string | undefined;
        readonly attribute?: string | undefined;
        readonly namedIdentifier?: string | undefined;
        readonly role?: string | undefined;
        readonly type?: "Internal" | "External" | undefined;
        readonly provisioning?: string | undefined;
      }
    | undefined;
}

const qualified = z.string().regex(mendixQualifiedName, "must be a name of the model, `Module.Name`");

const names = Object.keys(mendixIdpConstants) as [MendixIdpConstant, ...MendixIdpConstant[]];

const constantsMessage =
  "must be a template such as `Sso.Whiterabbit_{name}`, or a map of the module's names to the app's, such as `ClientID: Sso.WhiterabbitClient`";

const parserMessage =
  "must be `entra`, `sam`, `oidcProvider`, or a microflow `Module.Name` whose name contains `CustomATP`";

const timeout = z.number().int("must be whole milliseconds").min(1).max(600_000);

export const mendixEntry = z.strictObject({
  // It stands in paths and in the query of the start page.
  alias: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "must be letters, digits, `.`, `_` and `-`, such as `Whiterabbit`")
    .optional(),
  constants: z
    .union(
      [
        z.string().refine((text) => {
          const filled = text.replace("{name}", "ClientID");
          return text.includes("{name}") && mendixQualifiedName.test(filled);
        }, constantsMessage),
        z.partialRecord(z.enum(names), qualified),
      ],
      constantsMessage,
    )
    .optional(),
  tokenProcessing: z
    .union(
      [
        z.enum(["entra", "sam", "oidcProvider"]),
        qualified.refine((text) => text.slice(text.indexOf(".")).includes("CustomATP"), parserMessage),
      ],
      parserMessage,
    )
    .optional(),
  tokenType: z.enum(["access", "id"]).optional(),
  userParsing: z
    .union(
      [z.enum(["standard", "userInfo", "salesforce"]), z.string().regex(/^[A-Za-z_][A-Za-z0-9_. ]{0,199}$/)],
      "must be `standard`, `userInfo`, `salesforce`, or the name of a microflow",
    )
    .optional(),
  selectedClaims: z
    .array(z.string().regex(/^[!-~]{1,200}$/, "must be the name of a claim, without spaces"))
    .max(50)
    .optional(),
  authenticationToken: z.boolean().optional(),
  keyExpirationDays: z.number().int().min(1).max(3_650).optional(),
  keySetTimeouts: z.strictObject({ connect: timeout.optional(), read: timeout.optional() }).optional(),
  clientGrantOnly: z.boolean().optional(),
  audienceValidation: z.boolean().optional(),
  users: z
    .strictObject({
      entity: qualified.optional(),
      attribute: line(200).optional(),
      namedIdentifier: line(200).optional(),
      role: line(200).optional(),
      type: z.enum(["Internal", "External"]).optional(),
      provisioning: qualified
        .refine(
          (text) => /\.UC_CustomProvisioning/.test(text),
          "must be a microflow whose name begins with `UC_CustomProvisioning`",
        )
        .optional(),
    })
    .optional(),
});
