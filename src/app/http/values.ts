import { canonicalJson } from "../../desired/json.ts";
import type { Fields, ObservedRecord } from "../../plan/observed.ts";
import type { RecordWrite } from "../app.ts";
import type { ConnectionValues, ShownConnection } from "./answers.ts";

/** What is sent of a record that is written, except its secret. */
export function valuesOf({ record, discovery }: RecordWrite): ConnectionValues {
  const values = {
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
    roles: record.roles ?? null,
    require: record.require,
    provision: record.provision,
    endSession: record.endSession,
    session: record.session ?? null,
  };
  // Members that are undefined are left out, and nothing read-only is handed on.
  return JSON.parse(canonicalJson(values)) as ConnectionValues;
}

/** What a receiver shows, in the words of the model: the same fields as `recordFields` gives for a wanted record. */
export function observedRecord(key: ObservedRecord["key"], shown: ShownConnection): ObservedRecord {
  return {
    key,
    state: shown.state,
    fields: fieldsOf(shown, shown.values),
    secretId: shown.secretId,
    specDigest: shown.specDigest ?? undefined,
    previous: shown.previous === null ? undefined : fieldsOf(shown, shown.previous.values),
  };
}

function fieldsOf({ tenant, signIn }: ShownConnection, values: ConnectionValues): Fields {
  return JSON.parse(canonicalJson({ tenant, signIn, ...values })) as Fields;
}
