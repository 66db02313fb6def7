import type { Connection, ConnectionKey, Digest } from "../desired/connection.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";
import type { VerifySubject } from "../verify/subject.ts";
import type { ClientAuth, IdentityProvider } from "../workspace/workspace.ts";

/** Where a person sets what a check may find wrong, by kind of identity provider. */
function consoleOf(idp: IdentityProvider | undefined, label: string): VerifySubject["console"] {
  if (idp === undefined) return undefined;
  switch (idp.kind) {
    case "okta": {
      const at = `Okta admin console: Applications > Applications > ${label} > General`;
      return { redirectUri: `${at} > Login`, secret: `${at} > Client Credentials` };
    }
    default:
      return idp.kind satisfies never;
  }
}

/** What is proven before a hand-over: the wanted values with the secret that the identity provider would hand over. */
export function candidateSubject(
  connection: Connection,
  idp: IdentityProvider | undefined,
  clientId: string,
  secret: Secret | undefined,
): VerifySubject {
  const { record } = connection;
  return {
    key: connection.key,
    specDigest: connection.specDigest,
    issuer: record.issuer,
    clientId,
    clientAuth: record.clientAuth,
    ...(secret === undefined ? {} : { secret: { value: secret, copy: "idp" as const } }),
    redirectUri: record.redirectUri,
    scopes: record.scopes,
    pkce: record.pkce,
    responseMode: record.responseMode,
    acrValues: record.acrValues,
    extraParams: record.extraParams,
    console: consoleOf(idp, connection.registration.label),
  };
}

/** What the app really uses: the values of its record with the secret opened as the app would open it. */
export function recordSubject(
  connection: Connection,
  idp: IdentityProvider | undefined,
  found: ObservedRecord,
  secret: Secret | undefined,
): VerifySubject {
  const { fields } = found;
  return {
    key: connection.key as ConnectionKey,
    specDigest: (found.specDigest ?? connection.specDigest) as Digest,
    issuer: text(fields.issuer),
    clientId: text(fields.clientId),
    clientAuth: text(fields.clientAuth) as ClientAuth,
    ...(secret === undefined ? {} : { secret: { value: secret, copy: "record" as const } }),
    redirectUri: text(fields.redirectUri),
    scopes: texts(fields.scopes),
    pkce: fields.pkce === "off" ? "off" : "S256",
    responseMode: fields.responseMode === "form_post" ? "form_post" : "query",
    acrValues: texts(fields.acrValues),
    extraParams: textMap(fields.extraParams),
    console: consoleOf(idp, connection.registration.label),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function textMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member === "string"));
}
