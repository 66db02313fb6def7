import type { Capability } from "../desired/app-kind.ts";
import { appKind } from "../desired/app-kinds.ts";
import { clientKeyField } from "../desired/client-key.ts";
import type { AppTenant, ConnectionRecord, IdpPart, Registration } from "../desired/connection.ts";
import { canonicalJson, type Json } from "../desired/json.ts";
import type { Assignment } from "../tenant/tenant.ts";
import type { DiscoverySnapshot, Fields } from "./observed.ts";

/** What `settings` of a registration says when the members that are the same for every client are so. */
export const asRegistered = "as registered";

/** What `membership` of an organization says when whoever signs in by one of its connections becomes a member. */
export const onSignIn = "on sign-in";

/**
 * The comparable fields of a wanted registration. `assignment` is the sorted group names, or `everyone`; a field of
 * another kind, or one that the file leaves as it is, is missing.
 */
export function registrationFields(registration: Registration): Fields {
  return {
    label: registration.label,
    active: registration.state === "active",
    clientId: registration.clientId,
    redirectUris: registration.redirectUris,
    postLogoutRedirectUris: [...registration.postLogoutRedirectUris].sort(),
    grantTypes: [...registration.grantTypes].sort(),
    responseTypes: [...registration.responseTypes].sort(),
    clientAuth: registration.clientAuth,
    pkce: registration.pkce,
    ...(registration.clientKey === undefined ? {} : { clientKey: clientKeyField([registration.clientKey]) }),
    ...(registration.assignment === undefined ? {} : { assignment: assignmentField(registration.assignment) }),
    ...(registration.accessPolicy === undefined ? {} : { accessPolicy: registration.accessPolicy }),
    // What is off is compared again when it is to be on.
    ...(registration.serverScopes === undefined || registration.state !== "active"
      ? {}
      : { serverScopes: registration.serverScopes }),
    ...(registration.kind === "auth0" ? { settings: asRegistered } : {}),
    // What is off is compared again when it is to be on.
    ...(registration.enabledConnections === undefined || registration.state !== "active"
      ? {}
      : { enabledConnections: registration.enabledConnections }),
  };
}

function assignmentField(assignment: Assignment): Json {
  return assignment.everyone ? "everyone" : [...assignment.groups].sort();
}

/** The comparable fields of something that registrations share. What is off has no list to compare. */
export function partFields(part: IdpPart): Fields {
  switch (part.kind) {
    case "group":
      return { name: part.name };
    case "authorizationServer":
      return {
        name: part.name,
        audience: part.audience,
        scopes: part.scopes,
        groupsClaim: plain(part.groupsClaim),
      };
    case "organization":
      return {
        name: part.name,
        displayName: part.displayName,
        active: part.state === "active",
        ...(part.state === "active" ? { enabledConnections: part.enabledConnections, membership: onSignIn } : {}),
      };
    default:
      return part satisfies never;
  }
}

/**
 * The comparable fields of a wanted record that its app has a place for, with what discovery said filled in. What is not
 * there is null. Settings of the app's kind are named `<kind>.<name>`.
 */
export function recordFields(record: ConnectionRecord, discovery: DiscoverySnapshot): Fields {
  const fields: Fields = {
    tenant: record.tenant,
    signIn: record.signIn,
    issuer: record.issuer,
    authorizationEndpoint: discovery.authorizationEndpoint,
    tokenEndpoint: discovery.tokenEndpoint,
    userinfoEndpoint: discovery.userinfoEndpoint ?? null,
    jwksUri: discovery.jwksUri,
    endSessionEndpoint: discovery.endSessionEndpoint ?? null,
    clientId: record.clientId,
    redirectUri: record.redirectUri,
    clientAuth: record.clientAuth,
    pkce: record.pkce,
    responseMode: record.responseMode,
    scopes: record.scopes,
    acrValues: record.acrValues,
    extraParams: record.extraParams,
    claims: record.claims,
    roles: plain(record.roles),
    require: record.require,
    provision: plain(record.provision),
    endSession: record.endSession,
    session: plain(record.session),
  };
  const capability = appKind(record.kind).capability as Readonly<Record<string, Capability | undefined>>;
  return {
    ...Object.fromEntries(
      Object.entries(fields).filter(
        ([name]) => (capability[capabilityOf[name] ?? name]?.as ?? "applied") === "applied",
      ),
    ),
    ...Object.fromEntries(Object.entries(record.target).map(([name, value]) => [`${record.kind}.${name}`, value])),
  };
}

/** The capability that a field goes by, where it has another name. */
const capabilityOf: Readonly<Record<string, string>> = {
  authorizationEndpoint: "endpoints",
  tokenEndpoint: "endpoints",
  userinfoEndpoint: "endpoints",
  jwksUri: "endpoints",
  endSessionEndpoint: "endpoints",
};

/** The comparable fields of a tenant's row. */
export function appTenantFields(tenant: AppTenant): Fields {
  return { id: tenant.id, name: tenant.name, status: tenant.status, domains: [...tenant.domains].sort() };
}

/** Names of the fields of `after` that differ from `before`; a field that `before` lacks was not read and is skipped. */
export function differingFields(before: Fields, after: Fields): readonly string[] {
  return Object.keys(after)
    .filter((name) => before[name] !== undefined)
    .filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]))
    .sort();
}

function plain(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(canonicalJson(value)) as Json);
}
