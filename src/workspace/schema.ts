import { z } from "zod";
import { engineSettings } from "./engine-schema.ts";
import { isRaw } from "./environment.ts";
import { parseReference } from "./reference.ts";
import {
  clientAuth,
  databaseAddress,
  dnsServer,
  duration,
  hostName,
  httpsBase,
  line,
  oktaAuthorizationServer,
  privateTarget,
  proxyAddress,
  reference,
  slug,
} from "./scalars.ts";
import { enginesOf, externalIdp } from "./workspace.ts";

/** A path at the app; `{id}`, `{tenant}` and `{signIn}` are filled in. */
const pathTemplate = z
  .string()
  .max(500, "must have at most 500 characters")
  .regex(
    /^\/([A-Za-z0-9._~/-]|\{(id|tenant|signIn)\})*$/,
    "must be a path that begins with `/`; only `{id}`, `{tenant}` and `{signIn}` are filled in",
  )
  .refine((text) => !/\/\/|\/\.{1,2}(\/|$)/.test(text), "must not hold `//`, `/./` or `/../`");

/** A client id, or where it is: a run that only looks may come in by another client. */
const ownClientId = line(100).refine(
  (text) => !/^(env|file):/.test(text) || parseReference(text) !== undefined,
  "must be a client id, or a reference such as `env:NAME`",
);

const oktaCredentials = z.union(
  [
    z.strictObject({ apiToken: reference }),
    z.strictObject({ clientId: ownClientId, privateKey: reference, keyId: line(100).optional() }),
  ],
  "must be `{ apiToken: env:NAME }` or `{ clientId: …, privateKey: env:NAME }`",
);

const oktaIdentityProvider = z.strictObject({
  kind: z.literal("okta"),
  domain: hostName,
  authorizationServer: oktaAuthorizationServer.default("org"),
  engine: z.enum(enginesOf.okta, "must be `direct` or `terraform`: those carry Okta").default("direct"),
  credentials: oktaCredentials,
  limits: z.strictObject({ share: z.number().gt(0).max(1).default(0.5) }).prefault({}),
});

const auth0Credentials = z.union(
  [z.strictObject({ token: reference }), z.strictObject({ clientId: ownClientId, clientSecret: reference })],
  "must be `{ clientId: …, clientSecret: env:NAME }` or `{ token: env:NAME }`",
);

const auth0IdentityProvider = z.strictObject({
  kind: z.literal("auth0"),
  domain: hostName,
  customDomain: hostName.optional(),
  organizationName: z
    .string()
    .max(50, "must have at most 50 characters")
    .regex(
      /^([a-z0-9][a-z0-9_-]*)?\{tenant\}[a-z0-9_-]*$/,
      "must hold `{tenant}` once, with lower-case letters, digits, `-` and `_` around it",
    )
    .default("{tenant}"),
  engine: z.enum(enginesOf.auth0, "must be `direct` or `pulumi`: those carry Auth0").default("direct"),
  credentials: auth0Credentials,
  limits: z.strictObject({ share: z.number().gt(0).max(1).default(0.5) }).prefault({}),
});

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,1500}$/, "must be base64url, as in a JSON Web Key");

/** The one algorithm of ECDSA that a curve can sign with (RFC 7518, section 3.4). */
export const algorithmOfCurve = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" } as const;

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

const sqlApp = z.strictObject({
  kind: z.literal("sql"),
  baseUrl: httpsBase,
  callback: pathTemplate,
  start: pathTemplate.optional(),
  postLogout: z.array(pathTemplate).max(20).default([]),
  clientAuth: z.array(clientAuth).min(1, "must name at least one").optional(),
  clientKey: z.strictObject({ publicKey, privateKey: reference }).optional(),
  database: databaseAddress,
  sealing: z.strictObject({ keys: z.array(reference).min(1, "must hold at least one key").max(10) }),
});

const verifySettings = z.strictObject({
  allowPrivate: z.array(privateTarget).default([]),
  resolvers: z.array(dnsServer).min(1, "must name at least one").max(5).optional(),
  deadline: duration.default("10s"),
  budget: duration.optional(),
  parallelism: z.int().min(1).max(256).default(32),
  proxy: proxyAddress.optional(),
  maxAge: duration.default("1h"),
  wrongSecretControl: z.boolean().default(true),
});

const guardSettings = z.strictObject({
  maxTenants: z.int().min(1).default(3),
  maxShare: z.number().gt(0).max(1).default(0.1),
});

const store = z.strictObject({
  url: databaseAddress,
});

const secretPattern = z
  .string()
  .regex(
    /^env:[A-Za-z0-9_{}]+\*?$|^file:[^\0*]+\*?$/,
    "must be a reference pattern such as `env:TENANT_{TENANT}__*`, with `*` at its end only",
  )
  .refine((text) => !text.includes(".."), "must not hold `..`")
  .refine(
    (text) => !/\{(?!(tenant|TENANT)\})|(?<!\{(tenant|TENANT))\}/.test(text),
    "must not hold `{` but in `{tenant}` and `{TENANT}`",
  )
  // A slug may go on where another ends: `acme` and `acme-foods`. With `*` after it, the name must be closed first.
  .refine(
    (text) => !text.endsWith("*") || !/\{(tenant|TENANT)\}/.test(text) || closedName.test(text),
    "must close the tenant's name before `*`, by `__` as in `env:TENANT_{TENANT}__*` or by `/` as in `file:secrets/{tenant}/*`",
  );

/** The last name in a pattern, followed by what no slug can go on with. */
const closedName = /^env:.*\{(tenant|TENANT)\}__[^{}]*$|^file:.*\{(tenant|TENANT)\}[/.][^{}]*$/;

const shared = {
  references: z.strictObject({ tenants: z.array(secretPattern).default([]) }).prefault({}),
  store: store.optional(),
  identityProviders: z
    .record(slug, z.discriminatedUnion("kind", [oktaIdentityProvider, auth0IdentityProvider]))
    .refine((idps) => !(externalIdp in idps), {
      error: "must not be named `external`: that is what the customers' own providers are called",
      path: [externalIdp],
      when: ({ value }) => isRaw(value),
    }),
  apps: z.record(slug, z.discriminatedUnion("kind", [sqlApp])),
  verify: verifySettings.prefault({}),
  guards: guardSettings.prefault({}),
  engines: engineSettings.prefault({}),
};

const connect = z.strictObject({
  to: z
    .string()
    .regex(/^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost):\d{1,5}$/, "must be a loopback address and port")
    .refine((text) => URL.canParse(`https://${text}`), "must be a loopback address and port"),
  ca: z
    .string()
    .regex(/^file:.+$/, "must be `file:PATH` of a PEM file")
    .refine((text) => parseReference(text) !== undefined, "must not hold `..`"),
});

/** `tenantry.yaml` without its environments. */
export const baseSchema = z.strictObject({
  version: z.literal(1),
  workspace: slug,
  environment: slug,
  ...shared,
  environments: z.record(slug, z.unknown()).optional(),
});

/** `tenantry.yaml` with one environment laid over it; the keys that only an environment may have are allowed. */
export const environmentSchema = baseSchema.omit({ environments: true }).extend({
  connect: connect.optional(),
  envFile: z.string().min(1).max(500).optional(),
});

export type WrittenWorkspace = z.output<typeof environmentSchema>;
