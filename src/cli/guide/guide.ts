import { kindOfApp } from "../../desired/app-kinds.ts";
import { isOurs, sourceOf } from "../../desired/capability.ts";
import type { Connection, Registration } from "../../desired/connection.ts";
import { type DomainChallenge, domainChallenge } from "../../desired/domain-challenge.ts";
import { sharedIssuer } from "../../desired/issuer.ts";
import { type Preset, presetOf } from "../../desired/preset.ts";
import type { ClaimPath, Contact, Roles, SignIn, Tenant, TenantStatus } from "../../tenant/tenant.ts";
import type { App, AppKindName } from "../../workspace/app.ts";
import type { ClientAuth, PublicKey } from "../../workspace/workspace.ts";
import type { Context } from "../loaded.ts";
import { type HandOver, handOverOf } from "./hand-over.ts";

/**
 * What the customer's IT needs to know to set a tenant's sign-in up, taken from the files alone. Holds no secret and no
 * time, so that it changes only when a file does.
 */
export interface Guide {
  readonly workspace: string;
  readonly environment: string;
  readonly tenant: string;
  /** The tenant's public id. */
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly contacts: readonly Contact[];
  readonly connections: readonly GuideConnection[];
  /** Records that prove the domains; empty where no app of these routes by domain. */
  readonly domains: readonly GuideDomain[];
}

/** A domain and the DNS record that proves whose it is. */
export interface GuideDomain {
  readonly domain: string;
  readonly record: DomainChallenge;
}

/** One way in to one app, and what has to be set up for it. */
export interface GuideConnection {
  readonly key: string;
  readonly status: TenantStatus;
  readonly app: { readonly name: string; readonly kind: AppKindName; readonly baseUrl: string };
  readonly signIn: string;
  /** Who registers the client: the customer, or we at a provider that we may change. */
  readonly registeredBy: "customer" | "us";
  /** Where we register the client; null where the customer does. `theirs`: the customer's, with access for us. */
  readonly provider: { readonly kind: "okta" | "auth0"; readonly domain: string; readonly theirs: boolean } | null;
  /** The product that the steps are for, and whether the file names it; null when nobody has said it yet. */
  readonly product: { readonly preset: string; readonly title: string; readonly named: boolean } | null;
  readonly client: GuideClient;
  readonly claims: readonly GuideClaim[];
  readonly roles: GuideRoles | null;
  /** Claims that a person must have with this value to come in. */
  readonly require: Readonly<Record<string, string>>;
  /** Issuers that everybody can have an account at need a claim that tells customers apart. */
  readonly sharedIssuer: string | null;
  readonly sendBack: GuideSendBack;
  /** Sign-outs go on at the provider. */
  readonly endSession: boolean;
  /** A deliberately wrong secret is sent in the proof. */
  readonly wrongSecretControl: boolean;
  /** What a person of the app's team does besides. */
  readonly manualSteps: readonly { readonly when: "before" | "after"; readonly text: string }[];
}

/** The OIDC client, as it is to be registered. */
export interface GuideClient {
  /** Whole, to be copied letter by letter. */
  readonly redirectUris: readonly string[];
  /** `afterRecord`: `redirectUris` is a placeholder until the app has handed one out. */
  readonly callback: "computed" | "afterRecord";
  readonly postLogoutRedirectUris: readonly string[];
  /** Where a sign-in begins at the app; null when it has said no such page. */
  readonly startUrl: string | null;
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly responseTypes: readonly string[];
  readonly responseMode: string;
  readonly clientAuth: ClientAuth;
  readonly pkce: "S256" | "off";
  /** The app's public key as a JSON Web Key Set, for `private_key_jwt`; null otherwise. */
  readonly jwks: { readonly keys: readonly PublicKeyJwk[] } | null;
  readonly acrValues: readonly string[];
  readonly extraParams: Readonly<Record<string, string>>;
}

export type PublicKeyJwk = PublicKey & { readonly use: "sig" };

/** What the app takes from the ID token, and by which claim. */
export interface GuideClaim {
  /** The app's own name of it, such as `externalId`. */
  readonly field: string;
  /** Path into nested objects; one name for a plain claim. */
  readonly claim: readonly string[];
}

export interface GuideRoles {
  readonly claim: readonly string[];
  readonly map: Readonly<Record<string, string>>;
  readonly otherwise: string | null;
}

/** What is to be handed over; what is known already stands with it, but never the secret. */
export interface GuideSendBack {
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly secret: HandOver | null;
  /** Endpoints stand in the file, because the provider publishes no discovery document. */
  readonly endpoints: boolean;
}

/** The guide of one tenant. Pure. */
export function guideOf(context: Context, tenant: Tenant, connections: readonly Connection[]): Guide {
  const { workspace } = context;
  const routed = connections.some(({ record }) => kindOfApp(record).capability.domains.as === "applied");
  return {
    workspace: workspace.name,
    environment: workspace.environment,
    tenant: tenant.tenant,
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    contacts: tenant.contacts,
    connections: connections.flatMap((connection) => connectionOf(context, tenant, connection)),
    domains: routed
      ? tenant.domains.map((domain) => ({
          domain,
          record: domainChallenge({ workspace: workspace.name, id: tenant.id, domain }),
        }))
      : [],
  };
}

/** The preset whose steps a connection's guide has. */
export function presetOfConnection({ record, proof }: Pick<Connection, "record" | "proof">): Preset | undefined {
  return record.issuer === "" && proof.preset === undefined ? undefined : presetOf(record.issuer, proof.preset);
}

function connectionOf(context: Context, tenant: Tenant, connection: Connection): readonly GuideConnection[] {
  const { registration, record } = connection;
  const app = context.workspace.apps.get(connection.app);
  const signIn = tenant.signIns.get(connection.signIn);
  if (app === undefined || signIn === undefined) return [];
  const source = sourceOf(signIn, context.workspace);
  const preset = presetOfConnection(connection);
  const ours = isOurs(registration);
  return [
    {
      key: connection.key,
      status: connection.status,
      app: { name: app.name, kind: app.kind, baseUrl: app.baseUrl },
      signIn: signIn.name,
      registeredBy: ours ? "us" : "customer",
      provider:
        source === undefined || source.kind === "external"
          ? null
          : { kind: source.kind, domain: source.domain, theirs: signIn.inline !== undefined },
      product:
        preset === undefined
          ? null
          : { preset: preset.name, title: preset.title, named: connection.proof.preset !== undefined },
      client: clientOf(connection, signIn),
      claims: Object.entries(record.claims).map(([field, claim]) => ({ field, claim: pathOf(claim) })),
      roles: rolesOf(record.roles),
      require: record.require,
      sharedIssuer: sharedIssuer(record.issuer)?.accounts ?? null,
      sendBack: {
        issuer: record.issuer === "" ? null : record.issuer,
        clientId: ours || record.clientId === "" ? null : record.clientId,
        secret: ours || !hasSecret(registration) ? null : secretOf(context, tenant, app, registration),
        endpoints: record.endpoints !== undefined,
      },
      endSession: record.endSession,
      wrongSecretControl: connection.proof.wrongSecretControl && context.workspace.verify.wrongSecretControl,
      manualSteps: connection.manualSteps.map(({ when, text }) => ({ when, text })),
    },
  ];
}

function clientOf({ registration, record, startUrl, callback }: Connection, signIn: SignIn): GuideClient {
  const { redirectUris, postLogoutRedirectUris, grantTypes, responseTypes, clientAuth, pkce, clientKey } = registration;
  return {
    ...{ redirectUris, callback, postLogoutRedirectUris, startUrl: startUrl ?? null, scopes: signIn.scopes },
    ...{ grantTypes, responseTypes, responseMode: record.responseMode, clientAuth, pkce },
    jwks: clientKey === undefined ? null : { keys: [{ ...clientKey, use: "sig" }] },
    acrValues: record.acrValues,
    extraParams: record.extraParams,
  };
}

function secretOf(context: Context, tenant: Tenant, app: App, registration: Registration): HandOver {
  return handOverOf({
    tenant: tenant.tenant,
    app: app.name,
    reference: registration.clientSecret?.text,
    allowed: context.workspace.references.tenants,
  });
}

function hasSecret({ clientAuth }: Pick<Registration, "clientAuth">): boolean {
  return clientAuth === "client_secret_basic" || clientAuth === "client_secret_post";
}

function rolesOf(roles: Roles | undefined): GuideRoles | null {
  if (roles === undefined) return null;
  return { claim: pathOf(roles.claim), map: roles.map, otherwise: roles.default ?? null };
}

function pathOf(claim: ClaimPath): readonly string[] {
  return typeof claim === "string" ? [claim] : claim;
}
