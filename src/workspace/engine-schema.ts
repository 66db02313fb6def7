import { z } from "zod";
import { duration, line, reference } from "./scalars.ts";
import type { TerraformBackend } from "./workspace.ts";

// How `engines:` of `tenantry.yaml` is written. What a backend is told goes through to the tool as it stands.

const command = line(500);

const version = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, "must be an exact version such as `6.12.0`");

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

const kinds = Object.keys(stateName) as readonly TerraformBackend["kind"][];

/** Settings that hold a credential: Terraform and OpenTofu read those from the environment of the run. */
const credentials: Readonly<Record<string, string>> = {
  access_key: "AWS_ACCESS_KEY_ID or ARM_ACCESS_KEY",
  secret_key: "AWS_SECRET_ACCESS_KEY",
  token: "AWS_SESSION_TOKEN",
  client_secret: "ARM_CLIENT_SECRET",
  client_certificate_password: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  sas_token: "ARM_SAS_TOKEN",
  credentials: "GOOGLE_BACKEND_CREDENTIALS",
  access_token: "GOOGLE_OAUTH_ACCESS_TOKEN",
  encryption_key: "GOOGLE_ENCRYPTION_KEY",
  conn_str: "PG_CONN_STR",
  username: "TF_HTTP_USERNAME",
  password: "TF_HTTP_PASSWORD",
};

const setting = z.union([z.string().max(1_000), z.number(), z.boolean()], "must be a text, a number, true or false");

const backend = z
  .partialRecord(
    z.enum(kinds),
    z.record(z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, "must be a setting's name"), setting),
  )
  .superRefine((written, context) => {
    const entries = Object.entries(written) as [TerraformBackend["kind"], Record<string, unknown>][];
    if (entries.length !== 1) {
      context.addIssue({ code: "custom", message: `must name one of: ${kinds.join(", ")}` });
    }
    for (const [kind, settings] of entries) {
      for (const name of Object.keys(settings)) {
        const variable = credentials[name];
        if (variable === undefined) continue;
        const message = `must not hold \`${name}\`: give it to the run by its environment (${variable})`;
        context.addIssue({ code: "custom", message, path: [kind, name] });
      }
      const name = stateName[kind];
      const value = settings[name];
      if (typeof value === "string" && value.includes("{tenant}")) continue;
      const message = `must hold \`${name}\` with \`{tenant}\` in it: every tenant has a state of its own`;
      context.addIssue({ code: "custom", message, path: value === undefined ? [kind] : [kind, name] });
    }
  });

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
    .refine((text) => !/^[a-z0-9]+:\/\/[^/?#]*:[^/?#]*@/.test(text), "must not hold a password")
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
