import { compareText } from "../errors/issue.ts";
import type { ConnectionEntry, SignIn, Tenant, TenantStatus } from "../tenant/tenant.ts";
import type {
  App,
  Auth0IdentityProvider,
  IdentityProvider,
  OktaIdentityProvider,
  Workspace,
} from "../workspace/workspace.ts";
import { kindOfApp } from "./app-kinds.ts";
import { agreedClientAuth, issuerOf, presetNameOf, type Source, sourceOf } from "./capability.ts";
import { chosenClientId } from "./client-id.ts";
import type {
  AppTenant,
  Connection,
  ConnectionRecord,
  Digest,
  IdpPart,
  Marker,
  OrganizationPart,
  Registration,
} from "./connection.ts";
import { digestOf } from "./digest.ts";
import { addressOf, connectionKey, placeholderCallback } from "./key.ts";
import { presetOf } from "./preset.ts";

/** Longest label that Okta takes (Okta Management API, Application.label). */
const longestLabel = 100;

/**
 * What the workspace and the tenants come to in one environment: one connection per entry of `connections:`, sorted by
 * key. Pure. Expects what `load` and the rules accepted; an entry that names an unknown sign-in, app or identity
 * provider, or has no client authentication in common, is left out (the rules have said so).
 *
 * @param today ISO date (UTC) by which `deleteAfter` of an off-boarded tenant is measured
 */
export function compile(workspace: Workspace, tenants: readonly Tenant[], today: string): readonly Connection[] {
  return tenants
    .filter((tenant) => tenant.environments === undefined || tenant.environments.includes(workspace.environment))
    .flatMap((tenant) =>
      tenant.connections.flatMap((entry, index) => compileOne(workspace, tenant, entry, index, today)),
    )
    .sort((a, b) => compareText(a.key, b.key));
}

function compileOne(
  workspace: Workspace,
  tenant: Tenant,
  entry: ConnectionEntry,
  index: number,
  today: string,
): readonly Connection[] {
  const signIn = tenant.signIns.get(entry.signIn);
  const app = workspace.apps.get(entry.app);
  const source = signIn === undefined ? undefined : sourceOf(signIn, workspace);
  if (signIn === undefined || app === undefined || source === undefined) return [];
  const clientAuth = agreedClientAuth(signIn.clientAuth, source, app);
  if (clientAuth === undefined) return [];

  const key = connectionKey({ tenant: tenant.tenant, app: app.name, signIn: signIn.name });
  const marker = { workspace: workspace.name, environment: workspace.environment, key };
  const status = stricter(tenant.status, entry.status);
  const graceIsOver = isGraceOver(tenant, status, today);
  const kind = kindOfApp(app);
  const use = { app, tenant, signIn, entry, environment: workspace.environment, workspace: workspace.name };
  const callback = kind.callback(app);
  const redirectUri =
    callback === "afterRecord"
      ? placeholderCallback(key)
      : (kind.redirectUri?.(use) ?? fillIn(app, app.callback, tenant, signIn));
  const clientId = clientIdOf(signIn, source, marker);

  const registration: Registration = {
    address: addressOf.client(signIn.idp, key),
    idp: signIn.idp,
    kind: source.kind,
    key,
    marker,
    label: label(key, tenant.name, workspace.environment),
    clientId,
    state: graceIsOver ? "absent" : registrationState(status),
    redirectUris: [redirectUri],
    postLogoutRedirectUris: signIn.logout.endSession
      ? app.postLogout.map((path) => fillIn(app, path, tenant, signIn))
      : [],
    grantTypes: signIn.scopes.includes("offline_access")
      ? ["authorization_code", "refresh_token"]
      : ["authorization_code"],
    responseTypes: ["code"],
    clientAuth,
    pkce: signIn.pkce,
    clientKey: clientAuth === "private_key_jwt" ? app.clientKey?.publicKey : undefined,
    ...partsOfKind(signIn, source),
    // Nobody signs in there, so nothing is made for it.
    parts: partsOf(workspace, tenant, signIn, source, today).filter(
      ({ kind }) => kind !== "authorizationServer" || status === "active",
    ),
  };
  const appTenant: AppTenant = {
    address: addressOf.tenant(app.name, tenant.tenant),
    app: app.name,
    tenant: tenant.tenant,
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    domains: tenant.domains,
  };
  const record: ConnectionRecord = {
    address: addressOf.record(app.name, key),
    app: app.name,
    kind: app.kind,
    key,
    marker,
    state: graceIsOver ? "tombstone" : recordState(status),
    tenant: tenant.tenant,
    signIn: signIn.name,
    issuer: issuerOf(signIn, source),
    endpoints: signIn.external?.endpoints,
    clientId,
    redirectUri,
    clientAuth,
    pkce: signIn.pkce,
    responseMode: signIn.responseMode,
    scopes: signIn.scopes,
    acrValues: signIn.acrValues,
    extraParams: signIn.extraParams,
    claims: signIn.claims,
    roles: signIn.roles,
    require: signIn.require,
    provision: signIn.provision,
    endSession: signIn.logout.endSession,
    session: signIn.session,
    target: kind.target(use),
  };
  const startUrl =
    kind.startUrl?.(use) ?? (app.start === undefined ? undefined : fillIn(app, app.start, tenant, signIn));
  let specDigest: Digest | undefined;
  return [
    {
      key,
      tenant: tenant.tenant,
      app: app.name,
      signIn: signIn.name,
      status,
      registration,
      appTenant,
      record,
      startUrl,
      callback,
      lockScope: kind.lockScope(app),
      manualSteps: kind.manualSteps(use),
      index,
      proof: {
        preset: presetFor(signIn, source),
        attest: tenant.attest,
        wrongSecretControl: tenant.verify.wrongSecretControl,
      },
      // A third of compiling, and `validate` needs none.
      get specDigest() {
        specDigest ??= digestOfSpec(registration, record, startUrl);
        return specDigest;
      },
      // A look-up in the file, put off until it is asked for.
      get position() {
        return entry.position;
      },
    },
  ];
}

/** The preset that the file names, or that of our own identity provider where its issuer does not tell it. */
function presetFor(signIn: SignIn, source: Source): string | undefined {
  if (signIn.preset !== undefined || presetOf(issuerOf(signIn, source)) !== undefined) return signIn.preset;
  return presetNameOf(signIn, source);
}

function digestOfSpec(registration: Registration, record: ConnectionRecord, startUrl: string | undefined): Digest {
  const { label: _label, address: _client, parts: _parts, ...registered } = registration;
  const { address: _record, kind: _kind, target, ...recorded } = record;
  const own = Object.keys(target).length === 0 ? {} : { target };
  return digestOf({ registration: registered, record: { ...recorded, ...own }, startUrl });
}

function fillIn(app: App, template: string, tenant: Tenant, signIn: SignIn): string {
  const path = template
    .replaceAll("{id}", tenant.id)
    .replaceAll("{tenant}", tenant.tenant)
    .replaceAll("{signIn}", signIn.name);
  return app.baseUrl + path;
}

/** Begins with the key, so that one search by prefix finds it; says the rest as far as it fits. */
function label(key: string, name: string, environment: string): string {
  // Auth0 takes no angle brackets in names.
  const whole = `${key} ${name.replaceAll(/[<>]/g, "")} (${environment})`;
  return whole.length <= longestLabel ? whole : `${key} (${environment})`.slice(0, longestLabel);
}

/** Chosen by us at Okta; given by Auth0 when the client is made; the customer's own stands in the file. */
function clientIdOf(signIn: SignIn, source: Source, marker: Marker): string {
  switch (source.kind) {
    case "okta":
      return chosenClientId(marker);
    case "auth0":
      return "";
    case "external":
      return signIn.external?.clientId ?? "";
    default:
      return source satisfies never;
  }
}

/** The fields of a registration that only its kind has. */
function partsOfKind(
  signIn: SignIn,
  source: Source,
): Pick<
  Registration,
  | "assignment"
  | "accessPolicy"
  | "authorizationServer"
  | "serverName"
  | "serverScopes"
  | "enabledConnections"
  | "clientSecret"
> {
  switch (source.kind) {
    case "okta": {
      const server = signIn.authorizationServer ?? source.authorizationServer;
      return {
        assignment: signIn.assignment ?? { everyone: false, groups: [] },
        accessPolicy: signIn.accessPolicy,
        authorizationServer: server === "org" || signIn.server !== undefined ? undefined : server,
        ...(signIn.server === undefined ? {} : { serverName: signIn.server.name }),
        ...(signIn.server?.audience === undefined ? {} : { serverScopes: [...signIn.scopes].sort(compareText) }),
      };
    }
    case "auth0":
      return { enabledConnections: [...(signIn.enabledConnections ?? [])].sort(compareText) };
    case "external":
      return { clientSecret: signIn.external?.clientSecret };
    default:
      return source satisfies never;
  }
}

function partsOf(
  workspace: Workspace,
  tenant: Tenant,
  signIn: SignIn,
  source: Source,
  today: string,
): readonly IdpPart[] {
  switch (source.kind) {
    case "okta": {
      const { assignment } = signIn;
      const names = assignment === undefined || assignment.everyone ? [] : (assignment.create ?? []);
      const groups = names.map(
        (name): IdpPart => ({
          kind: "group",
          address: addressOf.group(source.name, name),
          tenant: tenant.tenant,
          state: "active",
          name,
        }),
      );
      return [...groups, ...serverOf(tenant, signIn, source)];
    }
    case "auth0":
      return [organizationOf(workspace, tenant, source, today)];
    case "external":
      return [];
    default:
      return source satisfies never;
  }
}

/** The authorization server that a sign-in describes, so that it is made. */
function serverOf(tenant: Tenant, { server }: SignIn, source: OktaIdentityProvider): readonly IdpPart[] {
  if (server?.audience === undefined) return [];
  const { name, audience, scopes, groupsClaim } = server;
  const address = addressOf.server(source.name, name);
  return [
    {
      ...{ kind: "authorizationServer", address, tenant: tenant.tenant, state: "active", name, audience, groupsClaim },
      scopes: [...scopes].sort(compareText),
    },
  ];
}

/**
 * The client that a connection had at another identity provider before it moved, wanted gone: a key has one client, and
 * an unused one is a door. Only what it takes to find and delete it means anything.
 */
export function clientLeftBehind(
  workspace: Workspace,
  tenant: Tenant,
  connection: Connection,
  idp: IdentityProvider,
  today: string,
): Registration {
  const { key, marker, label, redirectUris } = connection.registration;
  return {
    address: addressOf.client(idp.name, key),
    idp: idp.name,
    kind: idp.kind,
    key,
    marker,
    label,
    clientId: idp.kind === "okta" ? chosenClientId(marker) : "",
    state: "absent",
    redirectUris,
    postLogoutRedirectUris: [],
    grantTypes: ["authorization_code"],
    responseTypes: ["code"],
    clientAuth: "client_secret_post",
    pkce: "S256",
    parts: idp.kind === "auth0" ? [organizationOf(workspace, tenant, idp, today)] : [],
  };
}

/** The same for every connection of the tenant at this Auth0 tenant: it holds what all of them need. */
function organizationOf(
  workspace: Workspace,
  tenant: Tenant,
  idp: Auth0IdentityProvider,
  today: string,
): OrganizationPart {
  const here = tenant.connections.flatMap((entry) => {
    const signIn = tenant.signIns.get(entry.signIn);
    if (signIn?.idp !== idp.name || !workspace.apps.has(entry.app)) return [];
    const status = stricter(tenant.status, entry.status);
    return [{ signIn, state: isGraceOver(tenant, status, today) ? "absent" : registrationState(status) }];
  });
  const active = here.filter(({ state }) => state === "active");
  const state = active.length > 0 ? "active" : here.some((one) => one.state === "inactive") ? "inactive" : "absent";
  return {
    kind: "organization",
    address: addressOf.organization(idp.name, tenant.tenant),
    tenant: tenant.tenant,
    state,
    name: idp.organizationName.replaceAll("{tenant}", tenant.tenant),
    displayName:
      here.map(({ signIn }) => signIn.organization?.displayName).find((text) => text !== undefined) ?? tenant.name,
    enabledConnections: [...new Set(active.flatMap(({ signIn }) => signIn.enabledConnections ?? []))].sort(compareText),
  };
}

function isGraceOver(tenant: Tenant, status: TenantStatus, today: string): boolean {
  return status === "offboarded" && tenant.deleteAfter !== undefined && tenant.deleteAfter < today;
}

const strictness: Readonly<Record<TenantStatus, number>> = { active: 0, suspended: 1, offboarded: 2, draft: 3 };

/** The status of a connection: its own where that is stricter than the tenant's. */
export function stricter(tenant: TenantStatus, entry: TenantStatus | undefined): TenantStatus {
  return entry !== undefined && strictness[entry] > strictness[tenant] ? entry : tenant;
}

function registrationState(status: TenantStatus): Registration["state"] {
  switch (status) {
    case "active":
      return "active";
    case "suspended":
    case "offboarded":
      return "inactive";
    case "draft":
      return "absent";
    default:
      return status satisfies never;
  }
}

function recordState(status: TenantStatus): ConnectionRecord["state"] {
  switch (status) {
    case "active":
      return "active";
    case "suspended":
      return "disabled";
    case "offboarded":
      return "disabled";
    case "draft":
      return "absent";
    default:
      return status satisfies never;
  }
}
