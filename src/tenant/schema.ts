import { z } from "zod";
import { isRaw } from "../workspace/environment.ts";
import {
  clientAuth,
  duration,
  endpointUrl,
  hostName,
  isoDate,
  issuerUrl,
  line,
  oktaAuthorizationServer,
  reference,
  slug,
} from "../workspace/scalars.ts";
import { appEntryKeys } from "./app-entry.ts";
import { inlineAuth0, inlineOkta } from "./inline-schema.ts";

const status = z.enum(["draft", "active", "suspended", "offboarded"]);

const claimName = line(200);
const claimPath = z.union([claimName, z.array(claimName).min(1).max(10)], "must be a claim's name or a list of names");

const uniqueTexts = (item: z.ZodString) =>
  z
    .array(item)
    .refine((items) => new Set(items).size === items.length, "must not hold the same text twice")
    .meta({ uniqueItems: true });

const scopeToken = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "must be a scope without spaces or quotes");

const groupName = line(255);

/** When to look at which keys a map has: whatever is wrong with its values, so that all mistakes are told in one run. */
const isMap = ({ value }: { readonly value: unknown }): boolean => isRaw(value);

const group = z.union(
  [groupName, z.strictObject({ name: groupName, create: z.literal(true) })],
  "must be a group's name, or `{ name: …, create: true }`",
);

const external = z.strictObject({
  issuer: issuerUrl.optional(),
  endpoints: z
    .strictObject({
      authorization: endpointUrl,
      token: endpointUrl,
      jwks: endpointUrl,
      userinfo: endpointUrl.optional(),
      endSession: endpointUrl.optional(),
      introspection: endpointUrl.optional(),
    })
    .optional(),
  clientId: line(255).optional(),
  clientSecret: reference.optional(),
});

const namedServer = z
  .strictObject({
    name: line(100),
    audience: z
      .string()
      .regex(/^[\x21-\x7e]{1,250}$/, "must be an audience without spaces")
      .optional(),
    scopes: uniqueTexts(scopeToken).max(50).default([]),
    groupsClaim: z.strictObject({ name: claimName.default("groups"), filter: line(250) }).optional(),
  })
  .refine(({ audience, scopes, groupsClaim }) => audience !== undefined || (scopes.length === 0 && !groupsClaim), {
    error: "must have an `audience` when it says what the server is like: one without is there already",
    when: isMap,
  });

/** Where the client is: one of these. */
const sourceKeys = ["idp", "external", "okta", "auth0"] as const;

const signIn = z
  .strictObject({
    idp: slug.optional(),
    external: external.optional(),
    okta: inlineOkta.optional(),
    auth0: inlineAuth0.optional(),
    groups: z
      .array(group)
      .min(1, "must name at least one group; `everyone: true` lets all in")
      .refine(
        (groups) => new Set(groups.map((each) => (typeof each === "string" ? each : each.name))).size === groups.length,
        "must not name the same group twice",
      )
      .optional(),
    everyone: z.literal(true).optional(),
    accessPolicy: line(255).optional(),
    authorizationServer: z
      .union([oktaAuthorizationServer, namedServer], "must be `org`, `default`, an id, or `{ name: … }`")
      .optional(),
    organization: z.strictObject({ displayName: line(255).optional() }).optional(),
    enabledConnections: uniqueTexts(line(128)).min(1, "must name at least one connection").optional(),
    scopes: uniqueTexts(scopeToken)
      .max(50)
      .refine((scopes) => scopes.includes("openid"), "must hold `openid`")
      .meta({ contains: { const: "openid" }, uniqueItems: true })
      .default(["openid", "email", "profile"]),
    clientAuth: clientAuth.optional(),
    pkce: z.enum(["S256", "off"]).default("S256"),
    responseMode: z.enum(["query", "form_post"]).default("query"),
    acrValues: uniqueTexts(scopeToken).max(20).default([]),
    extraParams: z
      .record(z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, "must be a parameter's name"), line(1_000))
      .refine((params) => !Object.keys(params).some((name) => ownParameters.has(name)), {
        error: "must not set a parameter that the sign-in itself sends",
      })
      .default({}),
    claims: z.record(line(100), claimPath).default({ externalId: "sub", email: "email", displayName: "name" }),
    roles: z
      .strictObject({ claim: claimPath, map: z.record(line(500), line(100)), default: line(100).optional() })
      .optional(),
    require: z.record(claimName, line(500)).default({}),
    provision: z.strictObject({ create: z.boolean().default(true), update: z.boolean().default(true) }).prefault({}),
    logout: z.strictObject({ endSession: z.boolean().default(true) }).prefault({}),
    session: z.strictObject({ absolute: duration.optional(), idle: duration.optional() }).optional(),
    preset: slug.optional(),
  })
  .refine((value) => sourceKeys.filter((key) => value[key] !== undefined).length === 1, {
    error:
      "must have either `idp` (a name from tenantry.yaml) or the customer's own: `external`, or `okta` or `auth0` with access to its API",
    when: isMap,
  })
  .refine((value) => value.groups === undefined || value.everyone === undefined, {
    error: "must say who may come in once: either `groups: […]` or `everyone: true`",
    path: ["groups"],
    when: isMap,
  })
  // The same for editors, which know no functions.
  .meta({
    oneOf: sourceKeys.map((key) => ({ required: [key] })),
    not: { required: ["groups", "everyone"] },
  });

/** Parameters of the authorization request that the app and the verification set themselves (OIDC Core, 3.1.2.1). */
const ownParameters = new Set([
  "client_id",
  "client_secret",
  "code_challenge",
  "code_challenge_method",
  "nonce",
  "redirect_uri",
  "response_mode",
  "response_type",
  "scope",
  "state",
  "acr_values",
  "request",
  "request_uri",
]);

const connection = z.strictObject({
  app: slug,
  signIn: slug.default("default"),
  status: status.optional(),
  ...appEntryKeys,
});

/** `tenants/<tenant>.yaml`. Strict: an unknown key is an error. */
export const tenantSchema = z
  .strictObject({
    tenant: slug,
    id: z.string().regex(/^[a-z2-9]{20}$/, "must be 20 characters of a–z and 2–9"),
    name: line(200),
    status,
    domains: uniqueTexts(hostName).min(1, "must name at least one e-mail domain").max(100),
    contacts: z
      .array(z.strictObject({ role: line(50), email: z.email("must be an e-mail address") }))
      .max(20)
      .default([]),
    signIn: signIn.optional(),
    signIns: z.record(slug, signIn).optional(),
    connections: z.array(connection).min(1, "must name at least one app").max(50),
    environments: uniqueTexts(slug).min(1, "must name at least one environment").optional(),
    acknowledge: z
      .array(
        z.strictObject({
          address: line(300),
          field: line(100),
          from: z.string().max(4_000),
          to: z.string().max(4_000),
          reason: line(500),
        }),
      )
      .default([]),
    attest: z
      .array(
        z.strictObject({
          check: z.string().regex(/^[A-Z][0-9]{1,2}$/, "must be the id of a check, such as `P1`"),
          by: line(200),
          on: isoDate,
          expires: isoDate,
          reason: line(500),
        }),
      )
      .max(50)
      .default([]),
    verify: z.strictObject({ wrongSecretControl: z.boolean().default(true) }).prefault({}),
    deleteAfter: isoDate.optional(),
    notes: z.string().max(4_000).optional(),
  })
  .refine((value) => (value.signIn === undefined) !== (value.signIns === undefined), {
    error: "must have either `signIn` (one way in) or `signIns` (several, by name)",
    when: isMap,
  })
  .meta({ oneOf: [{ required: ["signIn"] }, { required: ["signIns"] }] });

export type WrittenTenant = z.output<typeof tenantSchema>;
