import type { Connection, ConnectionKey, ConnectionRecord, Digest, Registration } from "../desired/connection.ts";
import { textsOf } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Fields, ObservedRecord } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";
import type { ExplicitEndpoints } from "../tenant/tenant.ts";
import type { VerifySubject } from "../verify/subject.ts";
import type { ClientAuth } from "../workspace/workspace.ts";
import type { World } from "./world.ts";

/** Where a person sets what a check may find wrong. Nowhere here for the customer's own: hints are then to be forwarded. */
function consoleOf({ kind, label }: Registration): VerifySubject["console"] {
  switch (kind) {
    case "okta": {
      const at = `Okta admin console: Applications > Applications > ${label} > General`;
      const credentials = `${at} > Client Credentials`;
      return { redirectUri: `${at} > Login`, secret: credentials, publicKey: `${credentials} > Public keys` };
    }
    case "auth0": {
      const at = `Auth0 dashboard: Applications > Applications > ${label}`;
      return {
        redirectUri: `${at} > Settings > Application URIs`,
        secret: `${at} > Settings > Basic Information`,
        publicKey: `${at} > Credentials`,
      };
    }
    case "external":
      return undefined;
    default:
      return kind satisfies never;
  }
}

/**
 * The key with which a client of this app signs assertions; undefined when it signs none, or when the private half
 * cannot be had: the proof then says so for this connection, and the others go on.
 */
export function clientKeyFor(world: World, app: string, clientAuth: unknown): VerifySubject["clientKey"] {
  if (clientAuth !== "private_key_jwt") return undefined;
  try {
    return world.clientKeyOf(app);
  } catch (error) {
    if (error instanceof TenantryError && error.code.startsWith("SECRET_")) return undefined;
    throw error;
  }
}

/** The top-level claims that the app reads, each once. */
function claimsOf({ claims, roles, require }: Connection["record"]): readonly string[] {
  const paths = [...Object.values(claims), ...(roles === undefined ? [] : [roles.claim]), ...Object.keys(require)];
  const names = paths.flatMap((path) => (typeof path === "string" ? path : path.slice(0, 1)));
  return [...new Set(names)];
}

/** What is proven before a hand-over: the wanted values with the secret that the identity provider would hand over. */
export function candidateSubject(
  world: World,
  connection: Connection,
  clientId: string,
  secret: Secret | undefined,
): VerifySubject {
  const { record } = connection;
  return {
    key: connection.key,
    specDigest: connection.specDigest,
    issuer: record.issuer,
    endpoints: record.endpoints,
    preset: connection.proof.preset,
    clientId,
    clientAuth: record.clientAuth,
    ...(secret === undefined ? {} : { secret: { value: secret, copy: "idp" as const } }),
    clientKey: clientKeyFor(world, connection.app, record.clientAuth),
    redirectUri: record.redirectUri,
    scopes: record.scopes,
    pkce: record.pkce,
    responseMode: record.responseMode,
    acrValues: record.acrValues,
    extraParams: record.extraParams,
    claims: claimsOf(record),
    postLogoutRedirectUris: connection.registration.postLogoutRedirectUris,
    console: consoleOf(connection.registration),
  };
}

/**
 * What the app really uses: the values of its record, with the secret opened as the app would open it, or, where the app
 * never shows its copy, that of the identity provider. What the app has no place for is as the file says.
 */
export function recordSubject(
  world: World,
  connection: Connection,
  found: ObservedRecord,
  secret: VerifySubject["secret"],
): VerifySubject {
  const { record } = connection;
  const fields: Fields = { ...unshown(record), ...found.fields };
  return {
    key: connection.key as ConnectionKey,
    specDigest: (found.specDigest ?? connection.specDigest) as Digest,
    issuer: text(fields.issuer),
    endpoints: record.endpoints === undefined ? undefined : (endpointsOf(found.fields) ?? record.endpoints),
    preset: connection.proof.preset,
    clientId: text(fields.clientId),
    clientAuth: text(fields.clientAuth) as ClientAuth,
    ...(secret === undefined ? {} : { secret }),
    clientKey: clientKeyFor(world, connection.app, fields.clientAuth),
    redirectUri: text(fields.redirectUri),
    scopes: textsOf(fields.scopes),
    pkce: fields.pkce === "off" ? "off" : "S256",
    responseMode: fields.responseMode === "form_post" ? "form_post" : "query",
    acrValues: textsOf(fields.acrValues),
    extraParams: textMap(fields.extraParams),
    claims: claimsOf(record),
    postLogoutRedirectUris: connection.registration.postLogoutRedirectUris,
    console: consoleOf(connection.registration),
  };
}

/** What stands for the fields that an app does not show. */
function unshown(record: ConnectionRecord): Fields {
  const { issuer, clientId, clientAuth, redirectUri, scopes, pkce, responseMode, acrValues, extraParams } = record;
  return { issuer, clientId, clientAuth, redirectUri, scopes, pkce, responseMode, acrValues, extraParams };
}

/** The endpoints that the app uses, where no discovery document says them; undefined when it does not show them. */
function endpointsOf(fields: Fields): ExplicitEndpoints | undefined {
  if (fields.authorizationEndpoint === undefined) return undefined;
  const optional = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    authorization: text(fields.authorizationEndpoint),
    token: text(fields.tokenEndpoint),
    jwks: text(fields.jwksUri),
    userinfo: optional(fields.userinfoEndpoint),
    endSession: optional(fields.endSessionEndpoint),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member === "string"));
}
