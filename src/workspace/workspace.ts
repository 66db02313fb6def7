import type { App } from "./app.ts";
import type { Reference } from "./reference.ts";
import type { SecretSettings } from "./secrets.ts";

export type { App } from "./app.ts";
export type { SqlApp } from "./apps/sql.ts";
export type { ClientAuth, PublicKey } from "./client-auth.ts";

/** What carries registrations out: we by API, Terraform or OpenTofu through cdktf (Okta), or Pulumi (Auth0). */
export type EngineKind = "direct" | "terraform" | "pulumi";

/** The engines that there are for each kind of identity provider. */
export const enginesOf = { okta: ["direct", "terraform"], auth0: ["direct", "pulumi"] } as const;

/** Where Terraform or OpenTofu keeps its state: one of their own backends, its settings passed through. */
export interface TerraformBackend {
  readonly kind: "local" | "s3" | "gcs" | "azurerm" | "pg" | "http";
  /** In its texts `{tenant}`, `{idp}`, `{workspace}` and `{environment}` are filled in (`backendOf`). */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface TerraformSettings {
  /** A name on PATH or a path; absent: `tofu`, then `terraform`. */
  readonly command?: string | undefined;
  /** Version of the provider okta/okta, exact. */
  readonly providerVersion: string;
  /** Absent when the file does not say where the state is. */
  readonly backend?: TerraformBackend | undefined;
  /** State and plans are encrypted with it: OpenTofu only. */
  readonly encryption?: { readonly passphrase: Reference } | undefined;
  /** Milliseconds to wait for a state that somebody else has locked. */
  readonly lockTimeout: number;
  /** At most so many tenants at once. */
  readonly parallelism: number;
}

export interface PulumiSettings {
  /** A name on PATH or a path; absent: `pulumi`. */
  readonly command?: string | undefined;
  /** Version of the plugin auth0, exact. */
  readonly pluginVersion: string;
  /** `file://…`, `s3://…`, `gs://…`, `azblob://…`, `postgres://…` or `https://…`; absent when the file does not say. */
  readonly backend?: string | undefined;
  /** `passphrase`, or a key of a cloud such as `awskms://…`. */
  readonly secretsProvider: string;
  readonly passphrase?: Reference | undefined;
  /** At most so many tenants at once. */
  readonly parallelism: number;
}

/** How the engines that run programs of the user's are run. */
export interface EngineSettings {
  readonly terraform: TerraformSettings;
  readonly pulumi: PulumiSettings;
}

/** Where every https connection of an environment is sent instead, with its server name and Host kept (the sandbox). */
export interface Connect {
  readonly host: string;
  readonly port: number;
  /** The only certificate authority trusted then. A `file:` reference to a PEM bundle. */
  readonly ca: Reference;
}

export interface OktaCredentialsToken {
  readonly apiToken: Reference;
}

export interface OktaCredentialsKey {
  readonly clientId: string;
  /** PEM (PKCS#8 or PKCS#1) or JWK as JSON text. */
  readonly privateKey: Reference;
  readonly keyId?: string | undefined;
}

export interface OktaIdentityProvider {
  readonly kind: "okta";
  readonly name: string;
  /** Slug of the tenant in whose file it stands: a customer's own. Absent: it stands in `tenantry.yaml`. */
  readonly tenant?: string | undefined;
  /** Host name of the org, such as `acme.okta.com`. */
  readonly domain: string;
  /** `org`, or the id of a custom authorization server such as `default`. */
  readonly authorizationServer: string;
  readonly engine: EngineKind;
  readonly credentials: OktaCredentialsToken | OktaCredentialsKey;
  readonly limits: {
    /** Share of each rate-limit bucket that we may use, 0 < share <= 1. */
    readonly share: number;
  };
}

export interface Auth0CredentialsToken {
  /** A Management API access token. */
  readonly token: Reference;
}

export interface Auth0CredentialsClient {
  readonly clientId: string;
  readonly clientSecret: Reference;
}

export interface Auth0IdentityProvider {
  readonly kind: "auth0";
  readonly name: string;
  /** Slug of the tenant in whose file it stands: a customer's own. Absent: it stands in `tenantry.yaml`. */
  readonly tenant?: string | undefined;
  /** Host name of the Auth0 tenant, such as `acme.eu.auth0.com`; the Management API is there. */
  readonly domain: string;
  /** Where people sign in instead; then it is the issuer too. */
  readonly customDomain?: string | undefined;
  /** Template of the organization's name; `{tenant}` is filled in. */
  readonly organizationName: string;
  readonly engine: EngineKind;
  readonly credentials: Auth0CredentialsToken | Auth0CredentialsClient;
  readonly limits: {
    /** Share of each rate-limit bucket that we may use, 0 < share <= 1. */
    readonly share: number;
  };
}

/** Where clients are ours to make: named in `tenantry.yaml`, or a customer's own that a tenant file gives in place. */
export type IdentityProvider = OktaIdentityProvider | Auth0IdentityProvider;

/** The name under which the customers' own providers stand in addresses; no identity provider may have it. */
export const externalIdp = "external";

export interface VerifySettings {
  /** DNS servers for domain proofs, `IP` or `IP:PORT` (IPv6 in brackets with a port); absent: the system's. */
  readonly resolvers?: readonly string[] | undefined;
  /** CIDR ranges or host names that may be probed although they are private. */
  readonly allowPrivate: readonly string[];
  /** Milliseconds for one whole exchange. */
  readonly deadline: number;
  /** Milliseconds for all exchanges of a run that only proves; then nothing more is begun. Absent: no such end. */
  readonly budget?: number | undefined;
  /** Exchanges at a time over all hosts; 32 when absent. At one host there are at most 4. */
  readonly parallelism?: number | undefined;
  /** URL of the HTTP proxy that everything goes through; what the environment says of proxies is not looked at. */
  readonly proxy?: string | undefined;
  /** Milliseconds for which evidence opens the gate. */
  readonly maxAge: number;
  readonly wrongSecretControl: boolean;
}

export interface GuardSettings {
  readonly maxTenants: number;
  readonly maxShare: number;
}

/** `tenantry.yaml` with one environment applied: what every later room works with. */
export interface Workspace {
  /** Slug; part of every ownership marker. */
  readonly name: string;
  readonly environment: string;
  /** The folder that holds `tenantry.yaml`, absolute. Relative paths in the file are relative to it. */
  readonly root: string;
  readonly references: {
    readonly tenants: readonly string[];
    /** Hosts, or `*.` and an ending, of the orgs that tenant files may name with credentials. Absent: none. */
    readonly hosts?: readonly string[] | undefined;
  };
  /** Absent when the file does not say where the store is. */
  readonly store?: { readonly url: string | Reference } | undefined;
  readonly identityProviders: ReadonlyMap<string, IdentityProvider>;
  readonly apps: ReadonlyMap<string, App>;
  readonly verify: VerifySettings;
  readonly guards: GuardSettings;
  readonly engines: EngineSettings;
  /** Where secrets lie that are not of this machine. */
  readonly secrets?: SecretSettings | undefined;
  readonly connect?: Connect | undefined;
  /** A dotenv file whose values `env:` references see besides the process environment. */
  readonly envFile?: string | undefined;
}
