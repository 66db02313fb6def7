import { z } from "zod";
import { appSchema } from "./app-schema.ts";
import { engineSettings } from "./engine-schema.ts";
import { isRaw } from "./environment.ts";
import { parseReference } from "./reference.ts";
import {
  databaseAddress,
  dnsServer,
  duration,
  hostName,
  line,
  oktaAuthorizationServer,
  privateTarget,
  proxyAddress,
  reference,
  slug,
} from "./scalars.ts";
import { secretSettings } from "./secrets.ts";
import { enginesOf, externalIdp } from "./workspace.ts";

/** A client id, or where it is: a run that only looks may come in by another client. */
const ownClientId = line(100).refine(
  (text) => !/^(env|file|vault|aws-sm|gcp-sm):|^op:\/\//.test(text) || parseReference(text) !== undefined,
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
    /^env:[A-Za-z0-9_{}]+\*?$|^file:[^\0*]+\*?$|^(vault:|aws-sm:|gcp-sm:projects\/|op:\/\/)[A-Za-z0-9_+=@{}#/. -]+\*?$/,
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
  )
  .refine(
    (text) => !text.startsWith("op:") || !text.includes("{TENANT}"),
    "must not hold `{TENANT}`: 1Password does not tell upper case from lower case",
  );

/** The last name in a pattern, followed by what no slug can go on with. */
const closedName =
  /^env:.*\{(tenant|TENANT)\}__[^{}]*$|^file:.*\{(tenant|TENANT)\}[/.][^{}]*$|^(vault|aws-sm|gcp-sm|op):.*\{(tenant|TENANT)\}([/.#]|__)[^{}]*$/;

/** A host, or everything one label below one. */
const hostPattern = z
  .string()
  .max(253, "must have at most 253 characters")
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a host name in lower case, such as `acme.okta.com`, or `*.` and an ending, such as `*.okta.com`",
  );

const shared = {
  references: z
    .strictObject({ tenants: z.array(secretPattern).default([]), hosts: z.array(hostPattern).default([]) })
    .prefault({}),
  store: store.optional(),
  identityProviders: z
    .record(slug, z.discriminatedUnion("kind", [oktaIdentityProvider, auth0IdentityProvider]))
    .refine((idps) => !(externalIdp in idps), {
      error: "must not be named `external`: that is what the customers' own providers are called",
      path: [externalIdp],
      when: ({ value }) => isRaw(value),
    }),
  apps: z.record(slug, appSchema),
  verify: verifySettings.prefault({}),
  guards: guardSettings.prefault({}),
  engines: engineSettings.prefault({}),
  secrets: secretSettings.prefault({}),
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
