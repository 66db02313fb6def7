import { workosAttributes } from "../../desired/apps/workos.ts";
import type { ConnectionRecord } from "../../desired/connection.ts";
import { digestOf } from "../../desired/digest.ts";
import { canonicalJson } from "../../desired/json.ts";
import { encodeKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { recordFields } from "../../plan/fields.ts";
import type { Fields } from "../../plan/observed.ts";
import type { ConnectionBody, WorkosConnection } from "../../vendor/workos/connections.ts";
import type { RecordWrite } from "../app.ts";
import type { KeptValues } from "./metadata.ts";

/** Where an issuer's discovery document is (OpenID Connect Discovery 1.0, section 4). */
export function discoveryEndpoint(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** What is kept of a write, without its secret. */
export function valuesOf(write: RecordWrite): KeptValues {
  return {
    fields: recordFields(write.record, write.discovery),
    secretId: write.secret?.id ?? null,
    specDigest: write.specDigest,
  };
}

/** The custom attributes and the groups claim of a record's target. */
function attributesOf({ claims, target }: ConnectionRecord) {
  const own = target.attributes as Readonly<Record<string, string>> | undefined;
  const { standard, custom } = workosAttributes(claims, undefined, own);
  return { standard: typeof target.groups === "string" ? { ...standard, groups: target.groups } : standard, custom };
}

/**
 * The body that makes the connection.
 *
 * @param organizationId WorkOS' own id
 * @param ownCallback whether the app has said the callback itself
 * @throws TenantryError WORKOS_REJECTED without a secret, or for one that no form can carry
 */
export function connectionBody(write: RecordWrite, organizationId: string, ownCallback: boolean): ConnectionBody {
  const { record, secret, appTenant } = write;
  if (secret === undefined) {
    throw new TenantryError("WORKOS_REJECTED", `WorkOS takes no connection without a client secret (${record.key})`);
  }
  if (secret.value.reveal().includes("\0")) {
    throw new TenantryError("WORKOS_REJECTED", `the client secret of ${record.key} holds a zero byte`);
  }
  const { standard, custom } = attributesOf(record);
  return {
    organizationId,
    name: appTenant.name,
    externalId: encodeKey(record.key),
    discoveryEndpoint: discoveryEndpoint(record.issuer),
    clientId: record.clientId,
    clientSecret: secret.value.reveal(),
    pkce: record.pkce === "S256",
    clientAuth: record.clientAuth,
    redirectUri: ownCallback ? record.redirectUri : undefined,
    standardAttributes: standard,
    customAttributes: custom,
  };
}

/** What WorkOS cannot change in a connection that is there; the names are those of `recordFields`. */
const fixed = ["issuer", "clientId", "clientAuth", "pkce", "claims", "workos.groups", "workos.attributes"];

/** Names of what would have to be changed in the connection. `secret`: another one is to be used. */
export function fixedDifferences(values: KeptValues, wanted: Fields, secretId?: string | null): readonly string[] {
  const differing = fixed.filter(
    (name) => canonicalJson(values.fields[name] ?? null) !== canonicalJson(wanted[name] ?? null),
  );
  return secretId === undefined || secretId === values.secretId ? differing : [...differing, "secret"];
}

/** Digest of what WorkOS cannot change, as it is wanted. */
export function fixedDigest({ fields, secretId }: KeptValues): string {
  return digestOf({ secretId, ...Object.fromEntries(fixed.map((name) => [name, fields[name] ?? null])) });
}

/** What an answer shows of the connection's settings, over what is kept of them: the remote side is the truth. */
export function shownFields({ shown }: WorkosConnection, issuer: string | undefined): Fields {
  const { discoveryEndpoint: document, clientId, pkce, clientAuth } = shown;
  const sameIssuer = issuer !== undefined && document === discoveryEndpoint(issuer);
  return {
    ...(document === undefined || sameIssuer
      ? {}
      : { issuer: document.replace(/\/\.well-known\/openid-configuration$/, "") }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(pkce === undefined ? {} : { pkce: pkce ? "S256" : "off" }),
    ...(clientAuth === undefined ? {} : { clientAuth }),
  };
}
