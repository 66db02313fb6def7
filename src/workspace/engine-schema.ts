import { z } from "zod";
import { isRaw } from "./environment.ts";
import { duration, line, reference } from "./scalars.ts";
import type { TerraformBackend } from "./workspace.ts";

// How `engines:` of `tenantry.yaml` is written. What a backend is told goes through to the tool as it stands.

const command = line(500);

const version = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, "must be one exact version, such as `6.12.0`");

const parallelism = z.int().min(1).max(64).default(2);

/** The setting of each backend that names the state. */
export const stateName: Readonly<Record<TerraformBackend["kind"], string>> = {
  local: "path",
  s3: "key",
  gcs: "prefix",
  azurerm: "key",
  pg: "schema_name",
  http: "address",
};

/** Settings that hold a credential: Terraform and OpenTofu read those from the environment of the run. */
const credentials: Readonly<Record<string, string>> = {
  access_key: "AWS_ACCESS_KEY_ID or ARM_ACCESS_KEY",
  secret_key: "AWS_SECRET_ACCESS_KEY",
  token: "AWS_SESSION_TOKEN",
  client_secret: "ARM_CLIENT_SECRET",
  client_certificate: "ARM_CLIENT_CERTIFICATE",
  client_certificate_password: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  oidc_token: "ARM_OIDC_TOKEN",
  oidc_request_token: "ARM_OIDC_REQUEST_TOKEN",
  sas_token: "ARM_SAS_TOKEN",
  sse_customer_key: "AWS_SSE_CUSTOMER_KEY",
  credentials: "GOOGLE_BACKEND_CREDENTIALS",
  access_token: "GOOGLE_OAUTH_ACCESS_TOKEN",
  encryption_key: "GOOGLE_ENCRYPTION_KEY",
  conn_str: "PG_CONN_STR",
  username: "TF_HTTP_USERNAME",
  password: "TF_HTTP_PASSWORD",
  client_private_key_pem: "TF_HTTP_CLIENT_PRIVATE_KEY_PEM",
};

/** Whether an address holds a password, before its host or as a parameter. */
function holdsPassword(text: unknown): boolean {
  if (typeof text !== "string") return false;
  return /^[a-z0-9+.-]+:\/\/[^/?#]*:[^/?#]*@/i.test(text) || /[?&]pass(word|wd)?=/i.test(text);
}

const setting = z.union([z.string().max(1_000), z.number(), z.boolean()], "must be a text, a number, true or false");

const settings = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, "must be a setting's name, in lower case"), setting)
  .optional();

/** Backends by kind; of the schema every one may be left out, and one is there. */
const backend = z
  .strictObject({ local: settings, s3: settings, gcs: settings, azurerm: settings, pg: settings, http: settings })
  .refine((written) => Object.keys(written).length === 1, {
    error: "must name one backend",
    params: { hint: `keep one of: ${Object.keys(stateName).join(", ")}` },
    // An unknown one is told of already.
    when: ({ value, issues }) => isRaw(value) && issues.length === 0,
  })
  .superRefine((written, context) => {
    const entries = Object.entries(written) as [TerraformBackend["kind"], Readonly<Record<string, unknown>>][];
    const say = (path: string[], message: string, hint: string): void =>
      context.addIssue({ code: "custom", message, path, params: { hint } });
    for (const [kind, settings] of entries) {
      for (const [name, value] of Object.entries(settings)) {
        const variable = credentials[name] ?? (holdsPassword(value) ? credentials.password : undefined);
        if (variable === undefined) continue;
        const what = name in credentials ? "must not be in the file: it is a credential" : "must not hold a password";
        say([kind, name], what, `remove it, and set ${variable} in the environment of the run`);
      }
      checkStateName(kind, settings, say);
    }
  });

/** Every tenant has a state of its own. */
function checkStateName(
  kind: TerraformBackend["kind"],
  settings: Readonly<Record<string, unknown>>,
  say: (path: string[], message: string, hint: string) => void,
): void {
  const name = stateName[kind];
  const value = settings[name];
  const why = "every tenant has a state of its own";
  if (value === undefined) {
    say([kind], `must hold \`${name}\`: ${why}`, `add \`${name}:\` with \`{tenant}\` in it`);
  } else if (typeof value !== "string" || !value.includes("{tenant}")) {
    say([kind, name], `must hold \`{tenant}\`: ${why}`, "put `{tenant}` where the tenants differ");
  } else if (/[{}]/.test(value.replaceAll(/\{(tenant|idp|workspace|environment)\}/g, ""))) {
    const known = "`{tenant}`, `{idp}`, `{workspace}` and `{environment}`";
    say([kind, name], "must not hold `{` or `}` but around a name that is filled in", `known are ${known}`);
  }
}

const terraform = z.strictObject({
  command: command.optional(),
  providerVersion: version.default("6.12.0"),
  backend: backend.optional(),
  encryption: z.strictObject({ passphrase: reference }).optional(),
  lockTimeout: duration.default("30s"),
  parallelism,
});

const pulumi = z.strictObject({
  command: command.optional(),
  pluginVersion: version.default("3.49.0"),
  backend: z
    .string()
    .max(1_000, "must have at most 1000 characters")
    .regex(
      /^(file|s3|gs|azblob|postgres|https):\/\/\S+$/,
      "must be `file://…`, `s3://…`, `gs://…`, `azblob://…`, `postgres://…` or `https://…`",
    )
    .refine((text) => !holdsPassword(text), "must not hold a password: give it to the run by its environment")
    .optional(),
  secretsProvider: z
    .string()
    .regex(
      /^(passphrase|(awskms|azurekeyvault|gcpkms|hashivault):\/\/\S{1,500})$/,
      "must be `passphrase`, or the key of a cloud such as `awskms://…`",
    )
    .default("passphrase"),
  passphrase: reference.optional(),
  parallelism,
});

/** The section `engines:`. */
export const engineSettings = z.strictObject({ terraform: terraform.prefault({}), pulumi: pulumi.prefault({}) });
