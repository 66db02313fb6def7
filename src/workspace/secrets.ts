import { z } from "zod";
import type { LocalReference } from "./reference.ts";
import { parseReference } from "./reference.ts";
import { httpsBase, line, localReference } from "./scalars.ts";

/** How we prove ourselves to a Vault or OpenBao server. */
export type VaultLogin =
  | { readonly kind: "token"; readonly token: LocalReference }
  | {
      readonly kind: "approle";
      /** Path of the auth method. */
      readonly mount: string;
      readonly roleId: string;
      readonly secretId: LocalReference;
    };

/** A Vault or OpenBao server. */
export interface VaultSettings {
  /** https URL without a slash at its end. */
  readonly address: string;
  /** Header `X-Vault-Namespace`. */
  readonly namespace?: string | undefined;
  readonly login: VaultLogin;
}

/** The secret managers that references with `vault:`, `op:`, `aws-sm:` and `gcp-sm:` go to. */
export interface SecretSettings {
  readonly vault?: VaultSettings | undefined;
  readonly onePassword?: { readonly serviceAccountToken: LocalReference } | undefined;
  /** Credentials are found by the SDK's own chain. */
  readonly aws?: { readonly region?: string | undefined } | undefined;
}

const segment = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/, "must be one name of letters, digits, `_`, `.` and `-`");

const vault = z
  .strictObject({
    address: httpsBase,
    namespace: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$/, "must be the path of a namespace, such as `team/sso`")
      .optional(),
    token: localReference.optional(),
    approle: z
      .strictObject({ mount: segment.default("approle"), roleId: line(200), secretId: localReference })
      .optional(),
  })
  .refine((written) => (written.token === undefined) !== (written.approle === undefined), {
    error: "must say either `token: env:NAME` or `approle: { roleId, secretId }`",
    path: ["token"],
  });

export const secretSettings = z.strictObject({
  vault: vault.optional(),
  onePassword: z.strictObject({ serviceAccountToken: localReference }).optional(),
  aws: z
    .strictObject({
      region: z
        .string()
        .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, "must be a region such as `eu-central-1`")
        .optional(),
    })
    .optional(),
});

/** The secret managers as later rooms work with them. */
export function resolveSecretSettings(written: z.output<typeof secretSettings>): SecretSettings {
  const { vault, onePassword, aws } = written;
  return {
    vault: vault === undefined ? undefined : resolveVault(vault),
    onePassword:
      onePassword === undefined
        ? undefined
        : { serviceAccountToken: localReferenceOf(onePassword.serviceAccountToken) },
    aws,
  };
}

function resolveVault({ address, namespace, token, approle }: z.output<typeof vault>): VaultSettings {
  const login: VaultLogin =
    approle === undefined
      ? { kind: "token", token: localReferenceOf(token ?? "") }
      : { kind: "approle", ...approle, secretId: localReferenceOf(approle.secretId) };
  return { address, namespace, login };
}

/** The schema has accepted it, so it parses. */
function localReferenceOf(text: string): LocalReference {
  const found = parseReference(text);
  if (found?.scheme !== "env" && found?.scheme !== "file") throw new TypeError("an accepted reference does not parse");
  return found;
}
