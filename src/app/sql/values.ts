import type { ConnectionKey } from "../../desired/connection.ts";
import { canonicalJson, type Json } from "../../desired/json.ts";
import type { Fields, ObservedRecord } from "../../plan/observed.ts";
import type { RecordWrite } from "../app.ts";
import type { ConnectionRow, ConnectionValues } from "./tables.ts";

/** Columns of a record that is written, except its secret. */
export function valuesOf(
  { record, discovery, specDigest }: RecordWrite,
  orgId: string,
): Omit<ConnectionValues, "client_secret" | "client_secret_id"> {
  return {
    key: record.key,
    app: record.app,
    org_id: orgId,
    sign_in: record.signIn,
    issuer: record.issuer,
    authorization_endpoint: discovery.authorizationEndpoint,
    token_endpoint: discovery.tokenEndpoint,
    userinfo_endpoint: discovery.userinfoEndpoint ?? null,
    jwks_uri: discovery.jwksUri,
    end_session_endpoint: discovery.endSessionEndpoint ?? null,
    client_id: record.clientId,
    client_auth: record.clientAuth,
    pkce: record.pkce,
    response_mode: record.responseMode,
    redirect_uri: record.redirectUri,
    scopes: canonicalJson(record.scopes),
    acr_values: canonicalJson(record.acrValues),
    extra_params: canonicalJson(record.extraParams),
    claims: canonicalJson(record.claims),
    roles: record.roles === undefined ? null : canonicalJson(record.roles),
    require: canonicalJson(record.require),
    provision: canonicalJson(record.provision),
    end_session: record.endSession ? 1 : 0,
    session: record.session === undefined ? null : canonicalJson(record.session),
    spec_digest: specDigest,
  };
}

/** A row in the words of the model: the same fields as `recordFields` gives for a wanted record. */
export function observedRecord(
  row: ConnectionRow,
  tenant: string,
  previous: ConnectionRow | undefined,
): ObservedRecord {
  return {
    key: row.key as ConnectionKey,
    state: row.state,
    fields: fieldsOf(row, tenant),
    secretId: row.client_secret_id,
    specDigest: row.spec_digest,
    previous: previous === undefined ? undefined : fieldsOf(previous, tenant),
  };
}

function fieldsOf(row: ConnectionRow, tenant: string): Fields {
  return {
    tenant,
    signIn: row.sign_in,
    issuer: row.issuer,
    authorizationEndpoint: row.authorization_endpoint,
    tokenEndpoint: row.token_endpoint,
    userinfoEndpoint: row.userinfo_endpoint,
    jwksUri: row.jwks_uri,
    endSessionEndpoint: row.end_session_endpoint,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    clientAuth: row.client_auth,
    pkce: row.pkce,
    responseMode: row.response_mode,
    scopes: jsonOf(row.scopes),
    acrValues: jsonOf(row.acr_values),
    extraParams: jsonOf(row.extra_params),
    claims: jsonOf(row.claims),
    roles: jsonOf(row.roles),
    require: jsonOf(row.require),
    provision: jsonOf(row.provision),
    endSession: row.end_session === 1,
    session: jsonOf(row.session),
  };
}

/** Text that is no JSON any more is shown as it is: it differs from what is wanted, so the next apply mends it. */
function jsonOf(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
