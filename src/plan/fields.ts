import type { AppTenant, ConnectionRecord, Registration } from "../desired/connection.ts";
import { canonicalJson, type Json } from "../desired/json.ts";
import type { DiscoverySnapshot, Fields } from "./observed.ts";

/** The comparable fields of a wanted registration. `assignment` is the sorted group names, or `everyone`. */
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
    assignment: registration.assignment.everyone ? "everyone" : [...registration.assignment.groups].sort(),
  };
}

/** The comparable fields of a wanted record, with what discovery said filled in. What is not there is null. */
export function recordFields(record: ConnectionRecord, discovery: DiscoverySnapshot): Fields {
  return {
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
}

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
